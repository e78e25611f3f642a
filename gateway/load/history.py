"""What a journal tells of the past: when contacts came to each team, how long they kept the agents, who gave up.

Trials of drafts are left out, as in the figures. A contact of a caller that was adopted after a restart is offered
once, as in the figures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.calls import (
    AgentOffered,
    CallBridged,
    CallEnded,
    CallStarted,
    QueueEntered,
    QueueLeft,
    WrapUpEnded,
)
from gateway.core.facts.lines import GatewayStarted, GatewayStopped
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from gateway.core.facts.all import AnyFact

KINDS = (
    AgentOffered, CallBridged, CallEnded, CallStarted, GatewayStarted, GatewayStopped, QueueEntered, QueueLeft,
    WrapUpEnded,
)  # fmt: skip


class History:
    """Of one team, or of all ("")."""

    def __init__(self, team: str) -> None:
        self.team = team
        self.begins_at = 0.0
        """Of the whole journal, in Unix seconds; and its end."""
        self.ends_at = 0.0
        self.down: list[tuple[float, float]] = []
        """When no gateway was running, as far as it was stopped in good order."""
        self.arrivals: list[float] = []
        """Contacts, in Unix seconds, ascending."""
        self.handling_s: list[float] = []
        """Talk with hold and after-call work, of each contact that was handled."""
        self.ring_s: list[float] = []
        """How long agents let it ring before they answered."""
        self.abandoned = 0
        self.waited_s = 0.0
        """All the waiting of all contacts that ended by an answer or a hang-up."""
        self.threshold_s: float | None = None
        """T and S of the team, as they were last."""
        self.short_s: float | None = None

    def mean_handling_s(self) -> float | None:
        return sum(self.handling_s) / len(self.handling_s) if self.handling_s else None

    def mean_ring_s(self) -> float | None:
        return sum(self.ring_s) / len(self.ring_s) if self.ring_s else None

    def patience_s(self) -> float | None:
        """The mean patience, if it is exponential: all the waiting divided by the hang-ups (the maximum-likelihood
        estimate where those who were answered are censored). None when nobody has hung up."""
        return self.waited_s / self.abandoned if self.abandoned else None


def read(file: Path) -> dict[str, History]:
    """Team -> its history, and "" -> everybody's, from a journal. Raises StoreError, and SettingError when it holds no
    contact."""
    from gateway.edge.store import JournalReader  # noqa: PLC0415 - the formulas need no database

    with JournalReader(file) as journal:
        histories = fold(journal.of_kinds(kind.__name__ for kind in KINDS))
    if not histories[""].arrivals:
        raise SettingError(f"{file}: nobody has come to a queue in this journal yet; there is nothing to learn from")
    return histories


def fold(facts: Iterable[AnyFact]) -> dict[str, History]:
    """The same from the facts, in order; those of other kinds are passed over."""
    histories = {"": History("")}
    drafts: set[str] = set()
    rung: dict[str, float] = {}
    stopped_at: float | None = None
    begins_at: float | None = None
    ends_at = 0.0

    def both(team: str) -> tuple[History, ...]:
        return histories[""], histories.setdefault(team, History(team))

    for fact in facts:
        begins_at = fact.at if begins_at is None else begins_at
        ends_at = fact.at
        if isinstance(fact, GatewayStopped):
            stopped_at = fact.at
        elif isinstance(fact, GatewayStarted):
            if stopped_at is not None:
                histories[""].down.append((stopped_at, fact.at))
                stopped_at = None
        elif isinstance(fact, CallStarted):
            if fact.draft:
                drafts.add(fact.call)
        elif isinstance(fact, CallEnded):
            drafts.discard(fact.call)
        elif fact.call in drafts:
            continue
        elif isinstance(fact, QueueEntered):
            for history in both(fact.team):
                history.arrivals.append(fact.at)
                history.threshold_s = fact.threshold_s if fact.threshold_s is not None else history.threshold_s
                history.short_s = fact.short_abandon_s if fact.short_abandon_s is not None else history.short_s
        elif isinstance(fact, QueueLeft):
            if fact.outcome in {"answered", "abandoned"}:
                for history in both(fact.team):
                    history.waited_s += fact.wait_s
                    history.abandoned += fact.outcome == "abandoned"
        elif isinstance(fact, WrapUpEnded):
            for history in both(fact.team) if fact.team else ():
                history.handling_s.append(fact.talk_s + fact.wrap_up_s)
        elif isinstance(fact, AgentOffered):
            rung[fact.call] = fact.at
        elif isinstance(fact, CallBridged):
            for history in both(fact.team) if fact.call in rung and fact.team else ():
                history.ring_s.append(fact.at - rung[fact.call])
    for history in histories.values():
        history.begins_at, history.ends_at, history.down = begins_at or 0.0, ends_at, histories[""].down
    return {name: history for name, history in histories.items() if history.arrivals or not name}
