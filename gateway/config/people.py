"""The people of gateway.yaml: `agents:`, `teams:`, and the `numbers:` that lead to flows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from phonenumbers import shortnumberinfo

from gateway.config import order, values, watch
from gateway.config.agent_options import Codes, read_auto_pause
from gateway.config.fields import clean, kind, sections, shown
from gateway.config.joining import read_accepting, read_saying
from gateway.config.network import NAME
from gateway.config.ring_lengths import ring_length
from gateway.config.settings import WAITING_MUSIC
from gateway.config.source import Scalar
from gateway.config.waiting import read_waiting
from gateway.core.numbers import e164, is_dialable
from gateway.core.site.site import Agent, Team

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.fields import Section
    from gateway.config.problems import Place, Problems
    from gateway.config.prompts import PromptReader
    from gateway.config.source import Mapping

PHONE = re.compile(
    r"sip:[A-Za-z0-9_.!~*'()&=+$,?/%-]+@(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:;transport=(?:udp|tcp))?"
)
SHORT_NUMBER = re.compile(r"[A-Za-z0-9_.*-]+")
RESERVED = {"by_client"}
READ_LATER = ("overflow", "last_spoke")
"""Keys of a team that `owners.py` reads, when it is known what may be dialled."""
_NAME = "letters, digits, - and _"
_PHONE = "sip:name@address, or a number to dial through a trunk"


class Did(msgspec.Struct, frozen=True, kw_only=True):
    """One of the office's numbers, and the flow that answers it."""

    number: str
    flow: str
    place: Place


def read_agents(
    node: Mapping | None,
    problems: Problems,
    *,
    trunks: Collection[str],
    languages: Collection[str],
    country: str,
    codes: Codes,
) -> dict[str, Agent]:
    """`agents:`, each with a name and a phone."""
    agents: dict[str, Agent] = {}
    phones: dict[tuple[str, str], str] = {}
    for name, section in sections(node, problems, "agent"):
        _check_name(name, section, problems)
        trunk = _trunk(section, trunks)
        uri = _phone(section, trunk, country)
        for key in watch.AGENT_KEYS:
            section.mark(key)
        code, pin = codes.read(name, section)
        accepting = read_accepting(section, uri, languages)
        agents[name] = Agent(
            id=name,
            name=section.text("name", name, expected="the person's name", needed=True) or name,
            uri=uri,
            trunk=trunk if uri and not uri.startswith("sip:") else "",
            spoken=_spoken(section, languages),
            wrap_up_s=section.seconds("wrap_up", 0.0, high=3600.0),
            skills=order.read_levels(section, "skills"),
            accept=accepting.accept,
            accept_within_s=accepting.within_s,
            language=accepting.language,
            deputy=section.text("deputy", expected="the name of another agent"),
            code=code,
            pin=pin,
            auto_pause_after=read_auto_pause(section),
        )
        first = phones.setdefault((uri, agents[name].trunk), name)
        if uri and first != name:
            problems.add(section.node.items["phone"][1].place, f"this is the phone of '{shown(first)}' already")
        section.done()
    return agents


def _check_name(name: str, section: Section, problems: Problems) -> None:
    if not NAME.fullmatch(name) or name in RESERVED:
        problems.add(section.place, f"'{shown(name)}' cannot be a name here", expected=_NAME)


def _trunk(section: Section, trunks: Collection[str]) -> str:
    """The trunk that is named, or the only one."""
    node = section.scalar("trunk", expected="the name of a trunk")
    if node is None:
        return next(iter(trunks)) if len(trunks) == 1 else ""
    if clean(node.value) not in trunks:
        section.problems.add(
            node.place, f"there is no trunk '{shown(node.value)}'", wrong=clean(node.value), among=trunks
        )
    return clean(node.value)


def _phone(section: Section, trunk: str, country: str) -> str:
    node = section.scalar("phone", expected=_PHONE, needed=True)
    if node is None:
        return ""
    phone = clean(node.value)
    if PHONE.fullmatch(phone):
        return phone
    number = e164(phone, country)
    if not is_dialable(number):
        section.problems.add(node.place, "this is no phone that can be rung", expected=_PHONE)
        return ""
    if not trunk:
        section.problems.add(
            node.place, "a number is dialled through a trunk", expected="trunk: and the name of a trunk"
        )
    return number


