"""What PINs are locked is told in facts, and known again from them after a start: a restart lets nobody guess on."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from gateway.core.agents.pins import LOCKED_S
from gateway.core.facts.pins import PinLocked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.facts.all import AnyFact


def note_site(call: Call, step: str) -> None:
    """The site's own PIN was keyed; told if it is locked."""
    pins = call.ex.pins
    if pins.locked(call.now):
        call.note(PinLocked(at=call.now, call=call.id, step=step, lock="site", until=pins.until))


def note_agent(call: Call, step: str, agent: str) -> None:
    """The PIN of `agent` was keyed (or, empty, with a code that nobody has); told if it is locked."""
    codes = call.ex.codes
    for lock, whose, until in codes.locks(call.now, agent):
        call.note(PinLocked(at=call.now, call=call.id, step=step, lock=lock, agent=whose, until=until))


def recovered(ex: Exchange, facts: Iterable[AnyFact]) -> None:
    """What the journal tells of the last hour, among other facts. No lock is longer than it can be, wherever the clock
    stood when it was noted."""
    latest = ex.turn.now + LOCKED_S
    for fact in facts:
        if not isinstance(fact, PinLocked):
            continue
        until = min(fact.until, latest)
        match fact.lock:
            case "site":
                ex.pins.lock(until)
            case "agent" | "everybody":
                ex.codes.lock(until, fact.agent if fact.lock == "agent" else "")
            case "":
                pass
            case _:
                assert_never(fact.lock)
