"""The same table for a caller who does not wait any more: he presses a key that leads out of the queue, or one by which
he asks to be called back, which the box then does by itself.

A cell is the way of the call as in `test_situations.py`, with how it ended and, behind `|`, the way of the call that
the box makes: which phones it rings for it, and whether the two talked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from gateway.core.actions import Dial
from gateway.core.events import LegAnswered, LegProceeded
from gateway.core.facts.call_back import CallBackQueued, CallBackTried
from gateway.core.facts.calls import QueueEntered, QueueLeft
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from gateway.core.flow.model import CallBack, Exit, HangUpStep, Queue, Retry
from gateway.core.kpi.kpi import OFFICE, Kpi
from tests.core.call_back.rig import RULES

from .factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, talking
from .situations_exits import TABLE
from .test_situations import MANAGERS, Caller, answers, stage_of, told

if TYPE_CHECKING:
    from collections.abc import Callable

    from .test_situations import Manager

MOBILE = "+48601999888"
"""Another number of the client: with the first one somebody else may be talking to anna."""
OUT, CALL_ME = "1", "2"
CALLED_BACK_WITHIN_S = 400


def office() -> Rig:
    """Callers come straight into the queue; 1 leads out of it, 2 to a call-back."""
    retry = Retry(tries=2, then="bye")
    queue = Queue(
        name="human", to="by_client", team="office", gave_up="bye",
        keys={OUT: Exit(then="bye"), CALL_ME: Exit(then="call_back")},
    )  # fmt: skip
    ask = CallBack(
        name="call_back", to="by_client", whose="agent", team="office", prompt=prompt("Pod {call_back_number}?"),
        another=prompt("Jaki numer?"), no_input=retry, no_match=retry, then="bye",
    )  # fmt: skip
    of = site(flows={"reception": flow(queue, ask, HangUpStep(name="bye", prompt=prompt("Pa.")))})
    teams = {**of.teams, "office": replace(of.teams["office"], max_wait_s=120.0)}
    clients = {**of.clients, "1001": replace(of.clients["1001"], numbers=(KOWALSKI, MOBILE))}
    return Rig(replace(of, teams=teams, clients=clients, call_backs=replace(RULES, press=False)))


def stop_phones(rig: Rig) -> None:
    """Phones that are told to stop ringing do so."""
    for leg in [leg.id for leg in rig.board._ex.legs.values() if leg.agent and leg.state == "ending"]:
        rig.end(leg, code=487)


def leaves(rig: Rig, call: str) -> None:
    rig.press(call, OUT)
    stop_phones(rig)
    rig.heard(call)
    rig.end(call)


def wants_a_call(rig: Rig, call: str) -> None:
    rig.press(call, CALL_ME)
    stop_phones(rig)
    rig.press(call, "1")
    rig.heard(call)
    rig.end(call)


def at_once(_rig: Rig, _call: str, _dial: Dial | None) -> bool:
    return True


def team_rings(rig: Rig, call: str, dial: Dial | None) -> bool:
    return dial is not None and stage_of(rig, call) == "team"


def all_busy(rig: Rig, call: str, dial: Dial | None) -> bool:
    return dial is None and stage_of(rig, call) == "team"


CALLERS = {
    "key at once": Caller(False, at_once, leaves),
    "key while the team rings": Caller(False, team_rings, leaves),
    "key while all are busy": Caller(True, all_busy, leaves),
    "call-back at once": Caller(False, at_once, wants_a_call),
    "call-back while the team rings": Caller(False, team_rings, wants_a_call),
    "call-back while all are busy": Caller(True, all_busy, wants_a_call),
}


class Cell:
    """One cell on a rig of its own."""

    def __init__(self, manager: Manager, caller: Caller) -> None:
        self.manager, self.caller = manager, caller
        self.rig = rig = office()
        rig.load(manager.site(rig.board._ex.site))
        if caller.office_busy:
            for agent in ("jan", "ewa"):
                talking(rig, STRANGER, agent=agent)
        manager.before(rig)
        self.seen = len(rig.actions)
        self.call = rig.call(MOBILE)
        self._until(lambda dial: caller.until(rig, self.call, dial))

    def _until(self, done: Callable[[Dial | None], bool]) -> None:
        """Phones do what they do, until it is `done`, or the caller waits no more."""
        while self.rig.where(self.call) == "queued":
            dial = self._next_phone(self.call)
            if done(dial):
                self.caller.deed(self.rig, self.call)
                return
            self._go_on(dial)

    def called_back(self) -> str:
        """The way of the call that the box makes for the caller, from then on; empty: it makes none."""
        if not self.rig.of(CallBackRequested, self.call):
            return ""
        ends = self.rig.now + CALLED_BACK_WITHIN_S
        while self.rig.now < ends and not self.rig.of(CallBackClosed, self.call):
            self._go_on(self._next_phone(""))
        (requested,) = self.rig.of(CallBackRequested, self.call)
        words = [told(self.rig, fact.outbound) for fact in self.rig.of(CallBackQueued, self.call)[-1:]]
        words += [f"=> {fact.result}" for fact in self.rig.of(CallBackClosed, self.call)]
        assert requested.waiting_since == self.rig.of(QueueEntered, self.call)[0].at
        return " ".join(words)

    def _next_phone(self, call: str) -> Dial | None:
        """A phone that was dialled for the call (or by now for any) and has done nothing yet."""
        for number, action in enumerate(self.rig.actions[self.seen :], self.seen):
            if isinstance(action, Dial) and call in {"", action.call}:
                self.seen = number + 1
                return action
        return None

    def _go_on(self, dial: Dial | None) -> None:
        rig = self.rig
        stop_phones(rig)
        if dial is None:
            rig.pass_time(1)
            self.manager.later(rig)
        elif not dial.agent:
            rig.tell(LegProceeded(leg=dial.leg, code=180))
            rig.tell(LegAnswered(leg=dial.leg))
            rig.heard(dial.leg)
        elif dial.leg in rig.board._ex.legs:
            stands_in = (
                self.manager.deputy if dial.agent == "ola" and stage_of(rig, dial.call) == "manager" else answers
            )
            (self.manager.rung if dial.agent == "anna" else stands_in)(rig, dial.leg)
            if rig.board._ex.legs.get(dial.leg) is not None and rig.state(dial.agent) == "ringing":
                rig.heard(dial.leg)  # the brief before the client is dialled


def way(cell: Cell) -> str:
    behind = cell.called_back()
    (left,) = cell.rig.of(QueueLeft, cell.call)
    text = f"{told(cell.rig, cell.call)} {left.reason}".rstrip()
    return f"{text} | {behind}" if behind else text


@pytest.mark.parametrize(("manager", "caller"), [(m, c) for m in MANAGERS for c in CALLERS])
def test_cell(manager: str, caller: str) -> None:
    cell = Cell(MANAGERS[manager], CALLERS[caller])
    rig, call = cell.rig, cell.call
    assert way(cell) == TABLE[manager][caller]
    assert len(rig.of(QueueEntered, call)) == 1
    (left,) = rig.of(QueueLeft, call)
    if left.outcome == "overflowed":
        assert rig.where(call) == ""
        assert rig.record(call).outcome == "overflowed"
        assert len(rig.of(CallBackRequested, call)) == caller.startswith("call-back")
    assert len(rig.of(CallBackTried, call)) == len(rig.of(CallBackClosed, call)) == len(rig.of(CallBackRequested, call))
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    assert set(kpi.conservation().values()) == {0}
    assert kpi.figures(OFFICE).called_back == len(rig.of(CallBackClosed, call))
    stop_phones(rig)
    of_call = [leg for leg in rig.board._ex.legs.values() if leg.call is not None and leg.call.id == call]
    assert len(of_call) == (2 if left.outcome == "answered" else 0)
    for seat in rig.board.view().agents:
        assert seat.state != "ringing" or "another" in manager
        assert (seat.state == "idle") == seat.free


def test_the_table_is_whole() -> None:
    assert TABLE.keys() == MANAGERS.keys()
    assert all(row.keys() == CALLERS.keys() for row in TABLE.values())
