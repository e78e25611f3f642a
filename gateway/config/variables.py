"""Which variables a flow can use, and how the value of each is said: by name, digit by digit, as a word, as a kind of
value (`as KIND WORDS`), or not.

A text may only hold what can be said with words that are known when the site is loaded, because speech is made then.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from gateway.config.fields import shown
from gateway.core.flow.model import WELL_KNOWN
from gateway.core.speech.fragments import CASES, CURRENCIES, GENDERS, KINDS, Form

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as MappingOf
    from collections.abc import Sequence as SequenceOf

    from gateway.config.problems import Place, Problems
    from gateway.core.service_model import AnswerField, Service
    from gateway.core.speech.fragments import Kind

Spoken = Literal["agent", "client", "called", "digits", "word", "place", "estimate", ""]
"""What a variable's value can be when it is said: an agent's spoken name, a client's name, one of the site's numbers,
any digits (said one by one), a word that a `set` gives it, a place in a queue, an estimated wait; or nothing that is
known beforehand, so not said."""

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
_OF_CLOCK: dict[str, tuple[Kind, ...]] = {
    "now.date": ("date",),
    "now.time": ("time",),
    "opens.date": ("date",),
    "opens.time": ("time",),
}

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
    remembered: set[str] = msgspec.field(default_factory=set)
    """What this flow's own steps keep for later calls, and what its menus name of it."""
    recent: set[str] = msgspec.field(default_factory=set)
    asked: set[str] = msgspec.field(default_factory=set)
    """What `lookup` asks: services."""
    answers: dict[str, AnswerField] = msgspec.field(default_factory=dict)
    """Variable -> what a service's answer has for it."""
    mixed: set[str] = msgspec.field(default_factory=set)
    """Names that one flow hands to another with answers of several kinds."""
    _names: dict[str, None] = msgspec.field(default_factory=dict)
    _names_of: tuple[int, int, int] = (-1, -1, -1)

    def learn(self, services: MappingOf[str, Service]) -> None:
        """What the services that are asked can answer."""
        for service in (services[name] for name in sorted(self.asked) if name in services):
            self.answers.update({service.variable(field): field for field in service.answer})

    def names(self) -> Collection[str]:
        """Every name that can be read. Asked for each text and condition, so it is kept until there are more."""
        size = (len(self.set_values), len(self.collected), len(self.answers))
        if self._names_of != size:
            self._names = dict.fromkeys((*WELL_KNOWN, *self.set_values, *self.collected, *self.answers))
            self._names_of = size
        return self._names.keys()

    def spoken(self, name: str) -> Spoken:
        """How a value of `name` is said. A name that is both collected and set is not said at all."""
        if name in _SPOKEN:
            return _SPOKEN[name]
        if self._unlike(name):
            return ""
        if name in self.answers:
            return "word" if self.answers[name].one_of else "digits" if self.answers[name].kind == "digits" else ""
        if name in self.collected:
            return "digits"
        return "word" if name in self.set_values and name != "language" else ""

    def _unlike(self, name: str) -> bool:
        """Whether the values of a name come from sources of several kinds: nobody knows how to say it then."""
        sources = (name in self.collected, bool(self.set_values.get(name)), name in self.answers)
        return name in self.mixed or sum(sources) > 1

    def kinds(self, name: str) -> tuple[Kind, ...]:
        """As what the values of `name` can be said. Of a name that is only set, each value has to be looked at."""
        if name in self.collected or name == "client.id":
            return _OF_DIGITS
        if name in {"caller", "called"}:
            return _OF_PHONES
        if name in _OF_CLOCK:
            return _OF_CLOCK[name]
        if name in self.answers:
            if self._unlike(name):
                return ()
            return tuple(kind for kind in KINDS if kind == self.answers[name].kind)
        return KINDS if name in self.set_values and name != "language" else ()

    def words(self, name: str) -> Collection[str]:
        """All that a variable which is said as a word can be."""
        return self.answers[name].one_of if name in self.answers else self.set_values[name]

    def currency(self, name: str) -> str:
        """The currency of `name`, where it is known that it never has another one."""
        return self.answers[name].currency if name in self.answers else ""

    def add(self, other: Variables) -> bool:
        """Take in another flow's variables; tells whether that changed anything."""
        before = self._size()
        self.collected |= other.collected
        self.asked |= other.asked
        for name, values in other.set_values.items():
            self.set_values.setdefault(name, set()).update(values)
        return before != self._size()

    def receive(self, name: str, giver: Variables, variable: str) -> None:
        """Another flow hands over, as `name`, what it has as `variable`."""
        if variable in giver.collected:
            self.collected.add(name)
        if variable in giver.set_values:
            self.set_values.setdefault(name, set()).update(giver.set_values[variable])
        if (
            variable in giver.answers
            and self.answers.setdefault(name, giver.answers[variable]) != (giver.answers[variable])
        ):
            self.mixed.add(name)
        if variable in giver.mixed:
            self.mixed.add(name)

    def copy(self) -> Variables:
        """The same, to be added to without changing this."""
        made = Variables(answers=dict(self.answers), mixed=set(self.mixed))
        made.add(self)
        return made

    def weight(self) -> int:
        """Grows with whatever is added."""
        return sum(self._size()) + len(self.answers) + len(self.mixed)

    def _size(self) -> tuple[int, int, int]:
        return len(self.collected), len(self.asked), sum(len(values) + 1 for values in self.set_values.values())


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
