"""Steps that ask for keys: menu, confirm and language, with what was pressed ahead, tries and counters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gateway.core.facts.calls import InputTaken
from gateway.core.flow.base import Question
from gateway.core.flow.steps import ChooseLanguage, Confirm, Menu
from gateway.core.steps import recent
from gateway.core.steps.kind import Kind, Move, take

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.flow.base import Prompt, Retry
    from gateway.core.steps.walk import Walk

A = TypeVar("A", bound=Question)
ANY = "x"
"""Stands for any digit in the pattern of a collect."""
HUMAN = "0"
SAID = "said"
"""Phase of the walk: the menu was said once."""


class Asking(Kind[A]):
    """What the kinds that ask have in common: `taken` is what a key means to them."""

    def enter(self, walk: Walk, step: A) -> Move | None:
        return self.ask(walk, step, step.prompt)

    def key(self, walk: Walk, step: A, pressed: str) -> Move | None:
        walk.call.stop_play()
        return self.taken(walk, step, pressed)

    def play_ended(self, walk: Walk, step: A) -> Move | None:
        walk.wait(step.first_key_s)
        return None

    def due(self, walk: Walk, step: A) -> Move | None:
        return self.missed(walk, step, "no_input", step.no_input)

    def taken(self, walk: Walk, step: A, pressed: str) -> Move | None:
        """One key, pressed now or ahead."""
        raise NotImplementedError

    def speak(self, walk: Walk, step: A, prompt: Prompt) -> bool:  # noqa: ARG002 - for kinds with a way of their own
        """Say a prompt of the step; False when there is nothing to say."""
        return walk.say(prompt)

    def named(self, step: A) -> str:  # noqa: ARG002 - a menu keeps nothing
        """The variable that the answer becomes."""
        return ""

    def ask(self, walk: Walk, step: A, prompt: Prompt) -> Move | None:
        """Say what is asked and wait; keys pressed ahead answer without it."""
        while walk.ahead:
            move = self.taken(walk, step, walk.ahead.pop(0))
            if move is not None or walk.call.playing or walk.step is not step:
                return move
        if not walk.typed and not self.speak(walk, step, prompt):
            walk.wait(step.first_key_s)
        return None

    def missed(
        self, walk: Walk, step: A, how: Literal["no_input", "no_match"], retry: Retry, typed: str = ""
    ) -> Move | None:
        """No key, or none that means anything: ask again, or go where the step says when the tries are used up. What
        was pressed ahead is forgotten, it answered a question that was not understood."""
        self.note(walk, step, typed, how)
        if how == "no_match" and typed == HUMAN and step.human:
            walk.stop_waiting()
            return Move(step.human)
        walk.ahead.clear()
        walk.typed = ""
        walk.stop_waiting()
        if how == "no_input":
            walk.no_input += 1
            tried = walk.no_input
        else:
            walk.no_match += 1
            tried = walk.no_match
        if tried >= retry.tries:
            return Move(retry.then)
        return self.ask(walk, step, retry.prompt if retry.prompt is not None else step.prompt)

    def note(self, walk: Walk, step: A, typed: str, outcome: Literal["match", "no_match", "no_input"]) -> None:
        """The fact of an answer, or of none."""
        call = walk.call
        call.note(
            InputTaken(at=call.now, call=call.id, step=step.name, keys=typed, outcome=outcome, name=self.named(step))
        )


class MenuKind(Asking[Menu]):
    """One key decides."""

    def enter(self, walk: Walk, step: Menu) -> Move | None:
        walk.matters = recent.found(walk, step)
        return super().enter(walk, step)

    def speak(self, walk: Walk, step: Menu, prompt: Prompt) -> bool:
        if prompt is not step.prompt or not step.texts:
            return walk.say(prompt)
        if not walk.phase:
            walk.phase = SAID
            recent.note(walk)
        return walk.play(recent.clips(walk, step))

    def taken(self, walk: Walk, step: Menu, pressed: str) -> Move | None:
        chosen = step.choices.get(pressed)
        if chosen is None:
            return self.missed(walk, step, "no_match", step.no_match, pressed)
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        recent.taken(walk, step, pressed)
        return take(walk, chosen)


class ConfirmKind(Asking[Confirm]):
    """Yes or no."""

    def taken(self, walk: Walk, step: Confirm, pressed: str) -> Move | None:
        if pressed not in {step.yes_key, step.no_key}:
            return self.missed(walk, step, "no_match", step.no_match, pressed)
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        return Move(step.yes if pressed == step.yes_key else step.no)


class LanguageKind(Asking[ChooseLanguage]):
    """A key chooses the language; who is known to speak one is not asked."""

    def enter(self, walk: Walk, step: ChooseLanguage) -> Move | None:
        if walk.call.values.get("language") in step.languages.values():
            return Move(step.then)
        return super().enter(walk, step)

    def speak(self, walk: Walk, step: ChooseLanguage, prompt: Prompt) -> bool:  # noqa: ARG002 - it needs no language
        return walk.say_all(prompt)

    def named(self, step: ChooseLanguage) -> str:  # noqa: ARG002 - it is always the same
        return "language"

    def taken(self, walk: Walk, step: ChooseLanguage, pressed: str) -> Move | None:
        chosen = step.languages.get(pressed)
        if chosen is None:
            return self.missed(walk, step, "no_match", step.no_match, pressed)
        walk.stop_waiting()
        self.note(walk, step, pressed, "match")
        walk.call.values["language"] = chosen
        return Move(step.then)


def matches(pattern: str, digits: str) -> bool:
    """Whether `digits` fit `pattern`, digit by digit."""
    return len(pattern) == len(digits) and all(p in {ANY, d} for p, d in zip(pattern, digits, strict=True))
