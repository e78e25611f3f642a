"""Commands to agents, whoever gives them: what cannot be asked for is said in a sentence, what was taken is a fact."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.agents import AgentTold
from gateway.core.queue import routing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.events import AgentCommanded
    from gateway.core.site.site import Site

REASON_MAX = 60


class Refusal(NamedTuple):
    """Why a command is not taken. `place` is the field (agent, reason); the rest are sentences."""

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}"


def problem(site: Site, event: AgentCommanded) -> Refusal | None:
    """What is wrong with a command; None: nothing. A reason is free text of up to REASON_MAX characters, but a pause
    has one of the site's reasons where the site names them."""
    if event.agent not in site.agents:
        known = f"it has {', '.join(sorted(site.agents))}"
        return Refusal("agent", f"no agent {event.agent[:40]!r} in this site", _near(event.agent, site.agents) or known)
    reason = event.reason
    if len(reason) > REASON_MAX or not reason.isprintable():
        return Refusal("reason", "the reason is no short text", f"up to {REASON_MAX} characters in one line")
    if event.command == "pause" and reason and site.pause_reasons and reason not in site.pause_reasons:
        known = f"the reasons are {', '.join(site.pause_reasons)}"
        near = _near(reason, site.pause_reasons)
        return Refusal("reason", f"there is no reason {reason!r} for a pause", near or known)
    return None


def take(ex: Exchange, event: AgentCommanded, *, call: str = "") -> AgentTold | None:
    """Do as commanded, and let those go on who wait for the agent or have nobody left. None: no such agent. What
    changes nothing leaves a fact only in the story of the `call` in which it was keyed."""
    how = ex.roster.command(event.agent, event.command, event.reason)
    if how is None:
        return None
    told = AgentTold(
        at=ex.turn.now,
        call=call,
        agent=event.agent,
        command=event.command,
        how=how,
        by=event.by,
        reason=event.reason,
    )
    if how != "already" or call:
        ex.turn.note(told)
    routing.serve(ex, event.agent)
    return told


def _near(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), 1)
    return f"did you mean {near[0]}?" if near else ""
