"""absences.csv: who is away from when to when, and who is rung instead. The office edits it; it may be missing.

    agent,from,to,deputy,reason
    anna,2026-12-21,2026-12-31,,holiday
    Piotr Zieliński,2026-12-24 12:00,,ewa,

A date without a time is the whole day; without `to` it is over with the day of `from`. The deputy is the one that
gateway.yaml names for the agent, unless the row names another; `-` is nobody. `reason` is for people alone: no fact,
no message and no screen tells it, as it may say something of somebody's health.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from gateway.config.clients import ids_of
from gateway.config.csv_cells import Cell, decode, rows, separator
from gateway.config.fields import clean, shown
from gateway.config.problems import Place
from gateway.core.hours.calendar import clock_time
from gateway.core.site.owners import Absence

if TYPE_CHECKING:
    from gateway.config.files import SiteFiles
    from gateway.config.problems import Problems
    from gateway.core.site.site import Agent

ABSENCES = "absences.csv"
_COLUMNS = {
    **dict.fromkeys(("agent", "who", "osoba", "kto", "opiekun", "pracownik"), "agent"),
    **dict.fromkeys(("from", "since", "od"), "from"),
    **dict.fromkeys(("to", "until", "do"), "to"),
    **dict.fromkeys(("deputy", "zastępca", "zastepca", "zastępstwo", "zastepstwo"), "deputy"),
    **dict.fromkeys(("reason", "powód", "powod", "uwagi"), "reason"),
}
_NEEDED, _OPTIONAL = ("agent", "from"), ("to", "deputy", "reason")
_HEADER = "a first line with the columns agent, from; to, deputy, reason if you like"
_MOMENT = "a date such as 2026-12-24 or 24.12.2026, with a time behind it if it is not the whole day: 2026-12-24 12:00"
_ISO = re.compile(r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?:[ T]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?::00)?)?")
_DOTS = re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4})(?:[ T]+(?P<h>\d{1,2})[:.](?P<min>\d{2})(?::00)?)?")
_SLASHES = re.compile(r"\d{1,4}/\d{1,2}/\d{1,4}.*")
NOBODY = frozenset({"-", "none", "nobody", "brak", "nikt"})
_DAY_MIN = 24 * 60
_YEARS = (2000, 2099)


class _Moment(NamedTuple):
    """A day of the wall clock and a minute of it; None: the day as a whole."""

    day: date
    minute: int | None


class _Row(NamedTuple):
    """A row that could be read, and the cell of its agent."""

    agent: str
    absence: Absence
    cell: Cell


def read_absences(files: SiteFiles, problems: Problems, agents: dict[str, Agent], timezone: str) -> dict[str, Agent]:
    """`agents` with the absences of absences.csv, in the wall clock of `timezone`. Without the file they have none."""
    path = files.folder / ABSENCES
    if not path.exists():
        there = files.meant(ABSENCES)
        if there:
            problems.add(Place(there), f"{shown(there)} is not read", hint=f"save it as CSV, under the name {ABSENCES}")
        return agents
    data = files.read(path, ABSENCES)
    text = decode(data, ABSENCES, problems) if data is not None else None
    if text is None:
        return agents
    problems.register(ABSENCES, text)
    if not text.strip():
        problems.add(Place(ABSENCES), "the file is empty", expected=_HEADER, hint="delete it if nobody is away")
        return agents
    split, start = separator(text)
    table = rows(text, split, start, ABSENCES, problems)
    columns = _columns(next(table, []), problems)
    if columns is None:
        return agents
    reader = _Reader(problems, agents, ZoneInfo(timezone))
    before = len(problems)
    for cells in table:
        if problems.full:
            break
        if any(cell.value for cell in cells):
            reader.take(cells, columns)
    reader.judge_overlaps()
    if len(problems) == before:
        reader.judge_circles()
    return {name: replace(agent, absences=reader.absences_of(name)) for name, agent in agents.items()}


def _columns(cells: list[Cell], problems: Problems) -> list[str] | None:
    columns: list[str] = []
    for cell in cells:
        title = clean(cell.value.lstrip("\ufeff")).casefold()
        column = _COLUMNS.get(title, "")
        if column and column in columns:
            problems.add(_place(cell), f"a second column '{shown(cell.value)}'", hint="delete one of them")
        elif title and not column and not title.startswith("#"):
            problems.add(
                _place(cell),
                f"there is no column '{shown(cell.value)}'",
                expected=", ".join((*_NEEDED, *_OPTIONAL)),
                wrong=title,
                among=tuple(_COLUMNS),
                hint="a column that is only for you begins with #",
            )
        columns.append(column)
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        line = cells[0].line if cells else 1
        problems.add(Place(ABSENCES, line, 1), f"no column {', '.join(missing)}", expected=_HEADER)
        return None
    return columns


def _place(cell: Cell) -> Place:
    return Place(ABSENCES, cell.line, cell.column, cell.width)


class _Reader:
    """Turns rows into absences, then looks at all of them together."""

    def __init__(self, problems: Problems, agents: dict[str, Agent], zone: ZoneInfo) -> None:
        self._problems, self._agents, self._zone = problems, agents, zone
        self._names = ids_of(agents) or {}
        self._rows: dict[str, list[_Row]] = {}

    def absences_of(self, agent: str) -> tuple[Absence, ...]:
        """In order."""
        return tuple(row.absence for row in self._rows.get(agent, ()))

    def take(self, cells: list[Cell], columns: list[str]) -> None:
        """One row."""
        row = dict(zip(columns, cells, strict=False))
        last = cells[-1]
        for name in (*_NEEDED, *_OPTIONAL):
            row.setdefault(name, Cell("", last.line, last.column, last.width))
        if extra := [cell for cell in cells[len(columns) :] if cell.value]:
            hint = "put a text that holds the separator in quotes"
            self._problems.add(_place(extra[0]), f"more cells than the {len(columns)} columns", hint=hint)
            return
        agent = self._agent(row["agent"])
        begin = self._moment(row["from"], "from")
        end = self._moment(row["to"], "to") if clean(row["to"].value) else begin and _Moment(begin.day, None)
        deputy = self._deputy(row["deputy"], agent)
        if not agent or begin is None or end is None:
            return
        since = clock_time(begin.day, begin.minute or 0, self._zone)
        until = clock_time(end.day, _DAY_MIN if end.minute is None else end.minute, self._zone, closing=True)
        if until <= since:
            cell = row["to"] if clean(row["to"].value) else row["from"]
            self._problems.add(_place(cell), "the absence is over before it begins", hint="are from and to swapped?")
            return
        self._rows.setdefault(agent, []).append(
            _Row(agent, Absence(since=since, until=until, deputy=deputy), row["agent"])
        )

    def judge_overlaps(self) -> None:
        """One person is away once at a time: else nobody knows which deputy counts."""
        for found in self._rows.values():
            found.sort(key=lambda row: row.absence.since)
            for before, row in pairwise(found):
                if row.absence.since < before.absence.until:
                    first, second = sorted((before, row), key=lambda each: each.cell.line)
                    self._problems.add(
                        _place(second.cell),
                        f"{second.agent} is away in line {first.cell.line} already, at the same time",
                        hint="make one row of both, or let one begin when the other is over",
                    )

    def judge_circles(self) -> None:
        """Nobody stands in, in the end, for whom he is away himself."""
        told: set[frozenset[str]] = set()
        for found in self._rows.values():
            for row in found:
                absence = row.absence
                if circle := self._circle((row.agent,), absence.deputy, absence.since, absence.until):
                    people, since, until = circle
                    if frozenset(people) in told:
                        continue
                    told.add(frozenset(people))
                    self._problems.add(
                        _place(row.cell),
                        f"{' -> '.join(people)}: they stand in for each other, and are away at the same time "
                        f"({self._text(since)} to {self._text(until)})",
                        hint="name a deputy who is there, or - for nobody",
                    )

    def _circle(
        self, people: tuple[str, ...], deputy: str, since: float, until: float
    ) -> tuple[tuple[str, ...], float, float] | None:
        """(everybody in the circle, from when, to when) that the deputies lead in, back to the first; None: in none."""
        if deputy == people[0]:
            return (*people, deputy), since, until
        if not deputy or deputy in people:
            return None
        for row in self._rows.get(deputy, ()):
            low, high = max(since, row.absence.since), min(until, row.absence.until)
            if low < high and (found := self._circle((*people, deputy), row.absence.deputy, low, high)):
                return found
        return None

    def _agent(self, cell: Cell) -> str:
        name = clean(cell.value)
        if not name:
            self._problems.add(_place(cell), "nobody is named", expected="an agent of gateway.yaml")
            return ""
        return self._known(cell, name)

    def _known(self, cell: Cell, name: str) -> str:
        found = self._names.get(name) or self._names.get(name.casefold(), "")
        if not found:
            among = tuple(self._names)
            self._problems.add(_place(cell), f"there is no agent '{shown(name)}'", wrong=name, among=among)
        return found

    def _deputy(self, cell: Cell, agent: str) -> str:
        name = clean(cell.value)
        if not name:
            return self._agents[agent].deputy if agent else ""
        if name.casefold() in NOBODY:
            return ""
        found = self._known(cell, name)
        if found and found == agent:
            self._problems.add(
                _place(cell), f"{agent} cannot stand in for {agent}", hint="name another, or - for nobody"
            )
        return found

    def _moment(self, cell: Cell, what: str) -> _Moment | None:
        text = clean(cell.value)
        found = _ISO.fullmatch(text) or _DOTS.fullmatch(text)
        if found is None:
            hint = "with / nobody knows which is the month" if _SLASHES.fullmatch(text) else ""
            said = f"'{shown(text)}' cannot be read as '{what}'" if text else f"there is no '{what}'"
            self._problems.add(_place(cell), said, expected=_MOMENT, hint=hint)
            return None
        try:
            day = date(int(found["y"]), int(found["m"]), int(found["d"]))
            if found["h"] is not None and (found["h"], found["min"]) != ("24", "00"):
                time(int(found["h"]), int(found["min"]))
        except ValueError:
            self._problems.add(_place(cell), f"there is no such day or time: '{shown(text)}'", expected=_MOMENT)
            return None
        if not _YEARS[0] <= day.year <= _YEARS[1]:
            self._problems.add(_place(cell), f"the year {day.year} is not meant", expected=_MOMENT)
            return None
        return _Moment(day, None if found["h"] is None else int(found["h"]) * 60 + int(found["min"]))

    def _text(self, at: float) -> str:
        return f"{datetime.fromtimestamp(at, self._zone):%Y-%m-%d %H:%M}"
