"""clients.csv: who calls from which number, and which one person and which team answer for that client.

A column is known by its name in English or Polish; every mistake names file, line and column. Names may hold
anything; control characters in them become spaces, so that a line break never gets further than this file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.call_backs import QUIET, quiet_hours
from gateway.config.csv_cells import Cell, decode, rows, separator
from gateway.config.fields import clean, shown
from gateway.config.problems import Place
from gateway.core.flow.queue_order import PRIORITIES
from gateway.core.numbers import e164, is_dialable
from gateway.core.site.site import Client

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gateway.config.problems import Problems
    from gateway.core.site.site import Agent, Team

_COLUMNS = {
    **dict.fromkeys(("number", "numbers", "phone", "phones", "numer", "numery", "telefon", "telefony"), "numbers"),
    **dict.fromkeys(("client", "client number", "klient", "numer klienta", "nr klienta"), "client"),
    **dict.fromkeys(("name", "nazwa"), "name"),
    **dict.fromkeys(("manager", "opiekun"), "manager"),
    **dict.fromkeys(("team", "zespół", "zespol"), "team"),
    **dict.fromkeys(("language", "język", "jezyk"), "language"),
    **dict.fromkeys(("priority", "priorytet"), "priority"),
    **dict.fromkeys(("do_not_record", "do not record", "nie nagrywać", "nie nagrywac"), "do_not_record"),
    **dict.fromkeys(("do_not_call_back", "do not call back", "nie oddzwaniać", "nie oddzwaniac"), "do_not_call_back"),
    **dict.fromkeys(("quiet_hours", "quiet hours", "godziny ciszy", "cisza"), "quiet_hours"),
}
_OPTIONAL = ("language", "priority", "do_not_record", "do_not_call_back", "quiet_hours")
_YES, _NO = frozenset({"yes", "tak", "x", "1"}), frozenset({"", "no", "nie", "0"})
_NEEDED = ("numbers", "client", "name", "manager", "team")
_SHOWN = {"numbers": "number", "client": "client", "name": "name", "manager": "manager", "team": "team"}
_PRIORITIES = "".join(str(level) for level in range(PRIORITIES))
CLIENT_DIGITS_MAX = 32
_EXPONENT = re.compile(r"\d(?:[.,]\d+)?e\+?\d{1,3}", re.IGNORECASE)
_EXPONENT_BROKEN = re.compile(r"\d\s*,\s*\d+e\+\d{1,3}", re.IGNORECASE)
_BETWEEN_NUMBERS = re.compile(r"[/;,|\n]+")
_BETWEEN_NAMES = re.compile(r"[/;,|&\n]+")
_FORMULA = re.compile(r'="?([^"]*)"?')
_AS_TEXT = "in Excel mark the column, choose Format Cells, Text, and type the number anew"
_SEPARATE_DIGITS = 9
"""Groups of at least that many digits, parted by spaces, are numbers of their own."""


def read_clients(
    data: bytes,
    file: str,
    problems: Problems,
    *,
    agents: Mapping[str, Agent] | None,
    teams: Mapping[str, Team] | None,
    languages: Collection[str],
    country: str,
) -> dict[str, Client]:
    """Clients by client number. With `agents` and `teams` None those names are not judged."""
    text = decode(data, file, problems)
    if text is None:
        return {}
    problems.register(file, text)
    if not text.strip():
        problems.add(Place(file), "the file is empty", expected=_header())
        return {}
    split, start = separator(text)
    table = rows(text, split, start, file, problems)
    columns = _columns(next(table, []), file, problems)
    if columns is None:
        return {}
    reader = _Rows(file, problems, agents, teams, languages=languages, country=country)
    for cells in table:
        if problems.full:
            break
        if any(cell.value for cell in cells):
            reader.take(cells, columns)
    return reader.clients


def _header() -> str:
    return f"a first line with the columns {', '.join(_SHOWN.values())}; {', '.join(_OPTIONAL)} if you like"


def _columns(cells: list[Cell], file: str, problems: Problems) -> list[str] | None:
    """What each column holds ("" for one that is only for people). None when a needed one is missing."""
    columns: list[str] = []
    for cell in cells:
        title = clean(cell.value.lstrip("\ufeff")).casefold()
        column = _COLUMNS.get(title, "")
        place = Place(file, cell.line, cell.column, cell.width)
        if column and column in columns:
            problems.add(place, f"a second column '{shown(cell.value)}'", hint="a cell can hold several numbers")
        elif title and not column and not title.startswith("#"):
            problems.add(
                place,
                f"there is no column '{shown(cell.value)}'",
                expected=", ".join((*_SHOWN.values(), *_OPTIONAL)),
                wrong=title,
                among=_COLUMNS,
                hint="a column that is only for you begins with #",
            )
        columns.append(column)
    missing = [_SHOWN[name] for name in _NEEDED if name not in columns]
    if missing:
        line = cells[0].line if cells else 1
        problems.add(Place(file, line, 1), f"no column {', '.join(missing)}", expected=_header())
        return None
    return columns


class _Rows:
    """Turns rows into clients and remembers what was there before."""

    def __init__(
        self,
        file: str,
        problems: Problems,
        agents: Mapping[str, Agent] | None,
        teams: Mapping[str, Team] | None,
        *,
        languages: Collection[str],
        country: str,
    ) -> None:
        self._file, self._problems, self._country = file, problems, country
        self._agents = ids_of(agents)
        self._teams = ids_of(teams)
        self._languages = languages
        self._number_lines: dict[str, int] = {}
        self._client_lines: dict[str, int] = {}
        self.clients: dict[str, Client] = {}

    def take(self, cells: list[Cell], columns: list[str]) -> None:
        """One row."""
        row = dict(zip(columns, cells, strict=False))
        last = cells[-1]
        for name in (*_NEEDED, *_OPTIONAL):
            row.setdefault(name, Cell("", last.line, last.column, last.width))
        extra = [cell for cell in cells[len(columns) :] if cell.value]
        if extra:
            broken = _EXPONENT_BROKEN.search(self._problems.line(self._file, extra[0].line))
            if broken:
                place = Place(self._file, extra[0].line, broken.start() + 1, len(broken[0]))
                self._excel(place, broken[0])
            else:
                hint = "put a text that holds the separator in quotes"
                self._add(extra[0], f"more cells than the {len(columns)} columns", hint=hint)
            return
        client = clean(row["client"].value)
        if not client:
            self._add(row["client"], "the client number is missing")
        elif not (client.isascii() and client.isdigit() and len(client) <= CLIENT_DIGITS_MAX):
            remedy = _AS_TEXT if _EXPONENT.fullmatch(client) else ""
            self._add(row["client"], f"'{shown(client)}' is no client number", expected="digits only", hint=remedy)
        elif client in self._client_lines:
            self._add(row["client"], f"client {client} stands in line {self._client_lines[client]} already")
        name = clean(row["name"].value)
        if not name:
            self._add(row["name"], "the client's name is missing")
        made = Client(
            id=client,
            name=name,
            numbers=self._numbers(row["numbers"]),
            manager=self._one("manager", row["manager"], self._agents, "agent"),
            team=self._one("team", row["team"], self._teams, "team"),
            language=self._language(row["language"]),
            priority=self._priority(row["priority"]),
            do_not_record=self._is_yes(row["do_not_record"]),
            do_not_call_back=self._is_yes(row["do_not_call_back"]),
            quiet_hours=self._quiet_hours(row["quiet_hours"]),
        )
        if client:
            self._client_lines.setdefault(client, row["client"].line)
            self.clients.setdefault(client, made)

    def _add(self, cell: Cell, message: str, *, expected: str = "", hint: str = "") -> None:
        self._problems.add(self._place(cell), message, expected=expected, hint=hint)

    def _excel(self, place: Place, text: str) -> None:
        self._problems.add(place, f"'{shown(text)}' is what Excel made of a telephone number", hint=_AS_TEXT)

    def _place(self, cell: Cell) -> Place:
        return Place(self._file, cell.line, cell.column, cell.width)

    def _numbers(self, cell: Cell) -> tuple[str, ...]:
        found: list[str] = []
        for text in _split_numbers(cell.value):
            if _EXPONENT.fullmatch(text):
                self._excel(self._place(cell), text)
                continue
            number = e164(text, self._country)
            if not is_dialable(number):
                self._add(cell, f"'{shown(text)}' is no telephone number", expected="such as +48 22 123 45 67")
            elif number in self._number_lines:
                self._add(cell, f"the number {number} stands in line {self._number_lines[number]} already")
            else:
                self._number_lines[number] = cell.line
                found.append(number)
        return tuple(found)

    def _one(self, what: str, cell: Cell, known: dict[str, str] | None, kind: str) -> str:
        """Exactly one agent or team, by its short name or by its full name."""
        name = clean(cell.value)
        if not name:
            self._add(cell, f"the {what} is missing", expected=f"exactly one {kind} of gateway.yaml")
            return ""
        if known is None:
            return name
        found = known.get(name) or known.get(name.casefold())
        if found:
            return found
        several = [part for part in _BETWEEN_NAMES.split(cell.value) if part.strip()]
        if len(several) > 1:
            self._add(cell, f"{len(several)} {what}s", expected=f"exactly one {kind} of gateway.yaml")
        else:
            among = tuple(known)
            self._problems.add(self._place(cell), f"there is no {kind} '{shown(name)}'", wrong=name, among=among)
        return ""

    def _is_yes(self, cell: Cell) -> bool:
        """A cell that cannot be read means yes: who wrote something there did not want it."""
        text = clean(cell.value).casefold()
        if text not in _YES and text not in _NO:
            self._add(cell, f"'{shown(text)}' is neither yes nor no", expected="yes, no, or nothing")
        return text not in _NO

    def _quiet_hours(self, cell: Cell) -> tuple[int, int] | None:
        text = clean(cell.value)
        found = quiet_hours(text) if text else None
        if text and found is None:
            self._add(cell, f"'{shown(text)}' cannot be read as hours without calls", expected=QUIET)
        return found

    def _priority(self, cell: Cell) -> int | None:
        text = clean(cell.value)
        if not text:
            return None
        if len(text) > 1 or text not in _PRIORITIES:
            self._add(cell, f"'{shown(text)}' is no priority", expected="0 to 9, 9 goes first, or nothing")
            return None
        return int(text)

    def _language(self, cell: Cell) -> str:
        language = clean(cell.value).lower()
        if language and self._languages and language not in self._languages:
            self._add(cell, f"the site does not speak '{shown(language)}'", expected=", ".join(self._languages))
        return language


def ids_of(people: Mapping[str, Agent] | Mapping[str, Team] | None) -> dict[str, str] | None:
    """Every way to write an agent or a team -> its id. A full name that two share is not taken."""
    if people is None:
        return None
    names: dict[str, str] = {}
    for person in people.values():
        key = person.name.casefold()
        names[key] = "" if key in names else person.id
    folded = {key.casefold(): key for key in people}
    return {**{name: key for name, key in names.items() if key}, **folded, **{key: key for key in people}}


def _split_numbers(text: str) -> list[str]:
    """The numbers of one cell. Spaces part numbers only where what stands between them is long enough to be one, or
    begins with +; else they are the spaces within a number."""
    formula = _FORMULA.fullmatch(text.strip())
    text = (formula[1] if formula else text).replace("'", " ").replace("\xa0", " ")
    if _EXPONENT.fullmatch(text.strip()):
        return [text.strip()]
    numbers: list[str] = []
    for piece in _BETWEEN_NUMBERS.split(text):
        words = piece.split()
        digits = [sum(character.isdigit() for character in word) for word in words]
        if len(words) > 1 and all(count >= _SEPARATE_DIGITS for count in digits):
            numbers.extend(words)
            continue
        current: list[str] = []
        for word in words:
            if current and word.startswith("+"):
                numbers.append(" ".join(current))
                current = []
            current.append(word)
        if current:
            numbers.append(" ".join(current))
    return numbers
