"""The answer of `gateway graph --reach` for people, in Polish or English, and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.flow.model import Branch, ChooseLanguage, HoursStep
from gateway.core.hours import calendar
from gateway.core.hours import words as calendar_words
from gateway.core.numbers import mask
from gateway.core.site.directory import Directory
from gateway.graph import notation
from gateway.simulate import zone
from gateway.simulate.deeds import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.site.site import Site
    from gateway.graph.reach import Reached, Way
    from gateway.graph.target import Target
    from gateway.simulate.words import Language, Table

CLIENTS_SHOWN = 3

TEXTS: Table = {
    "pl": {
        "cannot": "nie można tam trafić",
        "unproved": "scenariusz tam prowadzi, ale żaden z wypróbowanych telefonów tam nie trafił",
        "keys": "klawisze",
        "none": "żadne",
        "caller": "dzwoni",
        "anybody": "ktokolwiek",
        "stranger": "numer, który nie należy do żadnego klienta",
        "withheld": "numer zastrzeżony",
        "client": "klient {name}",
        "clients": "każdy znany klient",
        "time": "kiedy",
        "any_time": "o każdej porze",
        "such": "na przykład {moment}",
        "language": "język",
        "if": "warunki",
        "others": "inni",
        "silent": "nie odbierają",
        "off": "nie są zalogowani",
        "busy": "są zajęci",
        "paused": "mają przerwę, a w kolejkach nie ma już miejsca",
        "unreachable": "ich telefony nie odpowiadają",
        "steps": "kroki",
        "nobody": "Z żadnego numeru nie można tam trafić.",
    },
    "en": {
        "cannot": "cannot be reached",
        "unproved": "the flow leads there, but none of the calls that were tried came there",
        "keys": "keys",
        "none": "none",
        "caller": "caller",
        "anybody": "anybody",
        "stranger": "a number that is no client's",
        "withheld": "a withheld number",
        "client": "client {name}",
        "clients": "any known client",
        "time": "when",
        "any_time": "at any time",
        "such": "such as {moment}",
        "language": "language",
        "if": "if",
        "others": "others",
        "silent": "do not answer",
        "off": "are not logged in",
        "busy": "are busy",
        "unreachable": "cannot be reached by telephone",
        "paused": "have a pause, and the queues have no room left",
        "steps": "steps",
        "nobody": "No number reaches it.",
    },
}


def told(site: Site, found: Iterable[Reached], language: Language) -> str:
    """The whole answer, with the numbers of persons masked."""
    texts = TEXTS[language]
    lines: list[str] = []
    for each in found:
        lines.append(f"{each.number} ({each.flow})" + (f": {texts[each.verdict]}" if not each.ways else ""))
        for number, way in enumerate(each.ways, 1):
            rows = [(texts[name], text) for name, text in _rows(site, way, language)]
            width = max(len(name) for name, _ in rows)
            for row, (name, text) in enumerate(rows):
                lines.append(f"  {f'{number}.' if row == 0 else '':<3} {name:<{width}}  {text}")
    return "\n".join(lines) + "\n"


def as_data(site: Site, target: Target, found: Iterable[Reached], language: Language) -> dict[str, Any]:
    """The same for JSON."""
    return {
        "target": {"kind": target.kind, "name": target.name, "flow": target.flow},
        "numbers": [
            {
                "number": each.number,
                "flow": each.flow,
                "verdict": each.verdict,
                "ways": [
                    {
                        "path": _path(site, way),
                        "keys": in_words(way.plan.deeds),
                        "anybody": way.anybody,
                        "any_time": way.any_time,
                        "at": zone.wall_clock(way.plan.at, zone.zone_of(site)),
                        "conditions": _conditions(site, way),
                        "others": way.others,
                        "words": dict(_rows(site, way, language)),
                    }
                    for way in each.ways
                ],
            }
            for each in found
        ],
    }


def _rows(site: Site, way: Way, language: Language) -> list[tuple[str, str]]:
    texts = TEXTS[language]
    rows = [
        ("keys", in_words(way.plan.deeds) or texts["none"]),
        ("caller", _caller(site, way, language)),
        ("time", _time(site, way, language)),
    ]
    rows += [("language", chosen) for chosen in _languages(site, way)]
    if conditions := _conditions(site, way):
        rows.append(("if", "; ".join(conditions)))
    if way.others:
        rows.append(("others", texts[way.others]))
    rows.append(("steps", " > ".join(_path(site, way))))
    return rows


def _path(site: Site, way: Way) -> list[str]:
    first = site.flows[site.numbers[way.number]]
    ahead = (lead.to for lead in way.path)
    return [first.start, *(node.step if node.flow == first.id else f"{node.flow}/{node.step}" for node in ahead)]


def _caller(site: Site, way: Way, language: Language) -> str:
    texts, directory = TEXTS[language], Directory(site)
    if way.anybody:
        return texts["anybody"]
    clients = [client for caller in way.callers if (client := directory.by_number(caller)) is not None]
    strangers = [texts["stranger"]] if any(c and directory.by_number(c) is None for c in way.callers) else []
    strangers += [texts["withheld"]] if "" in way.callers else []
    sorts = {(c.manager, c.team, c.language, c.do_not_record) for c in site.clients.values() if c.numbers}
    if clients and len(clients) == len(sorts):
        return ", ".join([*strangers, texts["clients"]])
    named = [texts["client"].format(name=f"{c.name} ({c.id}, {mask(c.numbers[0])})") for c in clients[:CLIENTS_SHOWN]]
    return ", ".join([*strangers, *named]) + (", ..." if len(clients) > CLIENTS_SHOWN else "")


def _time(site: Site, way: Way, language: Language) -> str:
    texts = TEXTS[language]
    if way.any_time:
        return texts["any_time"]
    asked = {step.calendar for step in _steps(site, way) if isinstance(step, HoursStep)}
    said = []
    for name in sorted(asked & site.hours.keys()):
        hours = site.hours[name]
        decided = calendar.decide(site, hours, way.plan.at)
        until = calendar.changes_at(site, hours, way.plan.at)
        said.append(f"{name}: {calendar_words.sentence(site, decided, until, language)}")
    moment = texts["such"].format(moment=zone.wall_clock(way.plan.at, zone.zone_of(site)))
    return "; ".join([moment, *said])


def _steps(site: Site, way: Way) -> list[Any]:
    first = site.flows[site.numbers[way.number]]
    nodes = [(first.id, first.start), *(lead.to for lead in way.path)]
    return [site.flows[flow].steps[step] for flow, step in nodes]


def _languages(site: Site, way: Way) -> list[str]:
    """The languages that are chosen on the way."""
    return [", ".join(step.languages.values()) for step in _steps(site, way)[:-1] if isinstance(step, ChooseLanguage)]


def _conditions(site: Site, way: Way) -> list[str]:
    """What has to hold beside the keys, step by step, as the file has it."""
    found = []
    for step, lead in zip(_steps(site, way), way.path, strict=False):
        edge = lead.edge
        if edge is None or edge.option in {"choices", "human", "no_input", "no_match"}:
            continue
        label = notation.exit_label(step, edge)
        if label == notation.OTHERWISE and isinstance(step, Branch):
            above = " or ".join(f"({notation.condition(rule.condition)})" for rule in step.rules[: int(edge.index)])
            label = f"not ({above})" if len(step.rules) > 2 else f"not {above}"
        if label:
            found.append(f"{step.name}: {label}")
    return found
