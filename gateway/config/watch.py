"""What gateway.yaml says of watching over the office:

    cases: {calendar: office, director: ola, escalation: {leader: 0s, director: 1h}, repeat: 7 days}
    alarms: {calendar: office, nobody: 60s, contacts: 10, people: 4, surge: {factor: 1.5}}
    supervision: announce
    quality: {reviewer: ewa, form: {greeting: "..."}}       (see quality.py)
    teams:
      office: {leader: ewa, calendar: office, longest_wait: 90s}
    agents:
      ewa: {supervises: [office]}

It is read when agents, teams and calendars are known.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, get_args

from msgspec.structs import replace

from gateway.config.fields import DAY_S, Section, clean, shown
from gateway.config.quality import Quality, read_quality
from gateway.config.source import Mapping
from gateway.core.kpi.repeats import WINDOW_MAX_S
from gateway.core.site.site import AlarmRules, CaseRules, Supervision, SurgeRules

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gateway.config.problems import Problems
    from gateway.core.site.site import Agent, Hours, Team

TEAM_KEYS = ("leader", "calendar", "longest_wait")
AGENT_KEYS = ("supervises",)
"""Keys of a team and of an agent that are read here."""
ESCALATE_MAX_S = 31 * DAY_S
NOBODY_S = (10.0, DAY_S)
CONTACTS = (1, 1000)
SURGE_WITHIN_S = (300.0, 3600.0)
PEOPLE = (0, 100)
_REPEAT_MAX = int(WINDOW_MAX_S / DAY_S)
_DAYS = re.compile(r"(\d{1,3}) ?(?:days?|d|dni|dzień)")
_MODES: tuple[Supervision, ...] = get_args(Supervision)


class _Read(Protocol):
    """What is known of gateway.yaml by then, and what becomes known."""

    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None
    hours: dict[str, Hours] | None
    cases: CaseRules
    alarms: AlarmRules
    supervision: Supervision
    voices: dict[str, str]
    keep_days: int
    quality: Quality | None


def read_watch(root: Section, problems: Problems, made: _Read) -> None:
    """All of it, into `made`."""
    if made.teams is not None:
        made.teams = dict(made.teams)
        for name, section in _again(root, problems, "team", made.teams):
            made.teams[name] = replace(
                made.teams[name],
                leader=_name(section, "leader", "agent", made.agents),
                calendar=_name(section, "calendar", "calendar", made.hours),
                longest_wait_s=section.seconds("longest_wait", 0.0) if section.has("longest_wait") else None,
            )
    if made.agents is not None:
        made.agents = dict(made.agents)
        for name, section in _again(root, problems, "agent", made.agents):
            if section.has("supervises"):
                made.agents[name] = replace(made.agents[name], supervises=_supervises(section, made.teams))
    made.cases = _cases(root, problems, made)
    made.alarms = _alarms(root, problems, made)
    made.supervision = _supervision(root, problems)
    made.quality = read_quality(root, problems, made)


def _again(root: Section, problems: Problems, what: str, known: Collection[str]) -> Iterator[tuple[str, Section]]:
    """The sections of teams or agents, whose other keys have been read before."""
    node = root.node.items[f"{what}s"][1] if root.has(f"{what}s") else None
    for key, (name, value) in node.items.items() if isinstance(node, Mapping) else ():
        if clean(key) in known and isinstance(value, Mapping):
            yield clean(key), Section(value, problems, f"{what} '{shown(key)}'", name.place)


def _cases(root: Section, problems: Problems, made: _Read) -> CaseRules:
    usual = CaseRules()
    node = root.mapping("cases", expected="calendar:, director: and escalation:")
    if node is None:
        return usual
    section = Section(node, problems, "'cases'", root.key_place("cases"))
    leader_s, director_s = usual.leader_after_s, usual.director_after_s
    times = section.mapping("escalation", expected="times after the limit, such as {leader: 0s, director: 1h}")
    if times is not None:
        after = Section(times, problems, "'escalation'", section.key_place("escalation"))
        leader_s = after.seconds("leader", leader_s, high=ESCALATE_MAX_S)
        director_s = after.seconds("director", max(director_s, leader_s), high=ESCALATE_MAX_S)
        if director_s < leader_s:
            problems.add(after.key_place("director"), "the director comes before the leader", expected="a later time")
        after.done()
    rules = CaseRules(
        calendar=_name(section, "calendar", "calendar", made.hours),
        director=_name(section, "director", "agent", made.agents),
        leader_after_s=leader_s,
        director_after_s=director_s,
        repeat_s=_repeat(section, usual.repeat_s),
    )
    section.done()
    return rules


def _repeat(section: Section, usual_s: float) -> float:
    """For how long a further contact is waited for, in seconds."""
    expected = f"1 to {_REPEAT_MAX} days, such as 7 days"
    node = section.scalar("repeat", expected=expected)
    if node is None:
        return usual_s
    found = _DAYS.fullmatch(clean(node.value).lower())
    if found is None or not 1 <= int(found[1]) <= _REPEAT_MAX:
        section.problems.add(node.place, f"'{shown(node.value)}' cannot be read as 'repeat'", expected=expected)
        return usual_s
    return int(found[1]) * DAY_S


def _alarms(root: Section, problems: Problems, made: _Read) -> AlarmRules:
    """Without a calendar it is the site's only one."""
    usual = AlarmRules(calendar=next(iter(made.hours)) if made.hours is not None and len(made.hours) == 1 else "")
    node = root.mapping("alarms", expected="calendar:, nobody:, contacts:, people: and surge:")
    if node is None:
        return usual
    section = Section(node, problems, "'alarms'", root.key_place("alarms"))
    rules = AlarmRules(
        calendar=_name(section, "calendar", "calendar", made.hours) or usual.calendar,
        nobody_s=section.seconds("nobody", usual.nobody_s, low=NOBODY_S[0], high=NOBODY_S[1]),
        contacts_min=section.whole("contacts", usual.contacts_min, low=CONTACTS[0], high=CONTACTS[1]),
        surge=_surge(section, problems),
        people_max=section.whole("people", usual.people_max, low=PEOPLE[0], high=PEOPLE[1]),
    )
    section.done()
    return rules


