"""What comes between an agent's answer and the talk: who has to accept by key, which teams whisper, and the sentences
for it. They are the box's own, in Polish and in English; a recording in prompts/LANGUAGE/ can stand for each.

`gateway.yaml`: `accept`, `accept_within` and `language` of an agent, `whisper` and `say_name` of a team, `matters:`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

from gateway.config.fields import clean, kind, shown
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar
from gateway.config.variables import Variables
from gateway.core.flow.base import Exit, Prompt, Rule
from gateway.core.flow.steps import SetValues
from gateway.core.legs.whisper import CASE_NUMBER
from gateway.core.site.joining_words import JoiningWords
from gateway.core.speech.fragments import Form, fragments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as MappingOf

    from gateway.config.fields import Section
    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Agent, Team

MINUTES_TOLD = 15
"""A longer wait is told as more than that."""
ACCEPT_WITHIN_S = (3.0, 30.0)
"""At most half of the margin of an agent's lease, the other half is for what is said behind it."""
_MATTERS = "areas and how they are said, such as {invoices: faktury}"
_GATEWAY = "gateway.yaml"

TEXTS: dict[str, dict[str, str]] = {
    "pl": {
        "for_client": "Rozmowa od: {client.name}.",
        "for_stranger": "Rozmowa z nieznanego numeru.",
        "press": "Aby odebrać, naciśnij jeden. Aby odrzucić, naciśnij dwa.",
        "client": "Dzwoni {client.name}.",
        "stranger": "Dzwoni nieznany numer.",
        "matter": "Temat: {area}.",
        "case": "Sprawa numer {case.number}.",
        "connecting": "Łączę z {manager}.",
        "waited": "Czeka {}.",
        "waited_longer": "Czeka ponad {}.",
    },
    "en": {
        "for_client": "A call from {client.name}.",
        "for_stranger": "A call from a number that we do not know.",
        "press": "To take it, press one. To refuse it, press two.",
        "client": "It is {client.name}.",
        "stranger": "It is a number that we do not know.",
        "matter": "It is about {area}.",
        "case": "The case number is {case.number}.",
        "connecting": "Connecting you to {manager}.",
        "waited": "Waiting for {}.",
        "waited_longer": "Waiting for more than {}.",
    },
}
"""The sentences. "{}" is a length of time."""


class Matter(NamedTuple):
    """How an area is said to agents, by language, and where that is written."""

    place: Place
    said: dict[str, str]


class Accepting(NamedTuple):
    """What an agent's section says about taking calls."""

    accept: Literal["", "key"] = ""
    within_s: float = 10.0
    language: str = ""


def read_accepting(section: Section, uri: str, languages: Collection[str]) -> Accepting:
    """A phone that is reached through a trunk has to accept by key, unless the section says no: its voicemail would
    take the calls. A phone on the local network has not."""
    node = section.scalar("accept", expected="key, none")
    word = clean(node.value) if node is not None else ""
    if node is not None and word not in {"key", "none"}:
        section.problems.add(
            node.place, f"'{shown(word)}' is no way to accept", expected="key, none", wrong=word, among=("key", "none")
        )
    can_be_asked = not languages or bool(TEXTS.keys() & set(languages))
    if word == "key" and node is not None and not can_be_asked:
        section.problems.add(
            node.place, f"nothing can be said to accept in {', '.join(languages)}", hint=_speaks(), expected="none"
        )
    by_key = word == "key" or (not word and uri != "" and not uri.startswith("sip:") and can_be_asked)
    low, high = ACCEPT_WITHIN_S
    within_s = section.seconds("accept_within", 10.0, low=low, high=high)
    if section.has("accept_within") and not by_key and word in {"", "none"}:
        section.problems.add(
            section.key_place("accept_within"), f"{section.what} accepts without a key", hint="add accept: key"
        )
    return Accepting("key" if by_key else "", within_s, _language(section, languages))


def _language(section: Section, languages: Collection[str]) -> str:
    node = section.scalar("language", expected="the language in which the agent is spoken to")
    if node is None:
        return ""
    language = clean(node.value)
    if languages and language not in languages:
        section.problems.add(
            node.place,
            f"the site does not speak '{shown(language)}'",
            expected=", ".join(languages),
            wrong=language,
            among=languages,
        )
    return language


def read_saying(section: Section, key: str, languages: Collection[str]) -> bool:
    """`whisper` or `say_name` of a team."""
    wanted = section.yes_no(key, default=False)
    if wanted and languages and not TEXTS.keys() & set(languages):
        section.problems.add(
            section.key_place(key), f"nothing can be said before a talk in {', '.join(languages)}", hint=_speaks()
        )
    return wanted


