"""A flow after it was read and checked: steps as frozen structs, each with one verb. `flow.py` walks them.

The language that people write is described in ivr_flows/README.md; `gateway/config/flows.py` turns it into this.
Every step name in here exists in its flow and every variable is known, because the reader refuses the rest.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.actions import Clip
from gateway.core.verbal import Form, Kind


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


class Step(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Root of all steps. `place` is file:line:column of the step, for people."""

    name: str
    place: str = ""


class Say(Step, frozen=True, kw_only=True):
    """Text to speech or a recording (verbs `say` and `play`), then on."""

    verb: Literal["say", "play"] = "say"
    prompt: Prompt
    barge_in: bool = True
    then: str
    """Next step; empty: hang up."""


class Menu(Step, frozen=True, kw_only=True):
    """One key decides."""

    prompt: Prompt
    choices: dict[str, Exit]
    first_key_s: float = 5.0
    no_input: Retry
    no_match: Retry


class Collect(Step, frozen=True, kw_only=True):
    """Several keys become the variable `variable`. With `find` they are looked up; a miss is a no_match."""

    variable: str
    prompt: Prompt
    digits_min: int
    digits_max: int
    finish_on: str = "#"
    first_key_s: float = 6.0
    next_key_s: float = 4.0
    find: Literal["", "client"] = ""
    then: str
    no_input: Retry
    no_match: Retry


class Comparison(msgspec.Struct, frozen=True, tag="cmp", kw_only=True):
    """`variable`, compared. Operator "known" asks whether it has a value."""

    variable: str
    op: Literal["known", "==", "!=", "in"] = "known"
    values: tuple[str, ...] = ()


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


class Branch(Step, frozen=True, kw_only=True):
    """The first rule that holds. The reader makes sure that the last one always holds."""

    rules: tuple[Rule, ...]


class SetValues(Step, frozen=True, kw_only=True):
    """Note values and go on (verb `set`)."""

    values: tuple[tuple[str, str], ...]
    then: str


class Goto(Step, frozen=True, kw_only=True):
    """Go to another step, or to another flow's start (`flow` not empty)."""

    then: str = ""
    flow: str = ""


class Queue(Step, frozen=True, kw_only=True):
    """Wait for a human. `to` is "by_client" (the assigned manager, then the client's team; `team` for callers
    without a client) or a team."""

    to: str
    team: str = ""
    """With by_client: who serves a caller that no client was found for."""
    prompt: Prompt | None = None
    """Said before the music, e.g. "łączę z {manager}"."""
    gave_up: str = ""
    """Step after the overflow ran out; empty: the site's goodbye, then hang up."""
    no_agents: str = ""
    """Step when nobody of the team is logged in; empty: as gave_up."""


class EchoTest(Step, frozen=True, kw_only=True):
    """Send the caller's sound back (verb `echo`) until a key, `length_s`, or hang-up."""

    length_s: float = 60.0
    then: str = ""


class ToneTest(Step, frozen=True, kw_only=True):
    """A steady tone (verb `tone`) until a key, `length_s`, or hang-up: 1004 Hz at 0 dBm0 as technicians expect."""

    hz: float = 1004.0
    level_dbm0: float = 0.0
    length_s: float = 10.0
    then: str = ""


class HangUpStep(Step, frozen=True, kw_only=True):
    """Say something, if told, and end the call (verb `hang_up`)."""

    prompt: Prompt | None = None


AnyStep = Say | Menu | Collect | Branch | SetValues | Goto | Queue | EchoTest | ToneTest | HangUpStep


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One file under `flows/`."""

    id: str
    language: str
    languages: tuple[str, ...]
    start: str
    steps: dict[str, AnyStep]


WELL_KNOWN = (
    "client.known",  # "yes" when the caller's client was found, else unset
    "client.name",
    "client.id",
    "client.team",
    "manager",  # the assigned manager's id
    "caller",  # E.164, unset when withheld
    "called",
    "area",
    "language",
)
"""Variables that every flow can read without setting them. `{manager}` in a text is the spoken, declined name."""