def _spoken(section: Section, languages: Collection[str]) -> dict[str, str]:
    """The name as it is said after "łączę z", by language."""
    node = section.mapping("spoken", expected='the name as it is said, by language: {pl: "Anną Nowak"}')
    spoken = {}
    for language, (name, value) in (node.items if node else {}).items():
        if languages and language not in languages:
            section.problems.add(
                name.place,
                f"the site does not speak '{shown(language)}'",
                expected=", ".join(languages),
                wrong=language,
                among=languages,
            )
        elif not isinstance(value, Scalar) or not any(c.isalnum() for c in value.value):
            section.problems.add(value.place, f"the spoken name is {kind(value)}", expected="a name")
        else:
            spoken[language] = clean(value.value)
    return spoken


def read_teams(
    node: Mapping | None, problems: Problems, agents: Collection[str] | None, prompts: PromptReader
) -> dict[str, Team]:
    """`teams:`, each with at least one agent. With `agents` None their names are not judged."""
    teams: dict[str, Team] = {}
    overflows: list[tuple[str, Scalar]] = []
    for name, section in sections(node, problems, "team"):
        _check_name(name, section, problems)
        for key in (*READ_LATER, *order.TEAM_KEYS, *watch.TEAM_KEYS):
            section.mark(key)
        overflow = section.scalar("overflow_to", expected="the name of another team")
        if overflow:
            overflows.append((name, overflow))
        level = section.scalar("service_level", expected=values.SERVICE_LEVEL)
        target = values.service_level(level.value) if level else (0.8, 20.0)
        if target is None and level:
            problems.add(level.place, f"'{shown(level.value)}' is no service level", expected=values.SERVICE_LEVEL)
        music = section.scalar("music", expected="the name of a .wav file")
        clip = prompts.recording(music, music=True) if music else None
        share, threshold_s = target or (0.8, 20.0)
        teams[name] = Team(
            id=name,
            name=section.text("name", name, expected="the team's name"),
            agents=_members(section, agents),
            manager_ring_s=ring_length(section, "ring_manager", 20.0),
            agent_ring_s=ring_length(section, "ring_each", 20.0),
            max_wait_s=section.seconds("max_wait", 300.0, low=1.0),
            overflow_team=clean(overflow.value) if overflow else "",
            overflow_wait_s=section.seconds("overflow_wait", 120.0, low=1.0),
            music=clip.key if clip else WAITING_MUSIC,
            threshold_s=threshold_s,
            short_abandon_s=section.seconds("short_abandon", 5.0, high=600.0),
            sl_target=share,
            whisper=read_saying(section, "whisper", prompts.languages),
            say_name=read_saying(section, "say_name", prompts.languages),
            auto_pause_after=read_auto_pause(section) or 0,
            waiting=read_waiting(section, prompts),
        )
        section.done()
    for name, overflow in overflows:
        target_team = clean(overflow.value)
        if target_team not in teams:
            problems.add(
                overflow.place,
                f"there is no team '{shown(target_team)}'",
                expected=", ".join(teams),
                wrong=target_team,
                among=teams,
            )
        elif target_team == name:
            problems.add(overflow.place, f"team '{shown(name)}' cannot overflow to itself")
    return teams


def _members(section: Section, agents: Collection[str] | None) -> tuple[str, ...]:
    members: dict[str, None] = {}
    for item in section.words("agents", expected="a list such as [anna, piotr]", needed=True):
        name = clean(item.value)
        if agents is not None and name not in agents:
            section.problems.add(
                item.place,
                f"there is no agent '{shown(name)}'",
                wrong=name,
                among=agents,
            )
        elif name in members:
            section.problems.add(item.place, f"'{shown(name)}' stands twice in {section.what}")
        members[name] = None
    node = section.node.items.get("agents")
    if not members and node and not isinstance(node[1], Scalar):
        section.problems.add(node[0].place, f"{section.what} has no agents")
    return tuple(members)


def read_numbers(node: Mapping | None, problems: Problems, country: str) -> list[Did]:
    """`numbers:`, each with the flow that answers it."""
    found: dict[str, Did] = {}
    for key, (name, value) in (node.items if node else {}).items():
        number = e164(key, country)
        if shortnumberinfo.is_emergency_number(key.strip(), country):
            problems.add(
                name.place,
                f"{shown(key)} is an emergency number in {country}: no flow may answer it",
                hint="whoever dials it must reach the emergency services; delete this line",
            )
            continue
        if not is_dialable(number) and not SHORT_NUMBER.fullmatch(key.strip()):
            problems.add(
                name.place,
                f"'{shown(key)}' is no number",
                expected="as the provider writes it, such as +48221234567",
            )
            continue
        if number in found:
            problems.add(name.place, f"this number stands in line {found[number].place.line} already")
            continue
        if not isinstance(value, Scalar) or value.missing:
            problems.add(name.place, f"the flow of this number is {kind(value)}", expected="the name of a flow")
            continue
        found[number] = Did(number=number, flow=clean(value.value), place=value.place)
    return list(found.values())
