"""What callers keyed on earlier days, where a flow asked to remember it: by client, else by number, for KEPT_S.

A fold over AnswerRemembered, nothing else; after a start the journal's are folded again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gateway.core.facts.joining import AnswerRemembered

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.facts.all import AnyFact

KEPT_S = 30 * 86_400.0
SWEEP_S = 3600.0
"""How often what is too old is thrown away; it is not used before that either."""


class Answer(NamedTuple):
    """What was keyed, and when (Unix seconds)."""

    value: str
    at: float


class Memory:
    """The last value of each name, by who keyed it."""

    __slots__ = ("_answers", "_swept_at")

    def __init__(self) -> None:
        self._answers: dict[str, dict[str, Answer]] = {}
        self._swept_at = 0.0

    def __len__(self) -> int:
        return sum(len(names) for names in self._answers.values())

    def apply(self, fact: AnswerRemembered) -> None:
        """One answer more. It is the client's where one is known, not that of whose telephone it was."""
        who = _who(fact.client, fact.caller)
        if who:
            self._answers.setdefault(who, {})[fact.name] = Answer(fact.value, fact.at)
        if fact.at - self._swept_at >= SWEEP_S:
            self.sweep(fact.at)

    def recover(self, facts: Iterable[AnyFact], now: float) -> None:
        """What the journal holds, oldest first."""
        for fact in facts:
            if isinstance(fact, AnswerRemembered) and now - fact.at < KEPT_S:
                self.apply(fact)

    def recall(self, name: str, *, client: str, caller: str, now: float) -> Answer | None:
        """The last answer of this client, or of this number (E.164) before it was known whose it is."""
        found = [self._answers.get(who, {}).get(name) for who in {_who(client, ""), _who("", caller)} if who]
        fresh = [answer for answer in found if answer is not None and now - answer.at < KEPT_S]
        return max(fresh, key=lambda answer: answer.at, default=None)

    def sweep(self, now: float) -> None:
        """Forget what is too old."""
        self._swept_at = now
        for who, names in list(self._answers.items()):
            for name in [name for name, answer in names.items() if now - answer.at >= KEPT_S]:
                del names[name]
            if not names:
                del self._answers[who]


def _who(client: str, caller: str) -> str:
    """Whose answers these are; empty for a stranger whose number is withheld."""
    return f"client:{client}" if client else caller
