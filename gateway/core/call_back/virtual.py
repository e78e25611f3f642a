"""The calls that stand in the queue for clients who are to be called back, and how each of them ends.

An Outgoing is what such a Call knows beyond a caller's. Until an agent's phone has rung for it nothing of it is in the
journal but the call-back's own facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from gateway.core.call import joining
from gateway.core.facts.calls import CallEnded, CallStarted, ClientIdentified
from gateway.core.queue import leaving

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.call.record import Story
    from gateway.core.facts.all import AnyFact

AGAIN_S = 5.0
"""Something that nobody tells of is looked at again after that."""

Phase = Literal[
    "waiting",  # nobody has dialled the client
    "dialling",  # the client's telephone is rung, an agent waits for it
    "asking",  # the client is there and hears who calls, or is to press 1
    "ready",  # the client wants to talk
    "over",  # this try has ended, the client's leg is going
]


class Outgoing:
    """What the box knows of a call that it makes itself."""

    __slots__ = ("asked", "attempt", "before", "call_back", "cut_off", "dialled_at", "number", "phase", "started")

    def __init__(self, call_back: str, number: str, *, cut_off: bool) -> None:
        self.call_back = call_back
        self.number = number
        self.cut_off = cut_off
        """The client was cut off while waiting, and did not ask for it."""
        self.phase: Phase = "waiting"
        self.started = False
        """The journal knows the call: an agent's phone has rung for it."""
        self.before: list[AnyFact] = []
        """What is to be told as soon as it does."""
        self.attempt = 0
        self.dialled_at = 0.0
        self.asked = 0
        """How often the client was asked to press 1."""

    @property
    def up(self) -> bool:
        """Whether the client is on the telephone."""
        return self.phase in {"asking", "ready"}


class VirtualCallers:
    """The calls that the box makes, by call-back; and what is to be looked at when this turn's facts are folded."""

    __slots__ = ("_pending", "calls", "cut_off", "declined", "nobody", "nobody_took", "places")

    def __init__(self) -> None:
        self.calls: dict[str, Call] = {}
        self.declined: dict[str, dict[str, float]] = {}
        """Call-back -> agent -> when that agent last declined it, for the next call of it."""
        self.nobody: dict[str, None] = {}
        """Those for whom nobody was logged in."""
        self.nobody_took: dict[str, None] = {}
        """Those that everybody has declined."""
        self.places: dict[str, tuple[str, float]] = {}
        """Call of a client whose call-back was open -> (team, since when he has his place there)."""
        self.cut_off: dict[str, None] = {}
        """Calls that were lost in the queue and have not ended yet."""
        self._pending: dict[str, None] = {}

    def look_at(self, *names: str) -> None:
        """Decide about these at the end of the turn."""
        self._pending.update(dict.fromkeys(names))

    def place_of(self, call: str, team: str, otherwise: float) -> float:
        """Since when a caller whose call-back was open has his place in this team's queue."""
        of_team, since = self.places.get(call, ("", otherwise))
        return since if of_team == team else otherwise

    def put_off(self, name: str) -> None:
        """There is nothing to decide about it at the end of the turn."""
        self._pending.pop(name, None)

    def take(self) -> tuple[str, ...]:
        """Those to be decided about, which are so no more."""
        names = tuple(self._pending)
        self._pending.clear()
        return names

    def forget(self, name: str) -> None:
        """The call-back is closed."""
        for kept in (self.declined, self.nobody, self.nobody_took, self._pending):
            kept.pop(name, None)


def adopted(ex: Exchange, leg: str, story: Story | None) -> Outgoing:
    """Of a client's leg that is up after a restart. Without a `story`, nothing of the call is noted."""
    call_back = leg.rpartition(".o")[0]
    progress = ex.desk.call_back_book.open.get(call_back)
    number = progress.requested.number if progress is not None else ""
    out = Outgoing(call_back, story.record.called if story is not None else number, cut_off=False)
    out.phase, out.started = "over", story is not None
    return out


def _decision(fact: AnyFact) -> tuple[str, str, str]:
    """What is the same when it is decided again, as it is whenever a client goes into the queue anew."""
    return type(fact).__name__, getattr(fact, "stage", ""), getattr(fact, "reason", "")


