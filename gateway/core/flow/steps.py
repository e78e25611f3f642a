"""The steps that say, ask, decide and lead to people. Their structs only: what they do stands in `core/steps/`."""

from __future__ import annotations

from typing import ClassVar, Literal

import msgspec

from gateway.core.flow.base import Exit, Prompt, Question, Rule, Step
from gateway.core.flow.check_digits import CheckDigit
from gateway.core.flow.queue_order import Wish
from gateway.core.flow.queue_waiting import Announce, Periodic

Refusal = Literal["busy", "rejected", "unknown", "later"]


class Say(Step, frozen=True, kw_only=True):
    """Text to speech or a recording (verbs `say` and `play`), then on."""

    VERB: ClassVar[str] = "say"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)

    verb: Literal["say", "play"] = "say"
    prompt: Prompt
    barge_in: bool = True
    then: str
    """Next step; empty: hang up."""


RECENT_S = 7 * 86_400.0


class KeyText(msgspec.Struct, frozen=True, kw_only=True):
    """What a menu says of one of its keys."""

    key: str
    prompt: Prompt | None = None
    """None: only said when it is recent."""
    recent: str = ""
    """It comes before the others when the caller gave this answer in an earlier call, or, with "case", has an open
    case, no longer than `within_s` ago."""
    within_s: float = RECENT_S
    prompt_recent: Prompt | None = None
    """In place of `prompt` then; it can say the answer."""


class Menu(Question, frozen=True, kw_only=True):
    """One key decides. After the prompt the texts of the choices are said, those that are recent first."""

    VERB: ClassVar[str] = "menu"
    EXITS: ClassVar[tuple[str, ...]] = ("choices", "human", "no_input", "no_match")

    choices: dict[str, Exit]
    texts: tuple[KeyText, ...] = ()


class Collect(Question, frozen=True, kw_only=True):
    """Several keys become the variable `variable`. With `find` they are looked up; a miss is a no_match."""

    VERB: ClassVar[str] = "collect"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "human", "no_input", "no_match")

    variable: str
    digits_min: int
    digits_max: int
    finish_on: str = "#"
    first_key_s: float = 6.0
    next_key_s: float = 4.0
    find: Literal["", "client"] = ""
    like: tuple[str, ...] = ()
    """Patterns, one of which has to fit: digits, and x for any digit. Empty: any digits."""
    check: CheckDigit = ""
    """By which rule the check digits of what is keyed must be right (`check_digits.py`)."""
    remember: bool = False
    """Keep it for the caller's next calls (`steps/memory.py`)."""
    known: Literal["ask", "skip", "confirm"] = "ask"
    """What to do when the answer is known: ask all the same, take it, or say it (`confirm`) and ask for yes or no."""
    confirm: Prompt | None = None
    yes_key: str = "1"
    no_key: str = "2"
    secret: bool = False
    """What is keyed stands in no fact, is shown to nobody and not remembered."""
    then: str


class Confirm(Question, frozen=True, kw_only=True):
    """Yes or no to what was understood, by one key each."""

    VERB: ClassVar[str] = "confirm"
    EXITS: ClassVar[tuple[str, ...]] = ("yes", "no", "human", "no_input", "no_match")

    yes_key: str = "1"
    no_key: str = "2"
    yes: str
    no: str


class ChooseLanguage(Question, frozen=True, kw_only=True):
    """Each language's text in its own voice, one after the other; a key chooses. Not asked of a caller whose language
    is known."""

    VERB: ClassVar[str] = "language"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "human", "no_input", "no_match")

    languages: dict[str, str]
    """Key -> language."""
    then: str


class Branch(Step, frozen=True, kw_only=True):
    """The first rule that holds. The reader makes sure that the last one always holds."""

    VERB: ClassVar[str] = "branch"
    EXITS: ClassVar[tuple[str, ...]] = ("rules",)
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    rules: tuple[Rule, ...]