def read_matters(root: Section, problems: Problems, languages: Collection[str]) -> dict[str, Matter]:
    """`matters:`, by area."""
    found: dict[str, Matter] = {}
    node = root.mapping("matters", expected=_MATTERS)
    for area, (key, value) in (node.items if node else {}).items():
        texts = value.items if isinstance(value, Mapping) else {"": (key, value)}
        said = found.setdefault(clean(area), Matter(key.place, {})).said
        for language, (name, text) in texts.items():
            if not isinstance(text, Scalar) or not any(char.isalnum() for char in text.value):
                problems.add(text.place, f"how '{shown(area)}' is said is {kind(text)}", expected=_MATTERS)
            elif language and languages and language not in languages:
                problems.add(
                    name.place,
                    f"the site does not speak '{shown(language)}'",
                    expected=", ".join(languages),
                    wrong=language,
                    among=languages,
                )
            else:
                for tongue in [language] if language else languages:
                    said[tongue] = clean(text.value)
    return found


def joining_words(  # noqa: PLR0917 - all that the sentences are made of
    agents: MappingOf[str, Agent],
    teams: MappingOf[str, Team],
    flows: MappingOf[str, Flow],
    matters: MappingOf[str, Matter],
    prompts: PromptReader,
    problems: Problems,
    *,
    whispers: bool = False,
) -> JoiningWords | None:
    """The sentences of a site, each in the languages in which somebody hears it, so that no clip is made for nothing;
    None where nothing is said before a talk. `whispers`: they are needed whatever the teams say (call-backs)."""
    areas = tuple(sorted(areas_of(flows.values())))
    for area, matter in matters.items():
        if area not in areas and not problems:  # a flow that could not be read might set it
            problems.add(
                matter.place, f"no flow sets the area '{shown(area)}'", expected=", ".join(areas), wrong=area,
                among=areas,
            )  # fmt: skip
    spoken = tuple(language for language in prompts.languages if language in TEXTS)
    whispers = whispers or any(team.whisper for team in teams.values())
    asks = any(agent.accept for agent in agents.values())
    names = any(team.say_name for team in teams.values())
    if not spoken or not (asks or whispers or names):
        return None
    own = {agent.language if agent.language in spoken else spoken[0] for agent in agents.values()}
    theirs = tuple(language for language in spoken if language in own)
    asked, heard = theirs if asks else (), theirs if whispers else ()
    plain = {area for area in areas if area not in matters}
    variables = Variables(set_values={"area": plain} if plain else {}, collected={CASE_NUMBER})
    maker = _Maker(prompts, variables)
    return JoiningWords(
        languages=spoken,
        for_client=maker.prompt("for_client", asked),
        for_stranger=maker.prompt("for_stranger", asked),
        press=maker.prompt("press", asked),
        client=maker.prompt("client", heard),
        stranger=maker.prompt("stranger", heard),
        matter=maker.prompt("matter", heard) if plain else Prompt(parts={}),
        matters={
            area: maker.said(
                {
                    tongue: TEXTS[tongue]["matter"].replace("{area}", matters[area].said[tongue])
                    for tongue in heard
                    if tongue in matters[area].said
                }
            )
            for area in areas
            if area in matters
        },
        areas=areas,
        waited=tuple(maker.said(dict(_waited(heard, minutes))) for minutes in range(1, MINUTES_TOLD + 2)),
        case=maker.prompt("case", heard),
        connecting=maker.prompt("connecting", spoken if names else ()),
    )


def areas_of(flows: Iterable[Flow]) -> set[str]:
    """Every area that a flow sets."""
    return {value for flow in flows for step in flow.steps.values() for name, value in _set_by(step) if name == "area"}


def _set_by(step: object) -> Iterator[tuple[str, str]]:
    if isinstance(step, SetValues):
        yield from step.values
    for option in getattr(step, "EXITS", ()):
        value = getattr(step, option)
        for inner in value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else (value,):
            leads = inner.exit if isinstance(inner, Rule) else inner
            if isinstance(leads, Exit):
                yield from leads.set


def _waited(languages: Iterable[str], minutes: int) -> Iterator[tuple[str, str]]:
    for language in languages:
        text = TEXTS[language]["waited" if minutes <= MINUTES_TOLD else "waited_longer"]
        form = Form(case="accusative") if language == "pl" else Form()
        length = " ".join(fragments(str(60 * min(minutes, MINUTES_TOLD)), "duration", language, form))
        yield language, text.format(length)


class _Maker:
    """Makes prompts of sentences that no file holds."""

    def __init__(self, prompts: PromptReader, variables: Variables) -> None:
        self._prompts, self._variables = prompts, variables

    def prompt(self, key: str, languages: Iterable[str]) -> Prompt:
        """A sentence of the table."""
        return self.said({language: TEXTS[language][key] for language in languages})

    def said(self, texts: MappingOf[str, str]) -> Prompt:
        """A prompt of a text for each language."""
        parts = {}
        for language, text in texts.items():
            node = Scalar(text, Place(_GATEWAY), quoted=True)
            made = self._prompts.prompt(node, (language,), self._variables)
            parts[language] = made.parts[language] if made is not None else ()
        return Prompt(parts=parts)


def _speaks() -> str:
    return f"the box has words for that in {' and '.join(sorted(TEXTS))}: add one under languages:"
