"""What steps are made of: where they lead, what they say, what they note, what they ask. One reader a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from gateway.config import expressions
from gateway.config.condition_check import judge
from gateway.config.fields import Section, clean, kind, shown
from gateway.config.problems import nearest
from gateway.config.source import Mapping, Scalar
from gateway.config.texts import Texts
from gateway.config.variables import NAME, SETTABLE
from gateway.core.alarms.surge import SURGE
from gateway.core.flow.exits import HANG_UP
from gateway.core.flow.model import WELL_KNOWN, Comparison, Condition, Exit, Prompt, Retry
from gateway.core.flow.steps_agent import AGENT_ID, AGENT_STATE, AGENT_THEN, STATES, THENS

if TYPE_CHECKING:
    from gateway.config.dialling import Outside
    from gateway.config.handing import Face
    from gateway.config.problems import Place, Problems
    from gateway.config.prompts import PromptReader
    from gateway.config.source import Node
    from gateway.config.variables import Variables
    from gateway.core.service_model import Service
    from gateway.core.site.site import Supervision

SAID = 'a text in quotes, {pl: "...", en: "..."}, or the name of a .wav file'
STEP = f"the name of a step of this flow, or {HANG_UP}"
STEPS_TOLD = 12
"""All names of a flow with more steps than that would hide the message."""
TRIES = (1, 10)
_EXIT = "the name of a step, or {set: {...}, then: ...}"


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """The names that exist in the site. None: not known, because gateway.yaml could not be read; then not judged."""

    teams: tuple[str, ...] | None
    agents: tuple[str, ...] | None
    flows: tuple[str, ...]
    faces: dict[str, Face] = {}
    """What the flows that were found take and return."""
    calendars: tuple[str, ...] | None = None
    country: str = ""
    """Whose public holidays a step means."""
    boxes: tuple[str, ...] | None = None
    """Of voicemail."""
    pin: bool | None = None
    agent_pins: bool | None = None
    """Whether any agent has a PIN."""
    remembered: tuple[str, ...] = ()
    """What a `collect` of the site keeps for later calls."""
    pause_reasons: tuple[str, ...] = ()
    supervision: Supervision = "on"
    skills: tuple[str, ...] | None = None
    """What the agents are good at."""
    services: dict[str, Service] | None = None
    trunks: tuple[str, ...] = ()
    outside: Outside | None = None
    """What may be dialled that is no agent; None: not known."""


class StepParts:
    """Reads the parts of the steps of one flow; `steps` are the names of all its steps."""

    def __init__(
        self,
        *,
        languages: tuple[str, ...],
        steps: tuple[str, ...],
        variables: Variables,
        names: Names,
        prompts: PromptReader,
        goodbye: Prompt | None,
        problems: Problems,
        texts: Texts | None = None,
    ) -> None:
        self.languages, self.variables, self.names = languages, variables, names
        self.steps = dict.fromkeys(steps)
        self.goodbye, self.problems, self.prompts = goodbye, problems, prompts
        self._texts = texts or Texts(None, problems)

    def known_step(self, node: Scalar) -> str:
        """The step that a value names; empty with a problem when there is none."""
        name = clean(node.value)
        if name in self.steps or name == HANG_UP:
            return name
        among = (*self.steps, HANG_UP)
        near = nearest(name, among) or len(self.steps) > STEPS_TOLD
        expected = "" if near else ", ".join(shown(step) for step in among)
        if self.steps:  # else what is wrong with them is told already
            self.problems.add(
                node.place, f"there is no step '{shown(name)}'", expected=expected, wrong=name, among=among
            )
        return ""

    def then(self, section: Section, key: str = "then", *, needed: bool = True) -> str:
        """The step that an option names; empty when it is not there or unknown."""
        node = section.scalar(key, expected=STEP, needed=needed)
        return self.known_step(node) if node else ""

    def prompt(self, section: Section, key: str, *, needed: bool = False) -> Prompt | None:
        """What an option says; None when it is not there or cannot be used."""
        node = self.said(section.get(key, expected=SAID, needed=needed))
        if node is None:
            return None
        return self.prompts.prompt(node, self.languages, self.variables)

    def said(self, node: Node | None) -> Node | None:
        """What a value says: itself, or the text of the file that it names; None with a problem when there is none."""
        return self._texts.said(node) if node is not None else None

    def must(self, prompt: Prompt | None) -> Prompt:
        """A prompt, or silence where a problem was already noted."""
        return prompt or Prompt(parts={})

    def retry(self, section: Section, key: str) -> Retry:
        """`no_input` or `no_match`: a step's name, or {say, tries, then}; by default twice, then the site's goodbye."""
        node = section.get(key, expected="the name of a step, or {say: ..., tries: 2, then: ...}")
        if isinstance(node, Scalar):
            return Retry(then=self.known_step(node))
        if node is None:
            return Retry()
        if not isinstance(node, Mapping):
            self.problems.add(node.place, f"'{key}' is {kind(node)}", expected="{say: ..., tries: 2, then: ...}")
            return Retry()
        inner = Section(node, self.problems, f"'{key}'", section.key_place(key))
        retry = Retry(
            prompt=self.prompt(inner, "say"),
            tries=inner.whole("tries", 2, low=TRIES[0], high=TRIES[1]),
            then=self.then(inner),
        )
        inner.done()
        return retry

    def exit(self, node: Node, what: str, place: Place, *, also: tuple[str, ...] = ()) -> Exit:
        """Where a choice or a rule leads: a step's name, or {set, then}. `also` are keys that the caller reads."""
        if isinstance(node, Mapping):
            inner = Section(node, self.problems, what, place)
            values = self.values(inner.mapping("set")) if "set" in node.items else ()
            leads = Exit(then=self.then(inner), set=values)
            inner.done(also=also)
            return leads
        if isinstance(node, Scalar) and not node.missing:
            return Exit(then=self.known_step(node))
        self.problems.add(place, f"{what} leads nowhere", expected=_EXIT)
        return Exit(then="")

    def values(self, node: Mapping | None) -> tuple[tuple[str, str], ...]:
        """Names and values under `set`."""
        values = []
        for key, (name, value) in (node.items if node else {}).items():
            variable = clean(key)
            if not NAME.fullmatch(variable) or (variable in WELL_KNOWN and variable not in SETTABLE) or "." in variable:
                self.problems.add(
                    name.place,
                    f"'{shown(variable)}' cannot be set",
                    expected=f"a name of your own, or {', '.join(SETTABLE)}",
                )
            elif not isinstance(value, Scalar) or value.missing:
                self.problems.add(name.place, f"'{shown(variable)}' is {kind(value)}", expected="a word")
            elif "{" in value.value:
                self.problems.add(value.place, "a value that is set is taken as it is", hint="write a word, not { }")
            elif variable != "language" or self.known_language(clean(value.value), value.place):
                values.append((variable, clean(value.value)))
        return tuple(values)

    def known_language(self, language: str, place: Place) -> bool:
        """Whether the flow speaks it; a problem is noted when it does not."""
        if language in self.languages:
            return True
        self.problems.add(
            place,
            f"the flow does not speak '{shown(language)}'",
            expected=", ".join(self.languages),
            wrong=language,
            among=self.languages,
        )
        return False

    def condition(self, node: Node) -> Condition | None:
        """What stands after `if:`."""
        if not isinstance(node, Scalar):
            self.problems.add(node.place, f"a condition is {kind(node)}", expected="such as area == invoices")
            return None
        return expressions.parse(node, self.problems, self._judge)

    def _judge(self, comparison: Comparison, place: Place) -> None:
        possible = {
            "manager": self.names.agents,
            "client.team": self.names.teams,
            "language": self.languages,
            "client.known": ("yes",),
            SURGE: ("yes",),
            AGENT_ID: self.names.agents,
            AGENT_STATE: STATES,
            AGENT_THEN: THENS,
        }
        judge(comparison, place, self.variables, possible, self.problems)

    def team(self, node: Scalar, also: tuple[str, ...] = ()) -> str:
        """The team that a value names, or one of `also`."""
        name = clean(node.value)
        if self.names.teams is not None and name not in (*also, *self.names.teams):
            among = (*also, *self.names.teams)
            self.problems.add(
                node.place, f"there is no team '{shown(name)}'", expected=", ".join(among), wrong=name, among=among
            )
        return name
