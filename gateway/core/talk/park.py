"""A parked caller waits with music at a slot, a single digit, until an agent takes him back.

The agent who parks him hears the slot and is free. Whoever calls the park code and the slot from an agent's phone has
the caller. After `park_time` the agent who parked him is rung, and then his team. Slots are the office's: one digit
names one caller on whatever line; but a phone takes back only who is on the line that its own call reaches.

A call is taken for an agent's when it comes from the address of his phone, or shows his number on his trunk. What From
says alone would let anybody on the network talk with a parked caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

from gateway.core.actions import Clip, Refuse, Unbridge
from gateway.core.facts.calls import AgentOffered, CallTurnedAway
from gateway.core.facts.talk import Parked, Unparked
from gateway.core.legs.legs import Leg
from gateway.core.site.features import SLOTS
from gateway.core.talk import handing, recalls, talk
from gateway.core.talk.targets import Target

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.events import CallOffered
    from gateway.core.facts.calls import Stage
    from gateway.core.site.site import Agent

TOLD_S = 8.0
"""The agent who parks has heard the slot by then; the phone is hung up if he has not done it."""


class Slot:
    """Where one caller is parked, since when and by whom; `leg` is that of the agent who is taking him back."""

    __slots__ = ("agent", "leg", "music", "number", "since", "team")

    def __init__(self, number: str, agent: str, *, team: str, music: str, since: float) -> None:
        self.number = number
        self.agent = agent
        self.team = team
        self.music = music
        self.since = since
        self.leg: Leg | None = None


def begin(call: Call) -> bool:
    """Park the caller of this talk. False: every slot is taken."""
    ex, at = call.ex, call.talk
    number = next((str(slot) for slot in SLOTS if str(slot) not in ex.parked), "")
    if at is None or not number:
        return False
    call.order(Unbridge(leg=call.id, other=at.leg.id))
    talk.end(call, by="transfer", keep_leg=True)
    call.advance("park")
    call.slot = Slot(number, at.agent, team=at.team, music=at.music, since=call.now)
    ex.parked[number] = call
    call.note(Parked(at=call.now, call=call.id, agent=at.agent, slot=number))
    if at.music:
        call.play((Clip(key=at.music),), barge_in=False, loop=True)
    ex.turn.after(call.site.features.park_s, "park", call.id)
    if handing.tell(call, at.leg, f"parked_{number}"):
        ex.turn.after(TOLD_S, "parked", at.leg.id)
    else:
        ex.hang_up_leg(at.leg)
    return True


def dialled(ex: Exchange, event: CallOffered) -> bool:
    """Whether this INVITE is an agent's who wants a parked caller back; if so it is dealt with."""
    code = ex.site.features.codes.get("park", "")
    number = event.called.removeprefix(code)
    if not code or not event.called.startswith(code) or number not in {str(slot) for slot in SLOTS}:
        return False
    agent = _whose(ex, event)
    if agent is None:
        return False
    call = ex.parked.get(number)
    seat = ex.roster.seats[agent.id]
    if call is None or call.slot is None or call.slot.leg is not None:
        _turn_away(ex, event, 404, "nobody is parked there")
    elif call.leg.line != event.line:
        _turn_away(ex, event, 480, "parked on another line")
    elif ex.roster.waits(agent.id):
        _turn_away(ex, event, 480, "the agent may be in a call")
    elif seat.state != "idle" and (seat.state != "wrap_up" or seat.then or seat.removed):
        _turn_away(ex, event, 480, "the agent is not idle")
    else:
        _take(ex, call, call.slot, agent, event)
    return True


def answered(ex: Exchange, leg: Leg) -> bool:
    """Whether the agent's call that is up now takes a parked caller back."""
    call = leg.call
    slot = call.slot if call is not None else None
    if call is None or slot is None or slot.leg is not leg:
        return False
    ex.roster.answered(leg.agent)
    wait_s = call.now - slot.since
    _leave(call, slot, "taken", leg.agent)
    call.advance("bridge")
    talk.begin(call, leg, stage=leg.stage, team=leg.team, wait_s=wait_s, music=slot.music, after="transfer")
    return True


def leg_over(ex: Exchange, leg: Leg) -> bool:
    """Whether the leg that is no more was taking a parked caller back; he stays where he is."""
    call = leg.call
    slot = call.slot if call is not None else None
    if call is None or slot is None or slot.leg is not leg:
        return False
    slot.leg = None
    handing.unanswered(ex, call, leg, "cancelled")
    return True


def due(call: Call) -> None:
    """The "park" deadline: whoever parked him is rung, unless somebody is taking him."""
    slot = call.slot
    if slot is None:
        return
    if slot.leg is not None:
        call.ex.turn.after(TOLD_S, "park", call.id)
        return
    _leave(call, slot, "waited", "")
    recalls.come_back(call, Target("agent", slot.agent), team=slot.team, music=slot.music)


def over(call: Call) -> None:
    """The caller is gone."""
    slot, ex = call.slot, call.ex
    if slot is None:
        return
    leg = slot.leg
    _leave(call, slot, "gone", "")
    if leg is not None:
        handing.unanswered(ex, call, leg, "cancelled")
        ex.hang_up_leg(leg)


def _take(ex: Exchange, call: Call, slot: Slot, agent: Agent, event: CallOffered) -> None:
    stage: Stage = "manager" if call.client is not None and call.client.manager == agent.id else "team"
    team = handing.team_of(call, agent.id, slot.team)
    leg = Leg(
        event.leg,
        line=event.line,
        state="offered",
        at=ex.turn.now,
        call=call,
        agent=agent.id,
        stage=stage,
        team=team,
        trunk=event.trunk,
    )
    ex.add_leg(leg)
    slot.leg = leg
    if ex.roster.seats[agent.id].state == "wrap_up":
        ex.roster.wrap_up_ended(agent.id)
    ex.roster.offer(agent.id, leg=leg.id, call=call.id)
    call.note(AgentOffered(at=ex.turn.now, call=call.id, agent=agent.id, leg=leg.id, stage=stage, team=team))
    ex.answer_leg(leg)


def _leave(call: Call, slot: Slot, how: Literal["taken", "waited", "gone"], agent: str) -> None:
    call.slot = None
    call.ex.parked.pop(slot.number, None)
    call.ex.turn.cancel("park", call.id)
    parked_s = call.now - slot.since
    call.note(Unparked(at=call.now, call=call.id, slot=slot.number, how=how, agent=agent, parked_s=parked_s))


def _whose(ex: Exchange, event: CallOffered) -> Agent | None:
    """The agent from whose phone the call comes."""
    return next((agent for agent in ex.site.agents.values() if _is_his(agent, event)), None)


def _is_his(agent: Agent, event: CallOffered) -> bool:
    if not agent.uri.startswith("sip:"):
        return bool(agent.trunk) and event.trunk == agent.trunk and event.caller == agent.uri
    user, _, host = agent.uri.removeprefix("sip:").partition(";")[0].partition("@")
    name, _, port = host.partition(":")
    source, _, source_port = event.source.rpartition(":")
    same = source == name and (event.caller == unquote(user) or source_port == (port or "5060"))
    return same and not event.trunk


def _turn_away(ex: Exchange, event: CallOffered, code: int, reason: str) -> None:
    ex.turn.order(Refuse(leg=event.leg, code=code, reason=reason))
    ex.turn.note(
        CallTurnedAway(
            at=ex.turn.now, line=event.line, caller=event.caller, called=event.called, code=code, reason=reason
        )
    )
