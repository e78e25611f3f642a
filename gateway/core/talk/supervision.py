"""Who hears whose talk: listen (hears both), whisper (the agent hears him, too), barge (both do).

The supervisor's own call stands in the step `supervise` of a flow meanwhile; his leg hears the two legs of the talk one
way each, and is heard by what his mode says. The three legs have to be on one line, whose bridge they share. Only a
talk of an agent of a team that he supervises, and one supervisor a talk. With `supervision: announce` both who talk are
told first, and he hears nothing before that was said to the end.

It lasts until he ends it, hangs up, or the talk ends (a transfer ends it, too). Of one that lasted when this program
ended only the end is noted at the next start, and the supervisor's call is let go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import Hear, Play, Unhear
from gateway.core.agents import codes as agent_codes
from gateway.core.events import Event
from gateway.core.facts.calls import StepEntered, TalkEnded
from gateway.core.facts.watch import SupervisionChanged, SupervisionEnded, SupervisionRefused, SupervisionStarted
from gateway.core.site import drafts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.actions import Clip
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.watch import SupervisionEnd, SupervisionMode, SupervisionRefusal

_HEARD_BY: dict[SupervisionMode, tuple[str, ...]] = {
    "listen": (),
    "whisper": ("agent",),
    "barge": ("agent", "caller"),
}
"""Mode -> who hears the supervisor."""


class TalkOver(Event, frozen=True, kw_only=True):
    """For the supervisor's step: what he heard is over."""


class Supervision:
    """One supervisor at one talk. `started_at` None: the two who talk are being told."""

    __slots__ = ("agent", "agent_leg", "call", "mode", "play", "started_at", "talk", "who")

    def __init__(self, call: str, *, who: str, agent: str, talk: str, agent_leg: str) -> None:
        self.call = call
        """Of the supervisor; his leg, too."""
        self.who = who
        self.agent = agent
        self.talk = talk
        """The call that is heard; the caller's leg, too."""
        self.agent_leg = agent_leg
        self.mode: SupervisionMode = "listen"
        self.play = ""
        """What tells the caller; its end is awaited."""
        self.started_at: float | None = None

    def leg(self, side: str) -> str:
        return self.agent_leg if side == "agent" else self.talk


class Supervisions:
    """All of them, by the supervisor's call."""

    __slots__ = ("by_call", "let_go")

    def __init__(self) -> None:
        self.by_call: dict[str, Supervision] = {}
        self.let_go: set[str] = set()
        """Calls of supervisors who heard a talk when this program ended."""


def begin(call: Call, code: str, announce: tuple[Clip, ...]) -> SupervisionRefusal | None:
    """Let the one who has signed in on `call` hear the agent with this code. None: he does, or will when both have
    been told; else why not, which is noted."""
    ex, who = call.ex, call.values.get("agent.id", "")
    agent = agent_codes.by_code(ex.site, code)
    refusal = _refusal(ex, call, who, agent.id if agent is not None else "")
    if refusal is not None or agent is None:
        why = refusal or "no_such_agent"
        call.note(
            SupervisionRefused(
                at=call.now, call=call.id, who=who, agent=agent.id if agent is not None else "", code=code, reason=why
            )
        )
        return why
    talk_call = ex.calls[ex.roster.seats[agent.id].call]
    talk = talk_call.talk
    if talk is None:  # `_refusal` has looked
        return "not_talking"
    seen = Supervision(call.id, who=who, agent=agent.id, talk=talk_call.id, agent_leg=talk.leg.id)
    ex.supervisions.by_call[call.id] = seen
    if ex.site.supervision == "announce":
        seen.play = f"{talk_call.id}/announce-{call.id}"
        for leg in (talk_call.id, talk.leg.id):
            call.order(Play(leg=leg, play=seen.play, clips=announce, barge_in=False))
    else:
        _start(ex, call, seen)
    return None


