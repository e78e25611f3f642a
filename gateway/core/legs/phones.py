"""How a phone is rung for a caller: one leg, its deadlines, its facts. The queue and the steps that ring share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Dial, ScreenPop
from gateway.core.facts.calls import AgentDeclined, AgentOffered
from gateway.core.flow.steps_case import CASE
from gateway.core.legs import auto_pause, whisper
from gateway.core.legs.legs import Leg

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.calls import Declined, Stage

ANONYMOUS = {"pl": "numer zastrzeżony", "en": "withheld number"}
"""What stands in the display name for a caller who hides the number."""


def ring_agent(
    ex: Exchange, call: Call, agent: str, *, stage: Stage, team: str, ring_s: float, since: float, why: str = ""
) -> Leg:
    """Reserve a free agent and ring the phone for `ring_s`; the caller has waited since `since` (Unix seconds)."""
    leg = _leg(ex, call, agent, stage=stage, team=team)
    ex.roster.offer(agent, leg=leg.id, call=call.id, ring_s=ring_s)
    pop = screen_pop(call, leg, since)
    ex.turn.order(pop)
    _begin(ex, call, leg, _dial_agent(ex, call, leg, pop), ring_s, why)
    return leg


def ring_number(
    ex: Exchange,
    call: Call,
    number: str,
    *,
    uri: str,
    trunk: str,
    ring_s: float,
    stage: Stage = "team",
    team: str = "",
) -> Leg:
    """Ring somebody who is no agent. What the box knows of the client stays in the house: neither name nor headers go
    out, and the trunk puts its own number into From, as providers demand."""
    leg = _leg(ex, call, number, stage=stage, team=team)
    dial = Dial(leg=leg.id, line=leg.line, call=call.id, uri=uri, agent=number, trunk=trunk)
    _begin(ex, call, leg, dial, ring_s)
    return leg


def note_declined(ex: Exchange, call: Call, leg: Leg, why: Declined, code: int) -> None:
    """The ringing ended without an answer."""
    ex.turn.cancel("ring", leg.id)
    ex.turn.cancel("proceed", leg.id)
    rang_s = ex.turn.now - leg.dialled_at
    call.note(
        AgentDeclined(at=ex.turn.now, call=call.id, agent=leg.agent, leg=leg.id, why=why, code=code, rang_s=rang_s)
    )
    auto_pause.count(ex, leg, why)


def _leg(ex: Exchange, call: Call, agent: str, *, stage: Stage, team: str) -> Leg:
    call.dialled += 1
    name, line = f"{call.id}.{call.dialled}", call.leg.line
    leg = Leg(name, line=line, state="dialled", at=ex.turn.now, call=call, agent=agent, stage=stage, team=team)
    ex.add_leg(leg)
    return leg


def _begin(ex: Exchange, call: Call, leg: Leg, dial: Dial, ring_s: float, why: str = "") -> None:  # noqa: PLR0917
    at, stage, team = ex.turn.now, leg.stage, leg.team
    leg.trunk = dial.trunk
    call.note(AgentOffered(at=at, call=call.id, agent=leg.agent, leg=leg.id, stage=stage, team=team, why=why))
    ex.turn.order(dial)
    ex.turn.after(ex.site.dial_no_answer_s, "proceed", leg.id)
    ex.turn.after(ring_s, "ring", leg.id)


def screen_pop(call: Call, leg: Leg, since: float) -> ScreenPop:
    """What is known of the caller, for the agent's eyes."""
    client = call.client
    return ScreenPop(
        leg=leg.id,
        agent=leg.agent,
        call=call.id,
        team=leg.team,
        number=call.values.get("caller", ""),
        client=client.id if client is not None else "",
        client_name=client.name if client is not None else "",
        matter=whisper.area_of(call),
        wait_s=call.now - since,
        case=call.values.get(CASE, ""),
        keyed=dict(call.story.answers),
    )


def _dial_agent(ex: Exchange, call: Call, leg: Leg, pop: ScreenPop) -> Dial:
    agent = ex.roster.seats[leg.agent].agent
    caller = call.values.get("caller", "")
    number = caller or ANONYMOUS.get(call.language, ANONYMOUS["en"])
    client = call.client
    headers = (
        ("X-Gateway-Call", call.id),
        ("X-Gateway-Client", pop.client),
        ("X-Gateway-Client-Name", pop.client_name),
        ("X-Gateway-Matter", pop.matter),
        ("X-Gateway-Wait", str(int(pop.wait_s))),
        ("X-Gateway-Case", pop.case),
        ("X-Gateway-Keyed", "; ".join(f"{name}={value}" for name, value in pop.keyed.items())),
    )
    return Dial(
        leg=leg.id,
        line=leg.line,
        call=call.id,
        uri=agent.uri,
        agent=agent.id,
        display_name=f"{client.name} ({number})" if client is not None else number,
        from_user=caller,
        headers=tuple((name, value) for name, value in headers if value),
        trunk=agent.trunk,
    )
