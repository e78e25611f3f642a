"""The figures of continuity as they are published, and what a start reads of the past for them.

They look farther back than a day, so a start that folds the last days only reads the facts of a month beside them, and
of cases that are older what was said of them and who talked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from gateway.core.facts.calls import CallBridged, CallStarted
from gateway.core.kpi.continuity import BACK_S, CONTINUITY_KINDS, ContinuityFigures
from gateway.core.kpi.handoffs import CLOSED_KEPT_S, HANDOFF_KINDS
from gateway.core.kpi.repeats import RepeatDay

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.journal import JournalRow
    from gateway.core.kpi.continuity import ContinuityKpi
    from gateway.core.kpi.kpi import Scope
    from gateway.core.site.site import Site

CHUNK = 200_000
"""So many rows of the journal are looked through in one go; a tenth of them are read."""
_OF_CALLS = frozenset({*HANDOFF_KINDS, CallStarted.__name__, CallBridged.__name__})


class Rows(Protocol):
    """What is needed of the journal; every method may raise StoreError."""

    def first_seq_since(self, at: float) -> int: ...
    def facts_of(self, call: str) -> tuple[JournalRow, ...]: ...
    def rows_of(self, kinds: Iterable[str], *, after: int = 0, before: int | None = None) -> tuple[JournalRow, ...]: ...


class ContinuityMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of the present day: the office's, or those of the team or manager `name`."""

    site: str
    journal: str
    scope: Scope
    name: str = ""
    period: Literal["day"] = "day"
    as_of_seq: int
    at: float
    repeat_s: float
    """How long a further contact is waited for."""
    figures: ContinuityFigures
    earlier: tuple[RepeatDay, ...]
    """Days before, the latest first: those that are provisional, and those that became final within the last week."""


def continuity(
    site: Site, kept: ContinuityKpi, *, at: float, journal: str, seq: int
) -> Iterator[tuple[tuple[str, ...], ContinuityMessage]]:
    """By the levels of the topic: the office, and the teams and managers that the site still has."""
    for key in kept.whose():
        people = {"office": ("",), "team": site.teams, "manager": site.agents}.get(key.scope, ())
        if key.name not in people:
            continue
        yield (
            ("continuity", key.scope, key.name) if key.name else ("continuity", key.scope),
            ContinuityMessage(
                site=site.name,
                journal=journal,
                scope=key.scope,
                name=key.name,
                as_of_seq=seq,
                at=at,
                repeat_s=site.cases.repeat_s,
                figures=kept.figures(key, at=at),
                earlier=kept.repeats.earlier(key, at),
            ),
        )


def past(journal: Rows, *, before: int, at: float) -> Iterator[AnyFact]:
    """The facts below seq `before` on which figures of `at` or later depend, in order. Raises StoreError."""
    first = min(journal.first_seq_since(at - BACK_S), before)
    yield from _facts(_of_old_cases(journal, first, at))
    for after in range(first - 1, before - 1, CHUNK):
        yield from _facts(journal.rows_of(CONTINUITY_KINDS, after=after, before=min(after + CHUNK + 1, before)))


def _facts(rows: Iterable[JournalRow]) -> Iterator[AnyFact]:
    return (fact for row in rows if (fact := row.fact()) is not None)


def _of_old_cases(journal: Rows, first: int, at: float) -> list[JournalRow]:
    """Rows below `first` of cases that may still be closed or reopened, and of the calls that were about them."""
    rows = [(row, fact) for row in journal.rows_of(HANDOFF_KINDS, before=first) if (fact := row.fact()) is not None]
    closed: dict[str, float | None] = {}
    about: list[tuple[str, str]] = []
    for row, fact in rows:
        case = getattr(fact, "case", "")
        closed[case] = row.at if row.kind == "CaseClosed" else None if row.kind == "CaseReopened" else closed.get(case)
        if row.call and row.kind in {"CaseOpened", "CaseAsked"}:
            about.append((case, row.call))
    since = at - BACK_S - CLOSED_KEPT_S
    wanted, more = set[str](), {case for case, then in closed.items() if then is None or then >= since}
    calls: set[str] = set()
    while more:  # a call may be about one after the other
        wanted |= more
        calls |= {call for case, call in about if case in more}
        more = {case for case, call in about if call in calls} - wanted
    found = {row.seq: row for row, fact in rows if getattr(fact, "case", "") in wanted}
    for call in calls:
        found |= {row.seq: row for row in journal.facts_of(call) if row.seq < first and row.kind in _OF_CALLS}
    return [found[seq] for seq in sorted(found)]
