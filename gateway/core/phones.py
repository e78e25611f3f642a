"""How a phone is rung for a caller: one leg, its deadlines, its facts. The queue and the steps that ring share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Dial
from gateway.core.facts import AgentDeclined, AgentOffered
from gateway.core.legs import Leg

if TYPE_CHECKING:
    from gateway.core.call import Call
    from gateway.core.exchange import Exchange
    from gateway.core.facts import Declined, Stage

ANONYMOUS = {"pl": "numer zastrzeżony", "en": "withheld number"}
"""What stands in the display name for a caller who hides the number."""


def ring_agent(ex: Exchange, call: Call, agent: str, *, stage: Stage, team: str, ring_s: float, since: float) -> Leg:
    """Reserve a free agent and ring the phone for `ring_s`; the caller has waited since `since` (Unix seconds)."""
    leg = _leg(ex, call, agent, stage=stage, team=team)
    ex.roster.offer(agent, leg=leg.id, call=call.id)
    _begin(ex, call, leg, _dial_agent(ex, call, leg, since), ring_s)
    return leg


def ring_number(ex: Exchange, call: Call, number: str, *, uri: str, trunk: str, ring_s: float) -> Leg:
    """Ring somebody who is no agent. What the box knows of the client stays in the house: neither name nor headers go
    out, and the trunk puts its own number into From, as providers demand."""
    leg = _leg(ex, call, number, stage="team", team="")
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


def _leg(ex: Exchange, call: Call, agent: str, *, stage: Stage, team: str) -> Leg:
    call.dialled += 1
    name, line = f"{call.id}.{call.dialled}", call.leg.line
    leg = Leg(name, line=line, state="dialled", at=ex.turn.now, call=call, agent=agent, stage=stage, team=team)
    ex.add_leg(leg)
    return leg


def _begin(ex: Exchange, call: Call, leg: Leg, dial: Dial, ring_s: float) -> None:
    call.note(AgentOffered(at=ex.turn.now, call=call.id, agent=leg.agent, leg=leg.id, stage=leg.stage, team=leg.team))
    ex.turn.order(dial)
    ex.turn.after(ex.site.dial_no_answer_s, "proceed", leg.id)
    ex.turn.after(ring_s, "ring", leg.id)


def _dial_agent(ex: Exchange, call: Call, leg: Leg, since: float) -> Dial:
    agent = ex.roster.seats[leg.agent].agent
    caller = call.values.get("caller", "")
    number = caller or ANONYMOUS.get(call.language, ANONYMOUS["en"])
    client = call.client
    matter = call.waiter.area if call.waiter is not None else call.values.get("area", "")
    headers = (
        ("X-Gateway-Call", call.id),
        ("X-Gateway-Client", client.id if client is not None else ""),
        ("X-Gateway-Client-Name", client.name if client is not None else ""),
        ("X-Gateway-Matter", matter),
        ("X-Gateway-Wait", str(int(ex.turn.now - since))),
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
