"""What gateway.yaml says of who is rung before and after the team.

    teams:
      office:
        last_spoke: 30 days
        overflow:
          - {team: technical, for: 1 min}
          - {number: "+48 600 000 301", trunk: provider, for: 30s}
    agents:
      anna: {deputy: piotr}
    new_clients:
      - {called: "+48 22 000 01 01", managers: [ewa, marek]}
      - {language: en, managers: [anna]}
      - {managers: [anna, piotr, ewa]}

Numbers go by the list that flows go by, too (`dial:`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from gateway.config.dialling import read_number
from gateway.config.fields import Section, clean, kind, shown
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.core.numbers import e164
from gateway.core.site.owners import OverflowStage, OwnerRule

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.dialling import Outside
    from gateway.config.people import Did
    from gateway.config.problems import Problems
    from gateway.core.line_config import Trunk
    from gateway.core.site.site import Agent, Team

LAST_SPOKE_DAYS = (1, 365)
DAY_S = 86_400.0
STAGES_MAX = 10
STAGE_S = 120.0
_DAYS = re.compile(r"(\d{1,3}) ?(?:days?|d|dni|dzień)")
_STAGES = 'a list such as [{team: sales, for: 60s}, {number: "+48221234567", for: 30s}]'
_RULES = "a list such as [{language: en, managers: [anna]}, {managers: [anna, piotr]}]"


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    country: str
    numbers: list[Did]
    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None
    trunks: tuple[Trunk, ...]
    voices: dict[str, str]
    outside: Outside | None


def read_teams_more(node: Mapping | None, problems: Problems, made: _Read) -> dict[str, Team] | None:
    """The teams with what comes after them, and whether they keep a caller with whoever spoke with him last."""
    if made.teams is None or node is None:
        return made.teams
    teams = dict(made.teams)
    for key, (name, value) in node.items.items():
        if clean(key) in teams and isinstance(value, Mapping):
            section = Section(value, problems, f"team '{shown(key)}'", name.place)
            team = teams[clean(key)]
            teams[team.id] = replace(
                team, overflow=_overflow(section, team, teams, made), last_spoke_s=_last_spoke(section)
            )
    return teams


def _overflow(section: Section, team: Team, teams: Collection[str], made: _Read) -> tuple[OverflowStage, ...]:
    node = section.get("overflow", expected=_STAGES)
    if node is None:
        return ()
    problems = section.problems
    if section.has("overflow_to") or section.has("overflow_wait"):
        hint = "write it as the first of the list: overflow: [{team: ..., for: ...}]"
        problems.add(section.key_place("overflow"), "'overflow' stands beside 'overflow_to'", hint=hint)
    if not isinstance(node, Sequence):
        problems.add(node.place, f"'overflow' is {kind(node)}", expected=_STAGES)
        return ()
    if not node.items or len(node.items) > STAGES_MAX:
        problems.add(node.place, f"the overflow has {len(node.items)} stages", expected=f"1 to {STAGES_MAX}")
    found = []
    for item in node.items[:STAGES_MAX]:
        if isinstance(item, Mapping):
            found.append(
                _stage(Section(item, problems, f"a stage of 'overflow' of team '{team.id}'"), team, teams, made)
            )
        else:
            problems.add(item.place, f"a stage of 'overflow' is {kind(item)}", expected=_STAGES)
    return tuple(stage for stage in found if stage is not None)


def _stage(section: Section, team: Team, teams: Collection[str], made: _Read) -> OverflowStage | None:
    problems = section.problems
    to = section.scalar("team", expected="the name of another team")
    number = section.scalar("number", expected="such as +48221234567")
    trunk = section.scalar("trunk", expected="the name of a trunk")
    for_s = section.seconds("for", STAGE_S, low=1.0)
    section.done()
    if section.has("team") == section.has("number"):
        problems.add(section.place, f"{section.what} has to name one team or one number", expected=_STAGES)
        return None
    if number is not None:
        trunks = tuple(trunk.id for trunk in made.trunks)
        dialled, through = read_number(number, made.outside, problems, trunk=trunk, trunks=trunks)
        return OverflowStage(number=dialled, trunk=through, for_s=for_s) if dialled else None
    if to is None:
        return None
    if trunk is not None:
        problems.add(trunk.place, "'trunk' belongs to a number", hint="delete it")
    name = clean(to.value)
    if name not in teams:
        expected = ", ".join(teams)
        problems.add(to.place, f"there is no team '{shown(name)}'", expected=expected, wrong=name, among=tuple(teams))
        return None
    if name == team.id:
        problems.add(to.place, f"team '{shown(name)}' cannot overflow to itself")
        return None
    return OverflowStage(team=name, for_s=for_s)


def _last_spoke(section: Section) -> float:
    if not section.has("last_spoke"):
        return 0.0
    expected = f"{LAST_SPOKE_DAYS[0]} to {LAST_SPOKE_DAYS[1]} days such as 30 days, or no"
    node = section.scalar("last_spoke", expected=expected)
    if node is None or clean(node.value).lower() in {"no", "nie", "off"}:
        return 0.0
    found = _DAYS.fullmatch(clean(node.value).lower())
    if found is None or not LAST_SPOKE_DAYS[0] <= int(found[1]) <= LAST_SPOKE_DAYS[1]:
        said = f"'{shown(node.value)}' cannot be read as 'last_spoke'"
        section.problems.add(node.place, said, expected=expected)
        return 0.0
    return int(found[1]) * DAY_S


def check_deputies(node: Mapping | None, problems: Problems, agents: Collection[str]) -> None:
    """`deputy:` of each agent: another agent."""
    for key, (_, value) in node.items.items() if node is not None else ():
        named = value.items.get("deputy") if isinstance(value, Mapping) else None
        if named is None or not isinstance(named[1], Scalar) or named[1].missing:
            continue
        name, place = clean(named[1].value), named[1].place
        if name not in agents:
            problems.add(place, f"there is no agent '{shown(name)}'", wrong=name, among=tuple(agents))
        elif name == clean(key):
            problems.add(place, f"{name} cannot stand in for {name}")


def read_new_clients(root: Section, problems: Problems, made: _Read) -> tuple[OwnerRule, ...]:
    """`new_clients:`, row by row. A row without a condition is the last."""
    node = root.get("new_clients", expected=_RULES)
    if node is None:
        return ()
    if not isinstance(node, Sequence):
        problems.add(node.place, f"'new_clients' is {kind(node)}", expected=_RULES)
        return ()
    found: list[OwnerRule] = []
    always: int | None = None
    for number, item in enumerate(node.items, 1):
        if not isinstance(item, Mapping):
            problems.add(item.place, f"a row of 'new_clients' is {kind(item)}", expected=_RULES)
            continue
        if always is not None:
            hint = "put the row without a condition last"
            problems.add(item.place, f"this row is never reached: the one in line {always} always fits", hint=hint)
            break
        section = Section(item, problems, f"row {number} of 'new_clients'")
        rule = _rule(section, number, made)
        if any(each.name == rule.name for each in found):
            problems.add(section.key_place("name"), f"two rows are called '{shown(rule.name)}'")
        found.append(rule)
        if not (rule.called or rule.languages or rule.areas or rule.industries) and not _conditions(section):
            always = item.place.line
    return tuple(found)


def _conditions(section: Section) -> bool:
    return any(section.has(key) for key in ("called", "language", "area", "industry"))


def _rule(section: Section, number: int, made: _Read) -> OwnerRule:
    rule = OwnerRule(
        name=section.text("name", str(number), expected="a short name, for the journal") or str(number),
        managers=_managers(section, made.agents),
        called=_called(section, made),
        languages=_languages(section, made.voices),
        areas=tuple(clean(word.value) for word in section.words("area", expected="a word such as technical")),
        industries=tuple(clean(word.value) for word in section.words("industry", expected="a word such as bakery")),
    )
    section.done()
    return rule


def _managers(section: Section, agents: Collection[str] | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for item in section.words("managers", expected="a list such as [anna, piotr]", needed=True):
        name = clean(item.value)
        if agents is not None and name not in agents:
            section.problems.add(item.place, f"there is no agent '{shown(name)}'", wrong=name, among=tuple(agents))
        elif name in found:
            section.problems.add(item.place, f"'{shown(name)}' stands twice in {section.what}")
        found[name] = None
    node = section.node.items.get("managers")
    if not found and node and isinstance(node[1], Sequence) and not node[1].items:
        section.problems.add(node[0].place, f"{section.what} has no managers")
    return tuple(found)


def _called(section: Section, made: _Read) -> tuple[str, ...]:
    known = [did.number for did in made.numbers]
    found = []
    for item in section.words("called", expected="a number of 'numbers'"):
        number = e164(item.value, made.country)
        if number not in known:
            said = f"'{shown(item.value)}' is no number of this office"
            section.problems.add(item.place, said, expected=", ".join(known), wrong=number, among=tuple(known))
        found.append(number)
    return tuple(found)


def _languages(section: Section, voices: Collection[str]) -> tuple[str, ...]:
    found = []
    for item in section.words("language", expected="a language of the site, such as en"):
        language = clean(item.value).lower()
        if voices and language not in voices:
            said = f"the site does not speak '{shown(language)}'"
            section.problems.add(item.place, said, expected=", ".join(voices), wrong=language, among=tuple(voices))
        found.append(language)
    return tuple(found)
