"""What gateway.yaml says of a team's queue beside who is rung, and what a `queue` step says in its place: how many may
wait and how long, when nobody is let in, and what is said meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast, get_args

from gateway.config import values
from gateway.config.fields import Section, clean, kind, short, shown
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.config.variables import Variables
from gateway.core.flow.model import Queue
from gateway.core.flow.queue_waiting import POSITION, WAIT, Announce, JoinEmpty, LeaveEmpty, Periodic, Waiting
from gateway.core.queue.redial import KEPT_S

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from collections.abc import Mapping as MappingOf

    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.config.source import Node
    from gateway.config.variables import Spoken
    from gateway.core.flow.base import Prompt
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Team
    from gateway.core.speech.fragments import Kind

T = TypeVar("T")
QUEUE_MAX = 1000
EVERY_S = (5.0, 3600.0)
TEXTS_MAX = 20
WORDS = {
    "position": {
        "pl": f"Państwa miejsce w kolejce: {{{POSITION} as ordinal neuter}}.",
        "en": f"You are number {{{POSITION} as number}} in the queue.",
    },
    "wait": {
        "pl": f"Przewidywany czas oczekiwania: około {{{WAIT} as duration genitive}}.",
        "en": f"The estimated waiting time is about {{{WAIT} as duration}}.",
    },
    "thanks": {"pl": "Dziękujemy za cierpliwość.", "en": "Thank you for waiting."},
}
"""What is said where `announce:` gives no words of its own. The Polish is neutral: it fits men, women and firms."""
VARIABLES = {"position": POSITION, "wait": WAIT}
"""What each of them has to tell."""
_STRICT = ("never", "always"), ("nobody_logged_in",), ("nobody_free_soon",)
_SAID = "yes, no, or a text of your own in quotes"


class Told(Variables):
    """The one variable of an announcement."""

    name: str = POSITION

    def names(self) -> Collection[str]:
        return (self.name,)

    def spoken(self, name: str) -> Spoken:
        return "place" if name == POSITION else "estimate"

    def kinds(self, name: str) -> tuple[Kind, ...]:
        return ("ordinal", "number") if name == POSITION else ("duration",)


class WaitingReader:
    """Reads what is told to waiting callers, in these languages. `said` gives the text behind `{text: NAME}`;
    `variables` are those that the texts of `periodic` can say."""

    def __init__(
        self,
        prompts: PromptReader,
        languages: tuple[str, ...],
        said: Callable[[Node], Node | None] = lambda node: node,
        variables: Variables | None = None,
    ) -> None:
        self._prompts, self._languages, self._said, self._variables = prompts, languages, said, variables

    def announce(self, section: Section) -> Announce | None:
        """`announce:`, a yes, a no or its settings; None when it is not there."""
        node = section.get("announce", expected="yes, no, or position:, wait:, every: ...")
        if node is None:
            return None
        place = section.key_place("announce")
        if isinstance(node, Scalar):
            wanted = values.yes_no(node.value)
            if wanted is None:
                wrong = f"'{shown(node.value)}' cannot be read as 'announce'"
                section.problems.add(node.place, wrong, expected="yes or no")
            node = Mapping({}, node.place)
            if not wanted:
                return Announce()
        if not isinstance(node, Mapping):
            section.problems.add(node.place, f"'announce' is {kind(node)}", expected="yes, no, or position:, wait: ...")
            return None
        inner = Section(node, section.problems, "'announce'", place)
        every_s = inner.seconds("every", 30.0, low=EVERY_S[0], high=EVERY_S[1])
        read = Announce(
            position=self._words(inner, "position"),
            wait=self._words(inner, "wait"),
            thanks=self._words(inner, "thanks"),
            first_s=inner.seconds("first", every_s, low=1.0, high=EVERY_S[1]),
            every_s=every_s,
            while_ringing=inner.yes_no("while_ringing", default=False),
        )
        inner.done()
        return read

    def periodic(self, section: Section) -> Periodic | None:
        """`periodic:`, a no or its settings; None when it is not there."""
        expected = "say: [...] and every: 45s, or no"
        node = section.get("periodic", expected=expected)
        if isinstance(node, Scalar) and values.yes_no(node.value) is False:
            return Periodic()
        if node is None or not isinstance(node, Mapping):
            if node is not None:
                section.problems.add(node.place, f"'periodic' is {kind(node)}", expected=expected)
            return None
        inner = Section(node, section.problems, "'periodic'", section.key_place("periodic"))
        said = inner.get("say", expected="a text, or a list of texts that are said by turns", needed=True)
        items = said.items if isinstance(said, Sequence) else [said] if said is not None else []
        if len(items) > TEXTS_MAX:
            section.problems.add(inner.key_place("say"), f"more than {TEXTS_MAX} texts")
        read = Periodic(
            texts=tuple(prompt for item in items if (prompt := self._text(item)) is not None),
            every_s=inner.seconds("every", 45.0, low=EVERY_S[0], high=EVERY_S[1]),
        )
        inner.done()
        return read

    def _text(self, node: Node) -> Prompt | None:
        node_said = self._said(node)
        if node_said is None or not self._languages:
            return None
        return self._prompts.prompt(node_said, self._languages, self._variables)

    def _words(self, section: Section, key: str) -> Prompt | None:
        """`position`, `wait` or `thanks`: yes and left out are the built-in words; None for no."""
        node = section.get(key, expected=_SAID)
        if isinstance(node, Scalar) and not node.quoted and (wanted := values.yes_no(node.value)) is not None:
            if not wanted:
                return None
            node = None
        variables = Told(name=VARIABLES[key]) if key in VARIABLES else None
        if not self._languages:
            return None
        if node is not None:
            own = self._said(node)
            prompt = self._prompts.prompt(own, self._languages, variables) if own is not None else None
            if prompt is not None and variables is not None:
                _tells(section, key, node.place, prompt)
            return prompt
        place = section.key_place(key)
        missing = [language for language in self._languages if language not in WORDS[key]]
        if missing:
            section.problems.add(
                place,
                f"'{key}' has no words of its own in {', '.join(missing)}",
                expected=f'{key}: no, or a text for each language such as {{{self._languages[0]}: "..."}}',
            )
            return None
        said = {
            language: (Scalar(language, place), Scalar(WORDS[key][language], place, quoted=True))
            for language in self._languages
        }
        return self._prompts.prompt(Mapping(dict(said), place), self._languages, variables)


def _tells(section: Section, key: str, place: Place, prompt: Prompt) -> None:
    """Note words of one's own that do not tell what they are for."""
    name = VARIABLES[key]
    for parts in prompt.parts.values():
        said = [part for part in parts if part.variable == name]
        if not said or (key == "wait" and not all(part.kind for part in said)):
            kinds = Told(name=name).kinds(name)
            section.problems.add(
                place,
                f"the text of '{key}' does not tell it",
                expected=f"yes, no, or a text with {{{name} as {kinds[0]}}}",
            )
            return