def _refusal(ex: Exchange, call: Call, who: str, agent: str) -> SupervisionRefusal | None:
    supervisor = ex.site.agents.get(who)
    if not agent:
        return "no_such_agent"
    if ex.site.supervision == "off":
        return "off"
    teams = {team.removeprefix(drafts.TEAM) for team in ex.roster.teams_of(agent)}
    if supervisor is None or agent == who or not teams & set(supervisor.supervises):
        return "not_yours"
    seat = ex.roster.seats.get(agent)
    talk_call = ex.calls.get(seat.call) if seat is not None else None
    if talk_call is None or talk_call.talk is None or talk_call.talk.agent != agent:
        return "not_talking"
    if call.draft or talk_call.draft:
        return "draft"
    if talk_call.talk.leg.line != call.leg.line:
        return "other_line"
    taken = any(seen.talk == talk_call.id for seen in ex.supervisions.by_call.values())
    return "busy" if taken else None


def play_ended(ex: Exchange, play: str) -> None:
    """Something was said to its end, or stopped: perhaps both who talk have been told now."""
    for seen in ex.supervisions.by_call.values():
        call = ex.calls.get(seen.call)
        if seen.started_at is None and seen.play == play and call is not None:
            _start(ex, call, seen)
            return


def change(call: Call, mode: SupervisionMode) -> None:
    """Go over to another mode."""
    seen = call.ex.supervisions.by_call.get(call.id)
    if seen is None or seen.started_at is None or seen.mode == mode:
        return
    before, seen.mode = set(_HEARD_BY[seen.mode]), mode
    for side in _HEARD_BY[mode]:
        if side not in before:
            call.order(Hear(leg=call.id, other=seen.leg(side)))
    for side in before.difference(_HEARD_BY[mode]):
        call.order(Unhear(leg=call.id, other=seen.leg(side)))
    call.note(SupervisionChanged(at=call.now, call=call.id, who=seen.who, agent=seen.agent, talk=seen.talk, mode=mode))


def end(call: Call, how: SupervisionEnd) -> None:
    """He hears it no more; without one nothing happens."""
    seen = call.ex.supervisions.by_call.pop(call.id, None)
    if seen is None:
        return
    if seen.started_at is None:
        return
    for side in ("caller", "agent"):
        _undo(call, seen.leg(side), call.id)
    for side in _HEARD_BY[seen.mode]:
        _undo(call, call.id, seen.leg(side))
    call.note(
        SupervisionEnded(
            at=call.now,
            call=call.id,
            who=seen.who,
            agent=seen.agent,
            talk=seen.talk,
            how=how,
            lasted_s=call.now - seen.started_at,
        )
    )


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to those who listen."""
    match fact:
        case TalkEnded():
            for seen in [seen for seen in ex.supervisions.by_call.values() if seen.talk == fact.call]:
                call = ex.calls.get(seen.call)
                if call is not None:
                    end(call, "talk_over")
                    call.walk.told(TalkOver())
        case StepEntered() if fact.call in ex.supervisions.let_go:
            ex.supervisions.let_go.discard(fact.call)
            call = ex.calls.get(fact.call)
            if call is not None:
                call.hang_up(by="box", reason="heard a talk when the box was started anew")
        case _:
            pass


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """After a start: those whose end the journal does not tell."""
    lasted: dict[str, SupervisionStarted] = {}
    for fact in facts:
        if isinstance(fact, SupervisionStarted):
            lasted[fact.call] = fact
        elif isinstance(fact, SupervisionEnded):
            lasted.pop(fact.call, None)
    for call, fact in lasted.items():
        ex.supervisions.let_go.add(call)
        ex.turn.note(
            SupervisionEnded(
                at=ex.turn.now,
                call=call,
                who=fact.who,
                agent=fact.agent,
                talk=fact.talk,
                how="restart",
                lasted_s=ex.turn.now - fact.at,
            )
        )


def _start(ex: Exchange, call: Call, seen: Supervision) -> None:
    seen.started_at = call.now
    for side in ("caller", "agent"):
        call.order(Hear(leg=seen.leg(side), other=call.id))
    client = ex.calls[seen.talk].client
    call.note(
        SupervisionStarted(
            at=call.now,
            call=call.id,
            who=seen.who,
            agent=seen.agent,
            talk=seen.talk,
            announced=bool(seen.play),
            do_not_record=client is not None and client.do_not_record,
        )
    )


def _undo(call: Call, leg: str, other: str) -> None:
    """A leg that is gone has taken what it heard with it."""
    if leg in call.ex.legs and other in call.ex.legs:
        call.order(Unhear(leg=leg, other=other))
