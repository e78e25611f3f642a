"""Call-backs that keep the place: a virtual caller stands in the queue for a client who has hung up.

It is a Waiter with the original time, whose Call has no leg to the client yet (the leg is "planned"): agents are found
for it as for anybody else, and only when one of them has taken it the client is dialled (`call_back.dial.py`). It is no
new contact, and until an agent's phone rings for it there is no call in the journal either. What is open, and how far,
is a fold over facts (`desk.call_backs.py`); here is what follows from it. Every decision is taken at the end of a turn,
when all of its facts are folded, in the original order.

Held, and not in the queue: outside the hours in which the client may be called, in the pause after a try, while nobody
is logged in, while the client is on the telephone himself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.call_back import decisions as call_back_decisions
from gateway.core.call_back import request as call_back_request
from gateway.core.call_back import virtual as call_back_virtual
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.call_back import CallBackMissed, CallBackOverdue, CallBackRestored, CallBackWithdrawn
from gateway.core.facts.calls import CallEnded, QueueLeft
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.lines import LineStarted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.desk.call_backs import Progress
    from gateway.core.facts.all import AnyFact

# What brings a call-back to be looked at


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the call-backs, after it was folded. A version that does not dial begins nothing, and ends
    what was begun before it."""
    rules = ex.site.call_backs
    virtual, book = ex.virtual, ex.desk.call_back_book
    match fact:
        case CallBackRequested() if rules is not None and fact.call_back in book.open:
            _replace_older(ex, fact)
            virtual.look_at(fact.call_back)
            _warn(ex, book.open[fact.call_back])
        case CallBackClosed():
            _closed(ex, fact)
        case CallBackMissed() | CallBackRestored():
            virtual.look_at(fact.call_back)
        case QueueLeft(outcome="lost") if rules is not None and rules.cut_off:
            call_back_request.cut_off(ex, fact)
        case CallEnded():
            if rules is not None and rules.cut_off:
                call_back_request.cut_off_ended(ex, fact)
            _call_ended(ex, fact)
        case AgentChanged() if fact.state != "off" and virtual.nobody:
            virtual.look_at(*virtual.nobody)
            virtual.nobody.clear()
        case HoursOverridden() | LineStarted():
            virtual.look_at(*book.open)
        case _:
            pass


def settle(ex: Exchange) -> bool:
    """Decide about those that were to be looked at, the longest waiting first. False: there were none."""
    names, book = ex.virtual.take(), ex.desk.call_back_book
    found = [book.open[name] for name in names if name in book.open]
    for progress in sorted(found, key=lambda one: (one.since, one.requested.at)):
        call_back_decisions.look(ex, progress)
    return bool(names)


def due(ex: Exchange, name: str) -> None:
    """The "call_back" deadline: something may be otherwise now."""
    ex.virtual.look_at(name)


def overdue(ex: Exchange, name: str) -> None:
    """The "call_back_due" deadline: its 24 hours are over."""
    progress = ex.desk.call_back_book.open.get(name)
    if progress is None or progress.overdue or ex.site.call_backs is None:
        return
    requested = progress.requested
    ex.turn.note(CallBackOverdue(at=ex.turn.now, call=requested.call, call_back=name, due_at=requested.due_at))


def load(ex: Exchange) -> None:
    """A new version: whoever stands in the queue goes in anew, by what it says."""
    for call in list(ex.virtual.calls.values()):
        if call.out is not None and call.joining is None and call.out.phase == "waiting":
            call_back_virtual.withdraw(ex, call, "new_version")
    for progress in ex.desk.call_back_book.open.values():
        _warn(ex, progress)
    ex.virtual.look_at(*ex.desk.call_back_book.open)


def resume(ex: Exchange) -> None:
    """After a start, from the journal: what was being dialled has failed, everything else is looked at when a line is
    up."""
    rules = ex.site.call_backs
    if rules is None:
        return
    for name, progress in ex.desk.call_back_book.open.items():
        requested = progress.requested
        _warn(ex, progress)
        if progress.state == "dialling":
            next_at = (progress.tried_at or ex.turn.now) + rules.retry_after_s
            ex.turn.note(
                CallBackMissed(
                    at=ex.turn.now,
                    call=requested.call,
                    call_back=name,
                    attempt=progress.tries,
                    why="restart",
                    next_at=next_at,
                )
            )
        ex.virtual.look_at(name)


