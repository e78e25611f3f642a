"""The figures: a fold over facts, the same live as read again from the journal. Nothing else counts anything.

A contact is one QueueEntered; it is offered once, and settled by its one QueueLeft. It is booked for its team, for the
number that was dialled, for the assigned manager, and for the office as a whole, each in the quarter of an hour and in
the day in which it happened: an offer when it was made, an outcome (and the wait that goes with it) when it came,
handling time when the after-call work ended. T and S are those of the contact's team at the time it entered.

Live figures move when a call is answered or abandoned, or when its wait passes T: a contact that still waits after T
stands in the denominators already, because it can no longer be answered in time. They never lag by a talk time.

A contact that the queue gave up has overflowed; when the caller then leaves a message it is voicemail instead, and
when somebody has called back as asked it is called back; both are booked where the queue gave it up,
so that no period's sums are ever out of balance. Until then, and if nobody is reached, it stays overflowed.

Conservation: carried_in + offered = answered + abandoned + overflowed + voicemail + called_back + lost
+ in_progress, in every period.
"""

from __future__ import annotations

import heapq
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, assert_never

from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallStarted,
    QueueEntered,
    QueueLeft,
    WrapUpEnded,
)
from gateway.core.facts.desk import CallBackClosed, CallBackRequested, MessageLeft, SurveyAnswered
from gateway.core.facts.joining import AnswerKnown
from gateway.core.kpi.figures import AgentFigures, Figures, Tally, utc_day
from gateway.core.kpi.questions import Questions
from gateway.core.numbers import is_outside
from gateway.core.site import drafts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.site.site import Site

INTERVAL_S = 900.0
Scope = Literal["office", "team", "did", "manager"]
Period = Literal["interval", "day"]
INTERVALS_KEPT, DAYS_KEPT = 2 * 96, 40
"""How many periods with anything in them are kept here; the journal still has the older ones."""
SCOPES: tuple[Scope, ...] = ("office", "team", "did", "manager")
DEFAULT_T_S = 20.0
DEFAULT_S_S = 5.0
_OF_DRAFTS = (WrapUpEnded, CallStarted, CallEnded)
"""Facts that are also heard of calls on a draft."""


class Key(NamedTuple):
    """Whose figures: a team's, a dialled number's, a manager's clients', or everybody's (`name` empty)."""

    scope: Scope
    name: str


OFFICE = Key("office", "")


class Standing(NamedTuple):
    """How a service level stands now in a period: contacts answered in time, contacts that count against it already,
    and contacts that wait and can still be answered in time."""

    met: int
    lost: int
    waiting: int


class _GaveUp(NamedTuple):
    """A contact that overflowed: when, and for whom it is booked."""

    at: float
    keys: tuple[Key, ...]


class _Contact:
    """One open QueueEntered."""

    __slots__ = ("at", "ewt_s", "keys", "manager", "over", "owner_answered", "short_s", "threshold_s")

    def __init__(self, at: float, keys: tuple[Key, ...], manager: str, threshold_s: float, short_s: float) -> None:
        self.at = at
        self.ewt_s: float | None = None
        """How long its wait was estimated to be when it came."""
        self.keys = keys
        self.manager = manager
        self.threshold_s = threshold_s
        self.short_s = short_s
        self.over = False
        """The wait has passed T."""
        self.owner_answered = False


@lru_cache(maxsize=4096)  # all callers who wait for the same share one
def _whose(scopes: frozenset[str], team: str, did: str, manager: str) -> tuple[Key, ...]:
    keys = (OFFICE, Key("team", team), Key("did", did), Key("manager", manager))
    return tuple(key for key in keys if key.scope in scopes and (key.name or key == OFFICE))


