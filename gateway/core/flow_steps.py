"""The steps that say, ask, decide and lead to people. Their structs only: what they do stands in `steps/`."""

from __future__ import annotations

from typing import ClassVar, Literal

from gateway.core.flow_base import Exit, Prompt, Retry, Rule, Step


class Say(Step, frozen=True, kw_only=True):
    """Text to speech or a recording (verbs `say` and `play`), then on."""

    VERB: ClassVar[str] = "say"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)

    verb: Literal["say", "play"] = "say"
    prompt: Prompt
    barge_in: bool = True
    then: str
    """Next step; empty: hang up."""


class Menu(Step, frozen=True, kw_only=True):
    """One key decides."""

    VERB: ClassVar[str] = "menu"
    EXITS: ClassVar[tuple[str, ...]] = ("choices", "no_input", "no_match")

    prompt: Prompt
    choices: dict[str, Exit]
    first_key_s: float = 5.0
    no_input: Retry
    no_match: Retry


class Collect(Step, frozen=True, kw_only=True):
    """Several keys become the variable `variable`. With `find` they are looked up; a miss is a no_match."""

    VERB: ClassVar[str] = "collect"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "no_input", "no_match")

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


class Branch(Step, frozen=True, kw_only=True):
    """The first rule that holds. The reader makes sure that the last one always holds."""

    VERB: ClassVar[str] = "branch"
    EXITS: ClassVar[tuple[str, ...]] = ("rules",)
    WAITS: ClassVar[bool] = False

    rules: tuple[Rule, ...]


class SetValues(Step, frozen=True, kw_only=True):
    """Note values and go on (verb `set`)."""

    VERB: ClassVar[str] = "set"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False

    values: tuple[tuple[str, str], ...]
    then: str


class Goto(Step, frozen=True, kw_only=True):
    """Go to another step, or to another flow's start (`flow` not empty)."""

    VERB: ClassVar[str] = "go_to"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False

    then: str = ""
    flow: str = ""


class Queue(Step, frozen=True, kw_only=True):
    """Wait for a human. `to` is "by_client" (the assigned manager, then the client's team; `team` for callers
    without a client) or a team."""

    VERB: ClassVar[str] = "queue"
    EXITS: ClassVar[tuple[str, ...]] = ("gave_up", "no_agents")
    ELSE: ClassVar[dict[str, str]] = {"no_agents": "gave_up"}

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

    VERB: ClassVar[str] = "echo"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)

    length_s: float = 60.0
    then: str = ""


class ToneTest(Step, frozen=True, kw_only=True):
    """A steady tone (verb `tone`) until a key, `length_s`, or hang-up: 1004 Hz at 0 dBm0 as technicians expect."""

    VERB: ClassVar[str] = "tone"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)

    hz: float = 1004.0
    level_dbm0: float = 0.0
    length_s: float = 10.0
    then: str = ""


class HangUpStep(Step, frozen=True, kw_only=True):
    """Say something, if told, and end the call (verb `hang_up`)."""

    VERB: ClassVar[str] = "hang_up"

    prompt: Prompt | None = None
