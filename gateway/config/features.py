"""`features:` of gateway.yaml: the codes that agents key during a talk, and what holds for every transfer.

What an agent is told by a code stands here in Polish and English; a recording of the same words in prompts/LANGUAGE/
can stand for each. An office that speaks neither language first and second is told nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from gateway.config.fields import Section, clean, kind, shown
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar
from gateway.core.flow.base import Prompt
from gateway.core.site.features import DEFAULT_CODES, FEATURES, SLOTS, Feature, Features

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gateway.config.dialling import Outside
    from gateway.config.people import Did
    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.core.line_config import Trunk
    from gateway.core.site.site import Agent, Team

_CODE = re.compile(r"\*[0-9]{1,3}")
_CODE_EXPECTED = 'a code such as "*2", or off'
_DIGITS = re.compile(r"[0-9]{1,8}")
_EXPECTED = 'the codes and what else holds, such as {blind: "*2", ring: 20s}'
_EXTENSIONS = 'digits and who is meant, such as {"11": anna, "20": office}'

TEXTS: dict[str, dict[str, str]] = {
    "pl": {
        "ringing": "Dzwonię.",
        "unknown_target": "Nie ma takiego numeru.",
        "self": "To Twój własny numer.",
        "emergency": "Tam nie wolno przekazywać rozmów.",
        "not_allowed": "Tam nie wolno przekazywać rozmów.",
        "draft": "W próbie nie można tam dzwonić.",
        "consult_first": "Tam można przekazać rozmowę tylko bez pytania.",
        "busy": "Zajęte.",
        "paused": "Ta osoba ma przerwę.",
        "off": "Nikogo tam nie ma.",
        "refused": "Rozmowa odrzucona.",
        "no_answer": "Nikt nie odbiera.",
        "unreachable": "Telefon jest nieosiągalny.",
        "no_leg": "Nie ma wolnej linii.",
        "other_line": "Tej rozmowy nie można połączyć.",
        "not_now": "Teraz nie można.",
        "no_slot": "Nie ma wolnego miejsca do zaparkowania.",
        "parked": "Zaparkowano pod numerem {}.",
    },
    "en": {
        "ringing": "Ringing.",
        "unknown_target": "There is no such number.",
        "self": "This is your own number.",
        "emergency": "Calls may not be transferred there.",
        "not_allowed": "Calls may not be transferred there.",
        "draft": "A trial cannot call there.",
        "consult_first": "That can only be transferred to without asking first.",
        "busy": "Busy.",
        "paused": "This person has a break.",
        "off": "Nobody is there.",
        "refused": "The call was refused.",
        "no_answer": "Nobody answers.",
        "unreachable": "The telephone cannot be reached.",
        "no_leg": "No line is free.",
        "other_line": "That call cannot be connected.",
        "not_now": "That cannot be done now.",
        "no_slot": "No slot for parking is free.",
        "parked": "Parked at number {}.",
    },
}
"""By code of what an agent is told; "{}" is the slot."""


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    numbers: list[Did]
    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None
    trunks: tuple[Trunk, ...]
    voices: dict[str, str]
    outside: Outside | None


def read_features(root: Section, problems: Problems, made: _Read, prompts: PromptReader) -> Features:
    """`features:`; without it a transfer by the phone itself (REFER) still has its time and what it may dial."""
    trunks = tuple(trunk.id for trunk in made.trunks)
    only = trunks[0] if len(trunks) == 1 else ""
    listed = made.outside.listed if made.outside is not None else ()
    node = root.mapping("features", expected=_EXPECTED)
    if node is None:
        return Features(trunk=only, dial=listed)
    section = Section(node, problems, "'features'", root.key_place("features"))
    codes = _codes(section, problems, made.numbers)
    features = Features(
        codes=codes,
        extensions=_extensions(section, problems, made),
        ring_s=section.seconds("ring", 20.0, low=5.0, high=120.0),
        park_s=section.seconds("park_time", 120.0, low=10.0, high=3600.0),
        trunk=_trunk(section, problems, trunks) or only,
        dial=listed,
        said=_said(prompts, made.voices, section.place) if codes else {},
    )
    section.done()
    return features


def _codes(section: Section, problems: Problems, numbers: Iterable[Did]) -> dict[Feature, str]:
    codes: dict[Feature, str] = {}
    for feature in FEATURES:
        node = section.scalar(feature, expected=_CODE_EXPECTED)
        code = clean(node.value) if node is not None else DEFAULT_CODES[feature]
        place = node.place if node is not None else section.place
        if code == "off":
            continue
        if not _CODE.fullmatch(code):
            problems.add(
                place,
                f"'{shown(code)}' is no code that can be keyed during a talk",
                expected=_CODE_EXPECTED,
                hint="in quotes: YAML takes a bare * for something else" if node is not None and not code else "",
            )
            continue
        near = next((name for name, other in codes.items() if code.startswith(other) or other.startswith(code)), None)
        if near is not None:
            problems.add(
                place,
                f"'{code}' of {feature} and '{codes[near]}' of {near} cannot be told apart",
                hint="no code may be another one, nor begin like it",
            )
            continue
        codes[feature] = code
    slots = {f"{codes['park']}{slot}" for slot in SLOTS} if "park" in codes else set()
    for did in numbers:
        if did.number in slots:
            problems.add(
                did.place,
                f"'{did.number}' is what an agent calls to take a parked caller back",
                hint="another number, or another code for park: under features:",
            )
    return codes


def _extensions(section: Section, problems: Problems, made: _Read) -> dict[str, str]:
    node = section.mapping("extensions", expected=_EXTENSIONS)
    names = (*(made.agents or ()), *(made.teams or ()))
    known = made.agents is not None and made.teams is not None
    codes = {agent.code: agent.id for agent in (made.agents or {}).values() if agent.code}
    numbers = {did.number for did in made.numbers}
    found: dict[str, str] = {}
    for key, (name, value) in (node.items if node else {}).items():
        digits = clean(key)
        if not _DIGITS.fullmatch(digits):
            problems.add(name.place, f"'{shown(key)}' cannot be keyed as an extension", expected="1 to 8 digits")
            continue
        if not isinstance(value, Scalar) or value.missing:
            problems.add(value.place, f"extension '{digits}' is {kind(value)}", expected="an agent or a team")
            continue
        to = clean(value.value)
        if known and to not in names:
            problems.add(value.place, f"there is no agent or team '{shown(to)}'", wrong=to, among=names)
        elif codes.get(digits, to) != to:
            problems.add(name.place, f"'{digits}' is the code of agent '{codes[digits]}' already")
        elif digits in numbers:
            problems.add(name.place, f"'{digits}' is one of the office's numbers, which leads to its flow")
        else:
            found[digits] = to
    return found


def _trunk(section: Section, problems: Problems, trunks: Collection[str]) -> str:
    node = section.scalar("trunk", expected="the name of a trunk")
    if node is None:
        return ""
    name = clean(node.value)
    if name not in trunks:
        problems.add(node.place, f"there is no trunk '{shown(name)}'", wrong=name, among=trunks)
        return ""
    return name


def _said(prompts: PromptReader, voices: Iterable[str], place: Place) -> dict[str, Prompt]:
    """What agents are told, in the first language of the office that has words here."""
    language = next((language for language in voices if language in TEXTS), "")
    said: dict[str, Prompt] = {}
    for code, text in TEXTS.get(language, {}).items():
        wanted = {f"parked_{slot}": text.format(slot) for slot in SLOTS} if code == "parked" else {code: text}
        for name, words in wanted.items():
            texts = Mapping({language: (Scalar(language, place), Scalar(words, place, quoted=True))}, place)
            prompt = prompts.prompt(texts, (language,), None)
            if prompt is not None:
                said[name] = prompt
    return said
