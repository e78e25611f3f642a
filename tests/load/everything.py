"""The calls with faults in an office that uses everything (`whole_office.py`), and the books afterwards.

Beside what `FaultyDriver` does: callers press keys while they wait and call again, clients are called back by the box
and answer, press 1, or do not; who was paused by the box comes back; mobiles accept by key or do not.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from gateway.core.actions import Dial
from gateway.core.events import AgentCommanded, CallOffered
from gateway.core.facts.agents import AgentAutoPaused
from gateway.core.facts.call_back import CallBackGivenUp, CallBackMissed
from gateway.core.facts.calls import AgentOffered, CallBridged, QueueEntered, QueueLeft, StageEntered
from gateway.core.facts.desk import CallBackClosed, CallBackRequested
from gateway.core.facts.joining import AcceptanceAsked
from gateway.core.kpi.kpi import Kpi
from gateway.core.switchboard import Switchboard
from gateway.load.balance import Balance, Ledger
from gateway.load.driver import LINE, Driver
from gateway.load.erlang import Traffic
from gateway.load.faults import Faults, FaultyDriver
from gateway.load.office import NUMBER
from gateway.load.workload import Workload, poisson
from tests.load.test_joining_faults import MobileDriver
from tests.load.whole_office import (
    AGENTS,
    CLIENTS,
    KEY_CALL_BACK,
    KEY_MESSAGE,
    KEY_NOTHING,
    client_number,
    desk,
    whole_office,
)

EVERY = 397
"""So many facts lie between two looks into the books."""
PRESSES = 0.25
"""Of those who wait: press a key."""
CALLS_AGAIN = 0.2
"""Of those who hung up in the queue, or asked to be called back."""
CLIENT_PRESSES = 0.7
"""Of the clients who are called back and answer: press 1."""
PER_HOUR = (420.0, 200.0, 260.0)
"""Contacts: more than the office can answer, few, and about as many as it can."""
EVENTS_MAX = 400
"""A call; about 30 are usual."""
LAST_TALK_S = 60.0


class RunawayError(Exception):
    """The run does not come to its end: something is tried for ever."""


class EverythingDriver(MobileDriver):
    """The people of the whole office."""

    def __init__(self, site, workload, remember, faults, *, ring_s) -> None:
        super().__init__(site, workload, remember, faults, ring_s=ring_s)
        self.board = Switchboard(site)
        self.out: set[str] = set()
        """Legs to clients who are called back."""
        self.events = 0
        self.again = 0
        """Calls of those who had hung up in the queue."""
        self.quiet = False
        """Everybody answers, accepts and stays."""

    def caller_number(self, number: int) -> str:
        """A client, one of few strangers who call again and again, or withheld."""
        chance = (number * 7919) % 100
        if chance < 45:
            return client_number(1 + number * 31 % CLIENTS)
        return f"+48501{number * 17 % 61 + 100_000:06}" if chance < 92 else ""

    def remember(self, fact) -> None:
        if isinstance(fact, CallBackRequested):  # the box dials, and people only what it has given up
            Driver.remember(self, fact)
            if self._happens(0.05):
                self.after(self._soon(60.0), self._calls_back, fact.call_back)
            if fact.call in self._number and self._happens(CALLS_AGAIN):
                self.after(self._soon(90.0), self._calls_again, str(self._number[fact.call]))
            return
        if self.quiet and isinstance(fact, AcceptanceAsked):
            FaultyDriver.remember(self, fact)
            self.after(1.0, self._takes, fact.leg)
            return
        super().remember(fact)
        if isinstance(fact, QueueEntered) and self._happens(PRESSES):
            self.after(60.0 * float(self._draw.random()), self._presses_some_key, fact.call)
        elif isinstance(fact, QueueLeft) and fact.outcome == "abandoned" and self._happens(CALLS_AGAIN):
            number = self._number[fact.call]
            if self.caller_number(number):
                self.after(1.0 + 70.0 * float(self._draw.random()), self._calls_again, str(number))
        elif isinstance(fact, CallBackGivenUp):
            self.after(self._soon(600.0), self._calls_back, fact.call_back)
        elif isinstance(fact, AgentAutoPaused):
            self.after(self._soon(self._faults.back_s), self._back, fact.agent)

    def tell(self, event) -> None:
        self.events += 1
        if self.events > EVENTS_MAX * max(self.callers, 100):
            raise RunawayError
        super().tell(event)

    def perform(self, action) -> None:
        if isinstance(action, Dial) and action.leg == action.call:
            self.out.add(action.leg)
            self._number[action.leg] = int(self._draw.integers(len(self._handling)))
        super().perform(action)

    def answered(self, leg: str) -> None:
        super().answered(leg)
        if leg in self.out and leg in self._legs:
            if self._happens(CLIENT_PRESSES):
                self.after(12.0 * float(self._draw.random()), self._presses_1, leg)
            elif self._happens(0.5):
                self.after(12.0 * float(self._draw.random()), self.hung_up, leg)

    def _happens(self, share: float) -> bool:
        return not self.quiet and super()._happens(share)

    def _presses_some_key(self, leg: str) -> None:
        self._presses(leg, (KEY_MESSAGE, KEY_CALL_BACK, KEY_NOTHING)[int(self._draw.integers(3))])

    def _calls_again(self, number: str) -> None:
        if not self._up or self._full():
            return
        self.again += 1
        leg = f"{LINE}-{self._boot}-again{self.again}"
        self._legs[leg] = ""
        self._number[leg] = int(number)
        self.offered(leg)
        self.tell(CallOffered(line=LINE, leg=leg, caller=self.caller_number(int(number)), called=NUMBER))

    def ring_every_desk(self, _: str) -> None:
        """A patient caller for each agent alone, all at once."""
        self._handling.append(LAST_TALK_S)
        self._patience.append(float("inf"))
        for number in range(1, AGENTS + 1):
            leg = f"{LINE}-{self._boot}-desk{number}"
            self._legs[leg] = ""
            self._number[leg] = len(self._handling) - 1
            self.tell(CallOffered(line=LINE, leg=leg, caller="", called=desk(number), withheld=True))


@dataclass
class Whole:
    """Of one run: the books, what is still held somewhere, and how often each thing has happened."""

    balance: Balance
    differences: dict
    """Keys of the figures whose conservation is not zero."""
    on_the_way: int
    """The largest difference at moments in the middle of it."""
    left: list[str]
    """What is still there when nothing is under way."""
    answered_last: set[str]
    callers: int
    lines_lost: int
    seen: Counter = field(default_factory=Counter)

    @property
    def good(self) -> bool:
        books_good = self.balance.good and not self.differences and not self.on_the_way
        return books_good and not self.left and len(self.answered_last) == AGENTS


def whole(calls: int, seed: int) -> Whole:
    """A run of so many calls with faults, then a quiet caller for every agent."""
    site = whole_office(seed)
    kpi, ledger, seen = Kpi(site, day_start=lambda _: 0.0), Ledger(), Counter()
    count = worst = 0
    last: set[str] = set()

    def remember(fact) -> None:
        nonlocal count, worst
        kpi.apply(fact)
        ledger.apply(fact)
        count += 1
        _tally(seen, fact)
        if isinstance(fact, CallBridged):
            last.add(fact.agent)
        if count % EVERY == 0:
            worst = max(worst, abs(ledger.close(kpi, driver.board.view()).difference))

    draw, per_hour = np.random.default_rng(seed), PER_HOUR[seed % len(PER_HOUR)]
    day = poisson(Traffic(per_hour=per_hour, handling_s=150.0, patience_s=90.0), 2 * calls / per_hour * 3600.0, draw)
    work = Workload(*(column[:calls] for column in (day.arrivals_s, day.handling_s, day.patience_s)))
    driver = EverythingDriver(site, work, remember, Faults(seed=seed, legs_max=20 if seed % 2 else 48), ring_s=4.0)
    driver.run()
    left = what_is_left(driver)
    driver.calm(0, 0.0)
    driver.legs_max, driver.quiet = 200, True
    for name in site.agents:
        driver.tell(AgentCommanded(agent=name, command="unpause"))
        driver.tell(AgentCommanded(agent=name, command="login"))
    last.clear()
    driver.after(1.0, driver.ring_every_desk, "")
    driver.run()
    left += what_is_left(driver)
    return Whole(
        balance=ledger.close(kpi, driver.board.view()),
        differences={key: value for key, value in kpi.conservation().items() if value},
        on_the_way=worst,
        left=left,
        answered_last=last,
        callers=driver.callers,
        lines_lost=driver.lines_lost,
        seen=seen,
    )


def _tally(seen: Counter, fact) -> None:
    match fact:
        case AgentOffered():
            seen[f"rung {fact.why}"] += 1
        case QueueLeft():
            seen[f"left {fact.outcome} {fact.reason}".rstrip()] += 1
        case StageEntered():
            seen[f"stage {fact.reason}"] += 1
        case CallBackMissed():
            seen[f"missed {fact.why}"] += 1
        case CallBackClosed():
            seen[f"call-back {fact.result}"] += 1
        case _:
            seen[type(fact).__name__] += 1


def what_is_left(driver: FaultyDriver) -> list[str]:
    """Everything that should not be there when no call is under way: who is not free, reserved or on a leg, who
    waits, which phone is asked to accept, which deadline of a call is open."""
    ex = driver.board._ex
    left = [f"leg {leg.id} of {leg.agent or 'a caller'}, {leg.state}" for leg in ex.legs.values()]
    left += [f"call {call}" for call in ex.calls]
    left += [f"{waiter.call.id} waits for {team}" for team in ex.site.teams for waiter in ex.room.waiting(team)]
    left += [f"virtual {name}" for name in ex.virtual.calls]
    left += [f"call-back {name} {one.state} {one.reason}" for name, one in ex.desk.call_back_book.open.items()]
    for name, seat in ex.roster.seats.items():
        if seat.state not in {"idle", "paused", "off"} or seat.leg or seat.call:
            left.append(f"{name} {seat.state} {seat.leg} {seat.call}")
        if (seat.state == "idle") != ex.roster.is_free(name):
            left.append(f"{name} is {seat.state}, and that the index of the free does not know")
    left += [f"deadline {kind} of {key}" for kind, key in ex.turn.timers._live if kind not in {"task", "alarm"}]
    left += [f"leg {leg} in the network" for leg in driver._legs]
    return left
