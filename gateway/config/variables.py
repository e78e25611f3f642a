"""Which variables a flow can use, and how the value of each is said: by name, digit by digit, as a word, as a kind of
value (`as KIND WORDS`), or not.

A text may only hold what can be said with words that are known when the site is loaded, because speech is made then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gateway.config.fields import shown
from gateway.core.flow_model import WELL_KNOWN
from gateway.core.verbal import CASES, CURRENCIES, GENDERS, KINDS, Form

if TYPE_CHECKING:
    from collections.abc import Sequence as SequenceOf

    from gateway.config.problems import Place, Problems
    from gateway.core.verbal import Kind

Spoken = Literal["agent", "client", "called", "digits", "word", ""]
"""What a variable's value can be when it is said: an agent's spoken name, a client's name, one of the site's numbers,
any digits (said one by one), a word that a `set` gives it; or nothing that is known beforehand, so not said."""

SETTABLE = ("area", "language")
"""The well-known variables that `set` may change; the others tell facts of the call."""
NAME = re.compile(r"[^\W\d]\w*(?:\.\w+)?")
_SPOKEN: dict[str, Spoken] = {
    "manager": "agent",
    "client.name": "client",
    "client.id": "digits",
    "called": "called",
}
_OF_DIGITS: tuple[Kind, ...] = ("number", "ordinal", "digits", "phone", "money", "duration", "minute")
_OF_PHONES: tuple[Kind, ...] = ("phone", "digits")

_Setting = tuple[str, str | bool]
_CASES: dict[str, _Setting] = {case: ("case", case) for case in CASES}
_GENDERS: dict[str, _Setting] = {gender: ("gender", gender) for gender in GENDERS}
_CURRENCIES: dict[str, _Setting] = {currency: ("currency", currency) for currency in CURRENCIES}
FORM_WORDS: dict[Kind, dict[str, _Setting]] = {
    "number": {**_GENDERS, **_CASES},
    "ordinal": {**_GENDERS, **_CASES},
    "digits": {},
    "phone": {},
    "money": {**_CURRENCIES, **_CASES, "zero_cents": ("zero_cents", True)},
    "date": {"weekday": ("weekday", True), "no_year": ("year", False), **_CASES},
    "time": _CASES,
    "duration": _CASES,
    "minute": _CASES,
}
"""The words that may stand behind each kind, and what of a Form each settles."""


class Word(NamedTuple):
    """One word of a text, and where it stands."""

    text: str
    place: Place


class Variables(msgspec.Struct):
    """What a flow, and the flows that lead to it, note: `set_values` by name, and the names that `collect` fills."""

    set_values: dict[str, set[str]] = msgspec.field(default_factory=dict)
    collected: set[str] = msgspec.field(default_factory=set)

    def names(self) -> tuple[str, ...]:
        """Every name that can be read."""
        return tuple(dict.fromkeys((*WELL_KNOWN, *self.set_values, *self.collected)))

    def spoken(self, name: str) -> Spoken:
        """How a value of `name` is said. A name that is both collected and set is not said at all."""
        if name in _SPOKEN:
            return _SPOKEN[name]
        if name in self.collected:
            return "" if name in self.set_values else "digits"
        return "word" if name in self.set_values and name != "language" else ""

    def kinds(self, name: str) -> tuple[Kind, ...]:
        """As what the values of `name` can be said. Of a name that is only set, each value has to be looked at."""
        if name in self.collected or name == "client.id":
            return _OF_DIGITS
        if name in {"caller", "called"}:
            return _OF_PHONES
        return KINDS if name in self.set_values and name != "language" else ()

    def add(self, other: Variables) -> bool:
        """Take in another flow's variables; tells whether that changed anything."""
        before = (len(self.collected), sum(len(values) + 1 for values in self.set_values.values()))
        self.collected |= other.collected
        for name, values in other.set_values.items():
            self.set_values.setdefault(name, set()).update(values)
        return before != (len(self.collected), sum(len(values) + 1 for values in self.set_values.values()))


def read_how(words: SequenceOf[Word], problems: Problems, country: str) -> tuple[Kind, Form] | None:
    """What stands behind `as`: a kind, then words of its form in any order. `country` is that of phone numbers.
    None when a problem was noted."""
    first, *rest = words
    kind = next((known for known in KINDS if known == first.text), None)
    if kind is None:
        problems.add(
            first.place,
            f"nothing is said as '{shown(first.text)}'",
            expected=", ".join(KINDS),
            wrong=first.text,
            among=KINDS,
        )
        return None
    known_words = FORM_WORDS[kind]
    form: dict[str, str | bool] = {"country": country} if kind == "phone" else {}
    by_field: dict[str, str] = {}
    sound = True
    for word in rest:
        field, value = known_words.get(word.text, ("", ""))
        if field and field not in by_field:
            by_field[field], form[field] = word.text, value
            continue
        sound = False
        if field:
            problems.add(word.place, f"'{word.text}' beside '{by_field[field]}'", hint="one of them is enough")
        else:
            problems.add(
                word.place,
                f"'{shown(word.text)}' tells nothing about '{kind}'",
                expected=", ".join(known_words) or f"nothing behind '{kind}'",
                wrong=word.text,
                among=tuple(known_words),
            )
    if not sound:
        return None
    if kind == "money" and "currency" not in form:
        problems.add(first.place, "the currency of 'money' is missing", expected=f"money {', money '.join(CURRENCIES)}")
        return None
    return kind, msgspec.convert(form, Form)


def closed(own: dict[str, Variables], leads_to: dict[str, set[str]]) -> dict[str, Variables]:
    """For each flow its own variables and those of every flow from which a call can come to it."""
    known = {flow: Variables() for flow in own}
    for flow, variables in own.items():
        known[flow].add(variables)
    changed = True
    while changed:
        changed = False
        for flow, targets in leads_to.items():
            for target in targets & known.keys():
                changed |= known[target].add(known[flow])
    return known
