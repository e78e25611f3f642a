"""The small grammar of `if:`; a page of code reads it and nothing is ever executed.

    condition := and-part ("or" and-part)*
    and-part  := part ("and" part)*
    part      := "not" part | "(" condition ")" | left [compare right | "in" "(" value ("," value)* ")"]
    left      := variable | function "(" variable ["," value] ")"
    compare   := "==" | "!=" | "<" | "<=" | ">" | ">="
    right     := value | "{" variable "}"

What stands alone asks whether it has a value. A value is a word, a number, a date, a time or a "quoted text".
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from gateway.config.fields import shown
from gateway.config.problems import Place
from gateway.config.variables import NAME
from gateway.core.flow.base import Function, Operator
from gateway.core.flow.model import AllOf, AnyOf, Comparison, Condition, Not

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.config.problems import Problems
    from gateway.config.source import Scalar

LENGTH_MAX = 500
DEPTH_MAX = 10
FUNCTIONS: dict[str, Function] = {name: name for name in get_args(Function)}
TWO = frozenset({"starts_with", "ends_with"})
"""Functions that need a value beside the variable."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<op>==|!=|<=|>=|[<>(),])|(?P<quoted>"[^"]*"|'[^']*')|(?P<read>\{[^{}]*\})|(?P<word>[^\s(),"'=!<>{}]+))"""
)
_WORDS = {"and", "or", "not", "in"}
_OPERATORS: dict[str, Operator] = {name: name for name in get_args(Operator) if name != "known"}
_SIGNS = {"(", ")", ",", *_OPERATORS} - _WORDS
_HINTS = {
    "=": "to compare, write ==",
    "!": "to compare, write !=",
    "{": "the value of a variable is one name in { }",
    "}": "the value of a variable is one name in { }",
}


class _Wrong(Exception):  # noqa: N818 - carries a problem inside this module
    def __init__(
        self, at: int, width: int, message: str, expected: str = "", hint: str = "", *, among: Iterable[str] = ()
    ) -> None:  # fmt: skip
        super().__init__(message)
        self.at, self.width, self.message, self.expected, self.hint = at, width, message, expected, hint
        self.among = tuple(among)


class _Token(NamedTuple):
    at: int
    text: str
    kind: str
    """op, quoted, read or word."""


def parse(text: Scalar, problems: Problems, check: Callable[[Comparison, Place], None]) -> Condition | None:
    """The condition that `text` writes; None with a problem if it does not follow the grammar. `check` is called with
    each comparison and the place of it, to judge names and values."""
    try:
        return _Parser(text, check).whole()
    except _Wrong as wrong:
        problems.add(
            inside(text, wrong.at, wrong.width),
            wrong.message,
            expected=wrong.expected,
            hint=wrong.hint,
            wrong=text.value[wrong.at : wrong.at + wrong.width] if wrong.among else "",
            among=wrong.among,
        )
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
            at, word, _ = self._tokens[self._next]
            hint = "a number has a point, such as 12.50" if word == "," else ""
            raise _Wrong(at, len(word), f"'{shown(word)}' is not understood here", "and, or, or the end", hint)
        return condition

    @staticmethod
    def _split(text: str) -> list[_Token]:
        tokens, at = [], 0
        text = text.rstrip()
        while at < len(text):
            found = _TOKEN.match(text, at)
            if not found:
                bad = len(text) - len(text[at:].lstrip())
                raise _Wrong(bad, 1, f"'{shown(text[bad])}' is not understood here", hint=_HINTS.get(text[bad], ""))
            kind = found.lastgroup or "op"
            tokens.append(_Token(found.start(kind), found[kind], kind))
            at = found.end()
        return tokens

    def _peek(self, ahead: int = 0) -> str:
        """The next token, if it is a word or a sign."""
        if self._next + ahead >= len(self._tokens):
            return ""
        token = self._tokens[self._next + ahead]
        return token.text if token.kind in {"op", "word"} else ""

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
                opened = self._tokens[self._next].at
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
        first = self._next
        at = self._tokens[first].at if first < len(self._tokens) else 0
        function, name, argument = self._left()
        operator: Operator = _OPERATORS.get(self._peek(), "known")
        values: tuple[str, ...] = ()
        other = ""
        if operator == "in":
            self._next += 1
            values = self._values()
        elif operator != "known":
            self._next += 1
            other = self._read()
            values = () if other else (self._value(),)
        end = self._tokens[self._next - 1]
        comparison = Comparison(
            variable=name, op=operator, values=values, function=function, argument=argument, other=other
        )
        self._check(comparison, inside(self._text, at, end.at + len(end.text) - at))
        return comparison

    def _left(self) -> tuple[Function | Literal[""], str, str]:
        """(function, variable, what else the function needs) of the left side."""
        if self._peek(1) != "(" or self._peek() in {"", *_SIGNS}:
            return "", self._name(), ""
        at, name, _ = self._tokens[self._next]
        function = FUNCTIONS.get(name)
        if function is None:
            raise _Wrong(at, len(name), f"there is no function '{shown(name)}'", ", ".join(FUNCTIONS), among=FUNCTIONS)
        opened = self._tokens[self._next + 1].at
        self._next += 2
        inner = self._next
        variable = self._name()
        if self._peek() == "(":
            at, name, _ = self._tokens[inner]
            raise _Wrong(at, len(name), "a function cannot stand in another one", "the name of a variable")
        argument = ""
        if function in TWO:
            if self._peek() != ",":
                expected = f'such as {function}({variable}, "+48")'
                raise _Wrong(at, len(name), f"'{function}' needs a variable and a text", expected)
            self._next += 1
            argument = self._value()
        elif self._peek() == ",":
            comma = self._tokens[self._next].at
            raise _Wrong(comma, 1, f"'{function}' needs a variable and nothing else", f"{function}({variable})")
        self._close(opened)
        return function, variable, argument

    def _name(self) -> str:
        at, name = self._word("the name of a variable")
        if not NAME.fullmatch(name) or name in _WORDS:
            raise _Wrong(at, len(name), f"'{shown(name)}' is not the name of a variable", "a variable")
        return name

    def _values(self) -> tuple[str, ...]:
        opened = self._tokens[self._next - 1].at
        if self._peek() != "(":
            raise _Wrong(opened, 2, "after 'in' comes a list", "values such as (invoices, orders)")
        at = self._tokens[self._next].at
        self._next += 1
        values = [self._value()]
        while self._peek() == ",":
            self._next += 1
            values.append(self._value())
        self._close(at)
        return tuple(values)

    def _read(self) -> str:
        """The variable of `{name}`, if that is next."""
        if self._next >= len(self._tokens) or self._tokens[self._next].kind != "read":
            return ""
        at, token, _ = self._tokens[self._next]
        name = token[1:-1].strip()
        if not NAME.fullmatch(name):
            raise _Wrong(at, len(token), f"'{shown(name)}' is not the name of a variable", "a variable")
        self._next += 1
        return name

    def _value(self) -> str:
        at, word = self._word("a value")
        if word in _WORDS and self._tokens[self._next - 1].kind != "quoted":
            raise _Wrong(at, len(word), f"'{word}' stands where a value belongs", "a value", "put it in quotes")
        return word

    def _word(self, expected: str) -> tuple[int, str]:
        if self._next >= len(self._tokens):
            raise _Wrong(0, max(1, len(self._text.value)), "the condition ends too early", expected)
        at, token, kind = self._tokens[self._next]
        if kind == "read" or (kind == "op" and token in _SIGNS):
            raise _Wrong(at, len(token), f"'{token}' is not understood here", expected)
        self._next += 1
        return at, token[1:-1] if kind == "quoted" else token
