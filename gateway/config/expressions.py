"""The small grammar of `if:`; a page of code reads it and nothing is ever executed.

    condition := and-part ("or" and-part)*
    and-part  := part ("and" part)*
    part      := "not" part | "(" condition ")" | variable
               | variable ("==" | "!=") value | variable "in" "(" value ("," value)* ")"

A variable alone asks whether it has a value. A value is a word, a number or a "quoted text".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from gateway.config.fields import shown
from gateway.config.problems import Place
from gateway.config.variables import NAME
from gateway.core.flow_model import AllOf, AnyOf, Comparison, Condition, Not

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.problems import Problems
    from gateway.config.source import Scalar

LENGTH_MAX = 500
DEPTH_MAX = 10
_TOKEN = re.compile(r"""\s*(?:(?P<op>==|!=|[(),])|(?P<quoted>"[^"]*"|'[^']*')|(?P<word>[^\s(),"'=!]+))""")
_WORDS = {"and", "or", "not", "in"}
_OPERATORS: dict[str, Literal["==", "!=", "in"]] = {"==": "==", "!=": "!=", "in": "in"}


class _Wrong(Exception):  # noqa: N818 - carries a problem inside this module
    def __init__(self, at: int, width: int, message: str, expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.at, self.width, self.message, self.expected, self.hint = at, width, message, expected, hint


def parse(text: Scalar, problems: Problems, check: Callable[[Comparison, Place], None]) -> Condition | None:
    """The condition that `text` writes; None with a problem if it does not follow the grammar. `check` is called with
    each comparison and the place of it, to judge names and values."""
    try:
        return _Parser(text, check).whole()
    except _Wrong as wrong:
        problems.add(inside(text, wrong.at, wrong.width), wrong.message, expected=wrong.expected, hint=wrong.hint)
        return None


def inside(text: Scalar, at: int, width: int) -> Place:
    """The place of characters within a scalar, as far as the file shows them as they are."""
    place = text.place
    if "\n" in text.value or place.width < len(text.value) or "\\" in text.value:
        return place
    return Place(place.file, place.line, place.column + at + int(text.quoted), width)


class _Parser:
    def __init__(self, text: Scalar, check: Callable[[Comparison, Place], None]) -> None:
        if len(text.value) > LENGTH_MAX:
            raise _Wrong(0, 1, f"a condition longer than {LENGTH_MAX} characters", hint="use several rules")
        self._text, self._check = text, check
        self._tokens = list(self._split(text.value))
        self._next = 0
        self._depth = 0

    def whole(self) -> Condition:
        if not self._tokens:
            raise _Wrong(0, 1, "an empty condition", "a comparison such as area == invoices")
        condition = self._any_of()
        if self._next < len(self._tokens):
            at, token, _ = self._tokens[self._next]
            raise _Wrong(at, len(token), f"'{shown(token)}' is not understood here", "and, or, or the end")
        return condition

    @staticmethod
    def _split(text: str) -> list[tuple[int, str, bool]]:
        """(offset, token, is it a quoted text) of each token."""
        tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                bad = len(text) - len(text[at:].lstrip())
                hint = "to compare, write ==" if text[bad] == "=" else ""
                raise _Wrong(bad, 1, f"'{shown(text[bad])}' is not understood here", hint=hint)
            kind = found.lastgroup or "op"
            tokens.append((found.start(kind), found[kind], kind == "quoted"))
            at = found.end()
        return tokens

    def _peek(self) -> str:
        if self._next >= len(self._tokens):
            return ""
        _, token, quoted = self._tokens[self._next]
        return "" if quoted else token

    def _any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._peek() == "or":
            self._next += 1
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def _all_of(self) -> Condition:
        parts = [self._part()]
        while self._peek() == "and":
            self._next += 1
            parts.append(self._part())
        return parts[0] if len(parts) == 1 else AllOf(parts=tuple(parts))

    def _part(self) -> Condition:
        self._depth += 1
        try:
            if self._depth > DEPTH_MAX:
                raise _Wrong(0, 1, "nested too deeply", hint="use several rules")
            if self._peek() == "not":
                self._next += 1
                return Not(part=self._part())
            if self._peek() == "(":
                opened = self._tokens[self._next][0]
                self._next += 1
                inner = self._any_of()
                self._close(opened)
                return inner
            return self._comparison()
        finally:
            self._depth -= 1

    def _close(self, opened: int) -> None:
        if self._peek() != ")":
            raise _Wrong(
                opened,
                1,
                "a ( is not closed by )",
                hint="a condition with a comma inside { } must stand in quotes",
            )
        self._next += 1

    def _comparison(self) -> Comparison:
        at, name = self._word("the name of a variable")
        if not NAME.fullmatch(name) or name in _WORDS:
            raise _Wrong(at, len(name), f"'{shown(name)}' is not the name of a variable", "a variable")
        operator: Literal["known", "==", "!=", "in"] = _OPERATORS.get(self._peek(), "known")
        values: tuple[str, ...] = ()
        if operator != "known":
            self._next += 1
            values = self._values() if operator == "in" else (self._value(),)
        end = self._tokens[self._next - 1]
        comparison = Comparison(variable=name, op=operator, values=values)
        self._check(comparison, inside(self._text, at, end[0] + len(end[1]) - at))
        return comparison

    def _values(self) -> tuple[str, ...]:
        opened = self._tokens[self._next - 1][0]
        if self._peek() != "(":
            raise _Wrong(opened, 2, "after 'in' comes a list", "values such as (invoices, orders)")
        at = self._tokens[self._next][0]
        self._next += 1
        values = [self._value()]
        while self._peek() == ",":
            self._next += 1
            values.append(self._value())
        self._close(at)
        return tuple(values)

    def _value(self) -> str:
        at, word = self._word("a value")
        if word in _WORDS and not self._tokens[self._next - 1][2]:
            raise _Wrong(at, len(word), f"'{word}' stands where a value belongs", "a value", "put it in quotes")
        return word

    def _word(self, expected: str) -> tuple[int, str]:
        if self._next >= len(self._tokens):
            raise _Wrong(0, max(1, len(self._text.value)), "the condition ends too early", expected)
        at, token, quoted = self._tokens[self._next]
        if not quoted and token in {"(", ")", ",", "==", "!="}:
            raise _Wrong(at, len(token), f"'{token}' is not understood here", expected)
        self._next += 1
        return at, token[1:-1] if quoted else token