def calls_recovered(ex: Exchange, calls: Iterable[str]) -> None:
    """Which calls were up when the program ended: who had called in and is gone is to be called back again."""
    up = set(calls)
    for progress in ex.desk.call_back_book.open.values():
        if progress.by_call and progress.by_call not in up:
            _restore(ex, progress)


def calls_in(ex: Exchange, call: Call) -> None:
    """A client who is to be called back calls by himself: nobody is dialled meanwhile, and he has the place. Where the
    box does not dial any more, that is only for those for whom an agent is on the telephone already."""
    number = call.values.get("caller", "")
    if call.draft or not number:
        return
    for progress in ex.desk.call_back_book.of_number(number):
        name = progress.requested.call_back
        virtual = ex.virtual.calls.get(name)
        if progress.by_call or (virtual is None and ex.site.call_backs is None):
            continue
        if virtual is not None and not call_back_virtual.withdraw(ex, virtual, "called_in"):
            continue
        addressee = call_back_decisions.addressee_of(ex, progress)
        if addressee is not None:
            ex.virtual.places[call.id] = (addressee[0].id, progress.since)
        ex.turn.note(CallBackWithdrawn(at=ex.turn.now, call=progress.requested.call, call_back=name, by_call=call.id))


def line_lost(ex: Exchange, line: str) -> None:
    """The line is gone, and with it the phones that rang for virtual callers."""
    for name, call in list(ex.virtual.calls.items()):
        if call.leg.line == line and call_back_virtual.withdraw(ex, call, "line_lost"):
            ex.virtual.look_at(name)


def _warn(ex: Exchange, progress: Progress) -> None:
    """When its 24 hours are over, once."""
    if not progress.overdue:
        requested = progress.requested
        ex.turn.after(requested.due_at - ex.turn.now, "call_back_due", requested.call_back)


def _replace_older(ex: Exchange, fact: CallBackRequested) -> None:
    """The client asks again: the older wish is part of the newer one, which has its place."""
    for progress in ex.desk.call_back_book.of_number(fact.number):
        older = progress.requested
        virtual = ex.virtual.calls.get(older.call_back)
        talks = virtual is not None and virtual.out is not None and virtual.out.phase not in {"waiting", "dialling"}
        if older.call_back != fact.call_back and older.whose != "box" and not talks:
            ex.turn.note(CallBackClosed(at=ex.turn.now, call=older.call, call_back=older.call_back, result="replaced"))


def _closed(ex: Exchange, fact: CallBackClosed) -> None:
    name = fact.call_back
    call = ex.virtual.calls.get(name)
    if call is not None and fact.result != "reached":
        call_back_virtual.withdraw(ex, call, fact.result)
    ex.turn.cancel("call_back", name)
    ex.turn.cancel("call_back_due", name)
    ex.virtual.forget(name)
    ex.virtual.look_at(*ex.desk.call_back_book.open)  # another one may be for the same number


def _call_ended(ex: Exchange, fact: CallEnded) -> None:
    record = fact.record
    ex.virtual.places.pop(fact.call, None)
    for name, progress in ex.desk.call_back_book.open.items():
        if progress.by_call == fact.call:
            if record.outcome == "answered":
                closed = CallBackClosed(
                    at=ex.turn.now,
                    call=progress.requested.call,
                    call_back=name,
                    result="called_in",
                    who=record.answered_by,
                )
                ex.turn.note(closed)
            else:
                _restore(ex, progress)
        elif fact.call == progress.requested.call or progress.requested.number in {record.caller, record.called}:
            ex.virtual.look_at(name)


def _restore(ex: Exchange, progress: Progress) -> None:
    requested = progress.requested
    ex.turn.note(CallBackRestored(at=ex.turn.now, call=requested.call, call_back=requested.call_back))