class Kpi:
    """Feed it every fact in the journal's order, from the first one (or from any point at which no contact was open);
    a QueueLeft whose QueueEntered it has not seen is not counted. `day_start` tells when the day of a moment began,
    for offices that do not live by UTC; only `scopes` are counted (agents with all of them), and so many `intervals`
    are kept."""

    def __init__(
        self,
        site: Site,
        *,
        day_start: Callable[[float], float] = utc_day,
        scopes: Collection[Scope] = SCOPES,
        intervals: int = INTERVALS_KEPT,
    ) -> None:
        self._scopes = frozenset(scopes)
        self._kept: tuple[tuple[Period, int], ...] = (("interval", intervals), ("day", DAYS_KEPT))
        self._teams = site.teams
        self._day_start = day_start
        self._did: dict[str, str] = {}
        self._drafts: set[str] = set()
        """Calls on a version that is not published: counted nowhere."""
        self._open: dict[str, _Contact] = {}
        self._waiting: dict[Key, int] = {}
        self._over: dict[Key, int] = {}
        self._crossings: list[tuple[float, str]] = []
        self._tallies: dict[Key, dict[Period, dict[float, Tally]]] = {}
        self._agents: dict[str, dict[Period, dict[float, AgentFigures]]] = {}
        self._gave_up: dict[str, _GaveUp] = {}
        """Call that is up -> its last contact, which the queue gave up."""
        self._call_backs: dict[str, _GaveUp] = {}
        """Call-back that is not closed -> the contact that it came of."""
        self._offered: dict[Key, int] = {}
        self._settled: dict[Key, int] = {}
        self._questions = Questions(self._tally)
        self.now = 0.0
        self._folds: dict[type[AnyFact], Callable[[Any], None]] = {
            WrapUpEnded: self._handled,
            CallStarted: self._started,
            CallEnded: self._ended,
            MessageLeft: self._message,
            CallBackRequested: self._asked_for_call_back,
            CallBackClosed: self._called_back,
            SurveyAnswered: self._survey,
            AnswerKnown: self._questions.put,
            QueueEntered: self._entered,
            QueueLeft: self._left,
            CallBridged: self._bridged,
            AgentOffered: self._rung,
            AgentDeclined: self._declined,
        }

    def load(self, site: Site) -> None:
        """A new version: T and S of those contacts to come whose QueueEntered does not tell them."""
        self._teams = site.teams

    def apply(self, fact: AnyFact) -> None:
        """One fact more. Cost does not depend on how much was folded before."""
        if fact.at > self.now:
            self.advance(fact.at)
        fold = self._folds.get(type(fact))
        if fold is not None and (fact.call not in self._drafts or isinstance(fact, _OF_DRAFTS)):
            fold(fact)

    def _started(self, fact: CallStarted) -> None:
        if fact.direction == "in":
            self._did[fact.call] = fact.called
        if fact.draft:
            self._drafts.add(fact.call)

    def _ended(self, fact: CallEnded) -> None:
        self._questions.ended(fact.call, fact.at, self._keys(fact.call, fact.record.team, fact.record.manager))
        self._did.pop(fact.call, None)
        self._gave_up.pop(fact.call, None)
        self._drafts.discard(fact.call)

    def _asked_for_call_back(self, fact: CallBackRequested) -> None:
        if fact.queued and fact.call in self._gave_up:
            self._call_backs[fact.call_back] = self._gave_up.pop(fact.call)

    def _bridged(self, fact: CallBridged) -> None:
        contact = self._open.get(fact.call)
        if contact is not None:
            contact.owner_answered = bool(contact.manager) and fact.agent == contact.manager
        self._agent(fact.agent, fact.at, lambda figures: figures.with_answer())

    def _rung(self, fact: AgentOffered) -> None:
        self._agent(fact.agent, fact.at, lambda figures: figures.with_offer())

    def _declined(self, fact: AgentDeclined) -> None:
        self._agent(fact.agent, fact.at, lambda figures: figures.with_decline(fact.why))

    def advance(self, now: float) -> bool:
        """Let time pass without a fact; True when a figure moved, because somebody's wait has passed T."""
        self.now = max(now, self.now)
        moved = False
        while self._crossings and self._crossings[0][0] < self.now:
            at, call = heapq.heappop(self._crossings)
            contact = self._open.get(call)
            if contact is not None and not contact.over and contact.at + contact.threshold_s == at:
                contact.over = moved = True
                for key in contact.keys:
                    self._over[key] = self._over.get(key, 0) + 1
        return moved

    def next_change(self) -> float | None:
        """The next moment at which a figure moves by time alone, in Unix seconds: call `advance` then."""
        while self._crossings and self._crossings[0][1] not in self._open:
            heapq.heappop(self._crossings)
        return self._crossings[0][0] + 0.001 if self._crossings else None

    def keys(self) -> tuple[Key, ...]:
        """Everybody there are figures for."""
        return tuple(self._tallies)

    def agents(self) -> tuple[str, ...]:
        """Every agent there are figures for."""
        return tuple(self._agents)

    def starts(self, key: Key, period: Period) -> tuple[float, ...]:
        """The periods in which anything happened, by their start, oldest first."""
        return tuple(self._tallies.get(key, {}).get(period, {}))

    def figures(self, key: Key, period: Period = "day", *, at: float | None = None) -> Figures:
        """The figures of the period that holds `at` (by default the present one, live). A figure with no contacts is
        None."""
        moment = self.now if at is None else at
        start = self._start(period, moment)
        live = start == self._start(period, self.now)
        tally = self._tallies.get(key, {}).get(period, {}).get(start)
        if tally is None:
            tally = Tally(carried_in=self._waiting.get(key, 0) if live else 0)
        return tally.figures(start=start, waiting_over_t=self._over.get(key, 0) if live else 0)

    def standing(self, key: Key) -> Standing:
        """Of the present interval, at the price of a look-up."""
        tally = self._tallies.get(key, {}).get("interval", {}).get(self._start("interval", self.now)) or Tally()
        late = self._over.get(key, 0)
        flow_outs = tally.overflowed + tally.voicemail + tally.called_back
        lost = tally.answered - tally.answered_in_t + tally.abandoned - tally.abandoned_short + flow_outs + late
        return Standing(tally.answered_in_t, lost, self._waiting.get(key, 0) - late)

    def offered(self, key: Key, *, at: float) -> int:
        """Contacts offered in the interval that holds `at`; 0 also where it is kept no more."""
        tally = self._tallies.get(key, {}).get("interval", {}).get(self._start("interval", at))
        return tally.offered if tally is not None else 0

    def agent_figures(self, agent: str, period: Period = "day", *, at: float | None = None) -> AgentFigures:
        """What one agent's phone did in the period that holds `at`."""
        start = self._start(period, self.now if at is None else at)
        return self._agents.get(agent, {}).get(period, {}).get(start) or AgentFigures(start=start)

    def conservation(self) -> dict[Key, int]:
        """Offered - answered - abandoned - overflowed - lost - in progress since the fold began, in progress counted
        from the contacts that are open, not from the figures. All zero, always: anything else is a lost caller or one
        who is in two places."""
        waiting: dict[Key, int] = {}
        for contact in self._open.values():
            for key in contact.keys:
                waiting[key] = waiting.get(key, 0) + 1
        return {
            key: offered - self._settled.get(key, 0) - waiting.get(key, 0) for key, offered in self._offered.items()
        }

    def _keys(self, call: str, team: str, manager: str) -> tuple[Key, ...]:
        """For whom something of a call counts: the office, and what has a name."""
        return _whose(self._scopes, team, self._did.get(call, ""), manager)

    def _start(self, period: Period, at: float) -> float:
        return at - at % INTERVAL_S if period == "interval" else self._day_start(at)

    def _tally(self, key: Key, at: float) -> tuple[Tally, Tally]:
        periods = self._tallies.get(key)
        if periods is None:
            periods = self._tallies[key] = {"interval": {}, "day": {}}
        both: list[Tally] = []
        for period, limit in self._kept:
            start = self._start(period, at)
            tally = periods[period].get(start)
            if tally is None:
                tally = periods[period][start] = Tally(carried_in=self._waiting.get(key, 0))
                if len(periods[period]) > limit:
                    del periods[period][next(iter(periods[period]))]
            both.append(tally)
        return both[0], both[1]

    def _agent(self, agent: str, at: float, change: Callable[[AgentFigures], AgentFigures]) -> None:
        if is_outside(agent) or len(self._scopes) < len(SCOPES):
            return
        periods = self._agents.setdefault(agent, {"interval": {}, "day": {}})
        for period, limit in self._kept:
            start = self._start(period, at)
            periods[period][start] = change(periods[period].get(start) or AgentFigures(start=start))
            if len(periods[period]) > limit:
                del periods[period][next(iter(periods[period]))]

    def _entered(self, fact: QueueEntered) -> None:
        keys = self._keys(fact.call, fact.team, fact.manager)
        self._questions.queued(fact.call, fact.at, keys)
        team = self._teams.get(fact.team)
        threshold_s, short_s = fact.threshold_s, fact.short_abandon_s
        if threshold_s is None or short_s is None:  # from a journal before these stood in the fact
            threshold_s = team.threshold_s if team is not None else DEFAULT_T_S
            short_s = team.short_abandon_s if team is not None else DEFAULT_S_S
        contact = _Contact(fact.at, keys, fact.manager, threshold_s, short_s)
        contact.ewt_s = fact.ewt_s
        for key in keys:
            for tally in self._tally(key, fact.at):
                tally.offered += 1
            self._offered[key] = self._offered.get(key, 0) + 1
            self._waiting[key] = self._waiting.get(key, 0) + 1
        self._open[fact.call] = contact
        heapq.heappush(self._crossings, (fact.at + threshold_s, fact.call))

    def _left(self, fact: QueueLeft) -> None:
        contact = self._open.pop(fact.call, None)
        if contact is None:
            return
        in_t = fact.wait_s <= contact.threshold_s
        for key in contact.keys:
            for tally in self._tally(key, fact.at):
                match fact.outcome:
                    case "answered":
                        tally.answered += 1
                        tally.answered_in_t += in_t
                        tally.waits.append(fact.wait_s)
                        if contact.ewt_s is not None:
                            tally.ewt_errors_s += abs(fact.wait_s - contact.ewt_s)
                            tally.ewt_errors += 1
                        tally.owned_answered += bool(contact.manager)
                        tally.owner_answered += contact.owner_answered
                    case "abandoned":
                        tally.abandoned += 1
                        tally.abandoned_in_t += in_t
                        tally.abandoned_short += fact.wait_s < contact.short_s
                    case "overflowed":
                        tally.overflowed += 1
                    case "lost":
                        tally.lost += 1
                    case _:
                        assert_never(fact.outcome)
            self._settled[key] = self._settled.get(key, 0) + 1
            self._waiting[key] -= 1
            if contact.over:
                self._over[key] -= 1
        if fact.outcome == "overflowed":
            self._gave_up[fact.call] = _GaveUp(fact.at, contact.keys)

    def _message(self, fact: MessageLeft) -> None:
        """The contact that overflowed came to a message."""
        gave_up = self._gave_up.pop(fact.call, None) if fact.queued else None
        if gave_up is None:
            return
        for tally in self._booked(gave_up):
            tally.overflowed -= 1
            tally.voicemail += 1

    def _called_back(self, fact: CallBackClosed) -> None:
        """The contact that overflowed was called back, or will not be."""
        gave_up = self._call_backs.pop(fact.call_back, None)
        if gave_up is None or fact.result != "reached":
            return
        for tally in self._booked(gave_up):
            tally.overflowed -= 1
            tally.called_back += 1

    def _survey(self, fact: SurveyAnswered) -> None:
        """An answer counts where it was given: for the office, the number, the team and the manager."""
        for key in self._keys(fact.call, fact.team, fact.manager):
            for tally in self._tally(key, fact.at):
                tally.answers.add(fact.kind, fact.score)

    def _booked(self, gave_up: _GaveUp) -> Iterator[Tally]:
        """The tallies in which a contact overflowed, as far as they are kept."""
        for key in gave_up.keys:
            for period, tallies in self._tallies.get(key, {}).items():
                tally = tallies.get(self._start(period, gave_up.at))
                if tally is not None:
                    yield tally

    def _handled(self, fact: WrapUpEnded) -> None:
        if fact.team.startswith(drafts.TEAM):
            return
        handling_s = fact.talk_s + fact.wrap_up_s
        for key in self._keys("", fact.team, ""):
            for tally in self._tally(key, fact.at):
                tally.handled += 1
                tally.handling_s += handling_s
        self._agent(fact.agent, fact.at, lambda figures: figures.with_handling(handling_s))