class SetValues(Step, frozen=True, kw_only=True):
    """Note values and go on (verb `set`)."""

    VERB: ClassVar[str] = "set"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    values: tuple[tuple[str, str], ...]
    then: str


class Goto(Step, frozen=True, kw_only=True):
    """Go to another step, or to another flow's start (`flow` not empty)."""

    VERB: ClassVar[str] = "go_to"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    then: str = ""
    flow: str = ""


class Split(Step, frozen=True, kw_only=True):
    """A part of the callers goes each way; one caller always goes the same. `split` names it in the facts."""

    VERB: ClassVar[str] = "split"
    EXITS: ClassVar[tuple[str, ...]] = ("ways",)
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    split: str
    ways: dict[str, str]
    """Variant -> step."""
    shares: dict[str, int]
    """Variant -> its part of the sum of all."""


class Publish(Step, frozen=True, kw_only=True):
    """A message for whoever subscribes: `topic` is its last level, `values` are variables of the call by the names
    under which they are sent."""

    VERB: ClassVar[str] = "publish"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    topic: str
    values: dict[str, str]
    then: str


class AnswerStep(Step, frozen=True, kw_only=True):
    """Let it ring for `ringing_s`, then answer. A flow with such a step is not answered before it comes to one, or to
    a step that has to be heard."""

    VERB: ClassVar[str] = "answer"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    ANSWERS: ClassVar[bool] = False

    ringing_s: float = 0.0
    then: str


class RefuseStep(Step, frozen=True, kw_only=True):
    """Do not take the call: an answer of the network, which costs the caller nothing. A call that was answered
    before is hung up."""

    VERB: ClassVar[str] = "refuse"
    ANSWERS: ClassVar[bool] = False

    how: Refusal = "busy"


class Wait(Step, frozen=True, kw_only=True):
    """Silence for a time. Keys are kept for the next step that asks."""

    VERB: ClassVar[str] = "wait"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)

    length_s: float
    then: str


class Queue(Step, frozen=True, kw_only=True):
    """Wait for a human. `to` is "by_client" (the assigned manager, then the client's team; `team` for callers
    without a client) or a team."""

    VERB: ClassVar[str] = "queue"
    HUMAN: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("served", "keys", "gave_up", "no_agents", "full", "waited")
    ELSE: ClassVar[dict[str, str]] = {"no_agents": "gave_up"}
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"served", "full", "waited"})

    to: str
    team: str = ""
    """With by_client: who serves a caller that no client was found for."""
    prompt: Prompt | None = None
    """Said before the music, e.g. "łączę z {manager}"."""
    prompt_other: Prompt | None = None
    """In place of it when somebody else than the assigned manager is rung first; `{manager}` is that person."""
    priority: int | None = None
    """0 to 9, 9 first; None: the client's, else 5."""
    wish: Wish | None = None
    """What is asked of whoever serves the caller, beside what his area asks; None: nothing."""
    gave_up: str = ""
    """Step after the overflow ran out; empty: the site's goodbye, then hang up."""
    no_agents: str = ""
    """Step when nobody of the team is logged in; empty: as gave_up."""
    served: str = ""
    """Step for a caller who is still there when the person has hung up; empty: the call ends."""
    keys: dict[str, Exit] = msgspec.field(default_factory=dict)
    """Keys by which a waiting caller leaves the queue; any other does nothing."""
    full: str = ""
    """Step for one who is not let in, because as many wait as may, or too long; empty: as gave_up."""
    waited: str = ""
    """Step when `max_wait_s` is over; empty: as gave_up."""
    max_wait_s: float = 0.0
    """The longest wait in this step, whatever the team still has; 0: the team's alone."""
    music: str = ""
    """Clip key of what the caller hears in place of the team's music."""
    announce: Announce | None = None
    """In place of the team's; with nothing in it: no announcements here."""
    periodic: Periodic | None = None
    """In place of the team's; without texts: none here."""


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