def noted(call: Call, fact: AnyFact) -> bool:
    """A fact of a call that the box makes. True: it is to be noted now; what comes before an agent's phone rings is
    kept until it does, so that no call is in the journal for which no telephone has rung."""
    out = call.out
    if out is None or out.started:
        return True
    if type(fact).__name__ != "AgentOffered":
        out.before = [kept for kept in out.before if _decision(kept) != _decision(fact)]
        out.before.append(fact)
        return False
    out.started = True
    now, rules = call.now, call.site.call_backs
    call.note(
        CallStarted(
            at=now,
            call=call.id,
            line=call.leg.line,
            caller=rules.caller_id if rules is not None else "",
            called=out.number,
            site_version=call.site.version,
            direction="out",
        )
    )
    if call.client is not None:
        client = call.client
        call.note(
            ClientIdentified(
                at=now, call=call.id, client=client.id, how="caller_id", manager=client.manager, team=client.team
            )
        )
    for kept in out.before:
        call.note(replace(kept, at=now))
    out.before.clear()
    return True


def leave_queue(ex: Exchange, call: Call) -> None:
    """Whoever rings for it, or is being told of it, is let go."""
    joining.stop(ex, call)
    if call.waiter is not None:
        leaving.leave(ex, call.waiter, "overflowed")


def withdraw(ex: Exchange, call: Call, reason: str) -> bool:
    """Take a virtual caller out of the queue. False: the client has answered, so it is too late."""
    out = call.out
    if out is None or out.phase not in {"waiting", "dialling"}:
        return False
    dialling, out.phase = out.phase == "dialling", "over"
    leave_queue(ex, call)
    if dialling:
        call.hang_up(by="box", reason=reason)
    else:
        end_planned(ex, call, reason)
    return True


def end_planned(ex: Exchange, call: Call, reason: str) -> None:
    """The virtual caller is out of the queue, and the client was not dialled: close the books."""
    out = call.out
    if out is None:
        return
    out.phase = "over"
    call.advance("gone")
    record = call.story.record
    if out.started:
        ended = replace(record, ended_at=call.now, ended_by="box", end_reason=reason)
        call.note(CallEnded(at=call.now, call=call.id, record=ended))
    ex.forget_call(call)
    gone(ex, call)


def gone(ex: Exchange, call: Call) -> None:
    """The call is over: what is to become of its call-back is looked at."""
    if call.out is not None:
        if ex.virtual.calls.get(call.out.call_back) is call:
            del ex.virtual.calls[call.out.call_back]
        ex.virtual.look_at(call.out.call_back)


def gave_up(ex: Exchange, call: Call) -> None:
    """The queue has let go of it: nobody is logged in any more, or nobody has taken it in all stages."""
    out = call.out
    if out is None:
        return
    rang = out.started
    end_planned(ex, call, "nobody")
    if rang:
        ex.virtual.nobody_took[out.call_back] = None
    else:  # not at once, or two who cannot agree on who is there would never end
        ex.virtual.put_off(out.call_back)
        ex.turn.after(AGAIN_S, "call_back", out.call_back)


def pick_line(ex: Exchange) -> str | None:
    """The line that is up and has most room; None: no line is up."""
    lines = [line for line in ex.lines.values() if line.up and line.boot]
    room = {line.id: line.legs_max - len(line.legs) if line.legs_max else 1_000 for line in lines}
    return max(room, key=lambda name: room[name], default=None)


def has_room(ex: Exchange, call: Call) -> bool:
    """Whether its line has a leg for an agent and, while the client is not there, one for the client. A line that has
    is looked for among all, as long as nobody has been rung on this one."""
    out = call.out
    if out is None or out.phase != "waiting":
        return True
    if call.waiter is not None and not call.waiter.rings:
        best = pick_line(ex)
        if best is not None and best != call.leg.line:
            ex.unblock(call.waiter)
            call.leg.line = best
    line = ex.line(call.leg.line)
    return line.up and (not line.legs_max or line.legs_max - len(line.legs) >= 2)
