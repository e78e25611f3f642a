"""Holds a run against what its script expects; every difference says where it was expected and what came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway.config import values
from gateway.config.problems import Place
from gateway.simulate.deeds import in_words
from gateway.simulate.script import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.simulate.plan import Run
    from gateway.simulate.script import ExpectedFact, Script


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """`what` was `expected`, and this came (`got`)."""

    what: str
    expected: str
    got: str
    place: Place

    def __str__(self) -> str:
        return f"{self.place}: {self.what}\n  expected: {self.expected}\n  got:      {self.got}"


def differences(
    script: Script,
    run: Run,
    *,
    hears: Callable[[Script, Run], Iterator[Difference]] | None = None,
    slack_s: float = 0.0,
) -> tuple[Difference, ...]:
    """All differences, in the order in which the page of the language tells the keys. For a call on a real line:
    `hears` looks at what was heard in its own way, and lengths in facts may differ by `slack_s`."""
    return tuple(_differences(script, run, hears or _hears, slack_s))


def _differences(
    script: Script, run: Run, hears: Callable[[Script, Run], Iterator[Difference]], slack_s: float
) -> Iterator[Difference]:
    expected, record = script.expected, run.record
    yield from hears(script, run)
    if expected.path is not None and expected.path != run.path:
        pairs = enumerate(zip(expected.path, run.path, strict=False))
        shorter = min(len(expected.path), len(run.path))
        at = next((index for index, (wanted, got) in pairs if wanted != got), shorter)
        yield Difference(
            what=f"path differs at step {at + 1}",
            expected=_way(expected.path, at),
            got=_way(run.path, at),
            place=expected.places["path"],
        )
    came = {
        "outcome": record.outcome if record is not None else "refused",
        "answered_by": (record.answered_by if record is not None else "") or NOBODY,
        "stage": (record.answered_stage if record is not None else "") or NOBODY,
    }
    for key, what_came in came.items():
        word = getattr(expected, key)
        if word is not None and word != what_came:
            yield Difference(what=key, expected=word, got=what_came, place=expected.places[key])
    yield from _facts(script, run, slack_s)
    if run.unused:
        yield Difference(
            what="keys were never asked for",
            expected="every key to be used",
            got=f"{in_words(run.unused)} left over",
            place=script.place,
        )


def _hears(script: Script, run: Run) -> Iterator[Difference]:
    at = 0
    for piece, place in script.expected.hears:
        found = next((i for i in range(at, len(run.heard)) if piece in run.heard[i]), None)
        if found is None:
            rest = run.heard[at:]
            yield Difference(
                what="hears" if at == 0 else f'hears, after "{run.heard[at - 1]}"',
                expected=f'"{piece}"',
                got=" | ".join(f'"{words}"' for words in rest) if rest else "nothing more",
                place=place,
            )
            return
        at = found + 1


def _facts(script: Script, run: Run, slack_s: float) -> Iterator[Difference]:
    at = 0
    for wanted in script.expected.facts:
        found = next((i for i in range(at, len(run.facts)) if _fits(run.facts[i], wanted, slack_s)), None)
        if found is None:
            same = [fact for fact in run.facts[at:] if type(fact).__name__ == wanted.kind]
            yield Difference(
                what="facts",
                expected=str(wanted),
                got=" | ".join(_told(fact, wanted) for fact in same) or f"no {wanted.kind}{' any more' if at else ''}",
                place=wanted.place,
            )
            return
        at = found + 1


def _fits(fact: AnyFact, wanted: ExpectedFact, slack_s: float) -> bool:
    if type(fact).__name__ != wanted.kind:
        return False
    return all(
        _same(getattr(fact, name), text, slack_s if name.endswith("_s") else 0.0) for name, text in wanted.fields
    )


def _same(value: Any, text: str, slack: float = 0.0) -> bool:
    """Whether a field's value is what a person wrote: a word, yes or no, a number, a length, a range `3..5`."""
    if isinstance(value, bool):
        return values.yes_no(text) is value
    if isinstance(value, int | float):
        if (span := values.span(text)) is not None and ".." in text:
            return span[0] - slack <= value <= span[1] + slack
        number = values.decimal(text)
        number = values.seconds(text) if number is None else number
        return number is not None and abs(value - number) < 0.05 + slack
    return str("" if value is None else value) == text


def _told(fact: AnyFact, wanted: ExpectedFact) -> str:
    names = [name for name, _ in wanted.fields] or fact.__struct_fields__[2:]
    return wanted.kind + " {" + ", ".join(f"{name}: {_short(getattr(fact, name))}" for name in names) + "}"


def _short(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _way(path: tuple[str, ...], at: int) -> str:
    """The path with a mark at step `at`."""
    steps = [f">{step}<" if index == at else step for index, step in enumerate(path)]
    return " ".join(steps if at < len(path) else [*steps, "(ends)"])