def read_waiting(section: Section, prompts: PromptReader) -> Waiting:
    """What a team settles about waiting for it."""
    reader = WaitingReader(prompts, prompts.languages)
    join = _one_of(section, "join_empty", get_args(JoinEmpty))
    leave = _one_of(section, "leave_empty", get_args(LeaveEmpty))
    if _strictness(leave) > _strictness(join):
        told = "leave_empty" if section.has("leave_empty") else "join_empty"
        section.problems.add(
            section.key_place(told),
            f"whom 'join_empty: {join}' lets in, 'leave_empty: {leave}' sends away at once",
            hint=f"leave_empty: {' or '.join(words[0] for words in _STRICT[: _strictness(join) + 1])}",
        )
    return Waiting(
        queue_max=section.whole("queue_max", 0, low=1, high=QUEUE_MAX),
        ewt_max_s=section.seconds("ewt_max", 0.0, low=1.0),
        join_empty=cast("JoinEmpty", join),
        leave_empty=cast("LeaveEmpty", leave),
        redial_s=section.seconds("redial", 60.0, high=KEPT_S),
        announce=reader.announce(section),
        periodic=reader.periodic(section),
    )


def check_waits(flows: MappingOf[str, Flow], teams: MappingOf[str, Team], problems: Problems) -> None:
    """Note each queue step whose own longest wait can never come, because its team gives up before."""
    for flow in flows.values():
        for step in flow.steps.values():
            if not isinstance(step, Queue) or not step.max_wait_s:
                continue
            waited = [_longest_s(teams[name]) for name in _teams(step, teams) if name in teams]
            if waited and step.max_wait_s >= max(waited):
                file, line, column = step.place.rsplit(":", 2)
                problems.add(
                    Place(file, int(line), int(column), len(step.name)),
                    f"the 'max_wait' of '{shown(step.name)}' never comes: its team gives up after {short(max(waited))}",
                    hint="make it shorter, or leave it out",
                )


def _teams(step: Queue, teams: MappingOf[str, Team]) -> Iterable[str]:
    return teams if step.to == "by_client" else (step.to,)


def _longest_s(team: Team) -> float:
    """How long a caller of the team can wait in all."""
    behind = sum(stage.for_s for stage in team.overflow) if team.overflow else team.overflow_wait_s
    return team.max_wait_s + (behind if team.overflow or team.overflow_team else 0.0)


def _one_of(section: Section, key: str, among: tuple[str, ...]) -> str:
    node = section.scalar(key, expected=", ".join(among))
    word = clean(node.value) if node is not None else among[0]
    if node is not None and word not in among:
        section.problems.add(
            node.place, f"'{shown(word)}' cannot be '{key}'", expected=", ".join(among), wrong=word, among=among
        )
        return among[0]
    return word


def _strictness(word: str) -> int:
    return next(index for index, words in enumerate(_STRICT) if word in words)
