"""What steps are made of: what is said, where it leads, under which condition. The steps: `flow.steps.py`."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from gateway.core.actions import Clip
from gateway.core.speech.fragments import Form, Kind


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of a sentence: a clip that is ready, or a variable whose value becomes some (`saying.value_texts`)."""

    clip: Clip | None = None
    variable: str = ""
    kind: Kind | Literal[""] = ""
    """As what the value is said: `{balance as money PLN}`. Empty: as a name, a word, or digit by digit."""
    form: Form = Form()
    """How it is declined, and so on; of use with a kind only."""


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, by language. A recording (`play`) stands under every language of the flow."""

    parts: dict[str, tuple[Part, ...]]


class Retry(msgspec.Struct, frozen=True, kw_only=True):
    """What happens on no input or no match: say `prompt` (or the step's own), up to `tries` times in all,
    then go to `then`."""

    prompt: Prompt | None = None
    tries: int = 2
    then: str = ""
    """A step; empty: hang up after the site's goodbye."""


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """Where a choice leads, and what it notes on the way (`set: {area: invoices}`)."""

    then: str
    set: tuple[tuple[str, str], ...] = ()


Operator = Literal["known", "==", "!=", "in", "<", "<=", ">", ">="]
Function = Literal["length", "digits", "starts_with", "ends_with", "days_since"]


class Comparison(msgspec.Struct, frozen=True, tag="cmp", kw_only=True):
    """`variable`, or what `function` makes of it, compared. Operator "known" asks whether it has a value."""

    variable: str
    op: Operator = "known"
    values: tuple[str, ...] = ()
    function: Function | Literal[""] = ""
    argument: str = ""
    """The second thing that some functions need."""
    other: str = ""
    """The variable that it is compared with, in place of `values`."""


class AllOf(msgspec.Struct, frozen=True, tag="and", kw_only=True):
    parts: tuple[Condition, ...]


class AnyOf(msgspec.Struct, frozen=True, tag="or", kw_only=True):
    parts: tuple[Condition, ...]


class Not(msgspec.Struct, frozen=True, tag="not", kw_only=True):
    part: Condition


Condition = Comparison | AllOf | AnyOf | Not


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """`condition` None: otherwise."""

    condition: Condition | None
    exit: Exit


class Step(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all steps. `place` is file:line:column of the step, for people."""

    VERB: ClassVar[str] = ""
    """The word for the step in the flow language; a step with several says which by `verb`."""
    EXITS: ClassVar[tuple[str, ...]] = ()
    """The fields that lead somewhere, in the order in which people read them: each a step's name, a Retry, a mapping
    of keys or words to Exits, or Rules. What cannot be followed by these fields alone is no exit."""
    ELSE: ClassVar[dict[str, str]] = {}
    """The exit that is taken in place of one that is empty, such as no_agents -> gave_up. Other empty exits end the
    call with the site's goodbye."""
    OPTIONAL: ClassVar[frozenset[str]] = frozenset()
    """The exits that are not there when they are empty."""
    WAITS: ClassVar[bool] = True
    """Whether the step always takes time, or lets the caller hear, key or meet something; a circle of steps that
    do not would never end."""

    HUMAN: ClassVar[bool] = False
    """Whether it leads to a person, or to what a person will hear."""
    ANSWERS: ClassVar[bool] = True
    """Whether the call has to be answered before the step can do its work."""

    name: str
    place: str = ""


class Question(Step, frozen=True, kw_only=True):
    """Root of the steps that ask for keys and have their tries."""

    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"human"})

    prompt: Prompt
    first_key_s: float = 5.0
    no_input: Retry
    no_match: Retry
    human: str = ""
    """Where a 0 leads that means nothing else here."""