def _surge(section: Section, problems: Problems) -> SurgeRules:
    usual = SurgeRules()
    node = section.mapping("surge", expected="within:, factor: and waiting:")
    if node is None:
        return usual
    inner = Section(node, problems, "'surge'", section.key_place("surge"))
    rules = SurgeRules(
        within_s=inner.seconds("within", usual.within_s, low=SURGE_WITHIN_S[0], high=SURGE_WITHIN_S[1]),
        factor=inner.decimal("factor", usual.factor, low=1.1, high=10.0, unit="times"),
        waiting=inner.decimal("waiting", usual.waiting, low=0.5, high=50.0, unit="callers"),
    )
    inner.done()
    return rules


def _supervision(root: Section, problems: Problems) -> Supervision:
    node = root.scalar("supervision", expected=", ".join(_MODES))
    if node is None:
        return "off"
    word = clean(node.value)
    for mode in _MODES:
        if word == mode:
            return mode
    problems.add(
        node.place,
        f"'{shown(word)}' cannot be read as 'supervision'",
        expected=", ".join(_MODES),
        wrong=word,
        among=_MODES,
    )
    return "on"  # so that no step is judged by it


def _supervises(section: Section, teams: Collection[str] | None) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for node in section.words("supervises", expected="teams, such as [office, sales]"):
        name = clean(node.value)
        if teams is not None and name not in teams:
            section.problems.add(
                node.place, f"there is no team '{shown(name)}'", expected=", ".join(teams), wrong=name, among=teams
            )
        found[name] = None
    return tuple(found)


def _name(section: Section, key: str, what: str, known: Collection[str] | None) -> str:
    """The agent or the calendar that a key names; with `known` None it is not judged."""
    node = section.scalar(key, expected=f"the name of {'an' if what == 'agent' else 'a'} {what}")
    if node is None:
        return ""
    name = clean(node.value)
    if known is not None and name not in known:
        hint = "" if known else "write one below hours:, such as office: {mon-fri: 08:00-16:00}"
        section.problems.add(
            node.place,
            f"there is no {what} '{shown(name)}'",
            expected=", ".join(known),
            hint=hint,
            wrong=name,
            among=known,
        )
    return name
