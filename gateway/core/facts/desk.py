"""Facts of what callers leave behind: recordings, messages, consents, answers to surveys, call-backs, cases, tasks.

They are work for the team, or evidence; `gateway messages`, `callbacks`, `cases` and `tasks` are folds of them.
"""

from __future__ import annotations

from typing import Literal, TypeGuard, get_args

from gateway.core.facts.base import Fact

Whose = Literal["agent", "team", "box"]
RecordingEnd = Literal[
    "stopped",  # a key, or the flow
    "longest",  # it was as long as it may be
    "leg_over",  # somebody hung up
    "failed",  # the disk, or the sound; `reason` says it
    "lost",  # the line never told; the file can be played up to where it came
]
SurveyKind = Literal["csat", "nps", "ces", "solved"]
CallBackResult = Literal[
    "reached",
    "not_reached",
    "cancelled",
    "called_in",  # the client called by himself, and talked with somebody
    "replaced",  # the client asked again; the newer call-back has the place
]
CaseKind = Literal["question", "complaint"]
CaseLevel = Literal["manager", "leader", "director"]
TaskKind = Literal[
    "call_back",
    "quality",  # a recorded talk to be scored (quality.py)
]
TaskWhy = Literal[
    "two_abandons",  # hung up in the queue a second time within 24 h
    "low_csat",  # was not content: 1 or 2 of 5
    "sampled",  # the talk was drawn to be scored
]
TaskResult = Literal["done", "cancelled"]


class DeskFact(Fact, frozen=True, kw_only=True):
    """Root of the facts in here."""


class RecordingStarted(DeskFact, frozen=True, kw_only=True):
    """Something is recorded from now on. `file` is relative to the gateway's state folder. `whose` and `to` tell for
    whom a message is; a conversation (what the caller says left, the agent right) has `agent` instead."""

    recording: str
    file: str
    purpose: Literal["message", "conversation"]
    whose: Whose = "box"
    to: str = ""
    agent: str = ""
    shortest_s: float = 0.0
    """A message with less sound than that is none."""
    team: str = ""
    """Of a conversation, with `client` and `draft`: the talk's team."""
    client: str = ""
    draft: bool | None = None
    """None: from before it stood here."""


class RecordingEnded(DeskFact, frozen=True, kw_only=True):
    """It is over; exactly one for each RecordingStarted. What is not known is None."""

    recording: str
    file: str
    how: RecordingEnd
    length_s: float | None = None
    sound_s: float | None = None
    """Of a message: how much of it is not silence."""
    level_dbm0: float | None = None
    """Of a message: RMS of what is not silence."""
    reason: str = ""


class RecordingDeleted(DeskFact, frozen=True, kw_only=True):
    """The file was deleted because it was older than `recordings: keep:` says."""

    file: str
    recorded_at: float


class MessageLeft(DeskFact, frozen=True, kw_only=True):
    """Somebody left a message; `message` is the recording. `length_s` is None when the line died over it. `queued`:
    the queue had given the caller up in this call, so the contact ends as voicemail. `due_at`: 24 h later."""

    message: str
    whose: Whose
    to: str
    file: str
    length_s: float | None
    client: str = ""
    caller: str = ""
    queued: bool = False
    due_at: float
    draft: bool = False


class MessageDone(DeskFact, frozen=True, kw_only=True):
    """A message was dealt with."""

    message: str
    who: str = ""


class ConsentGiven(DeskFact, frozen=True, kw_only=True):
    """The caller agreed by a key to be recorded."""

    step: str
    client: str = ""


class ConsentRefused(DeskFact, frozen=True, kw_only=True):
    """Nothing that is said in this call is recorded. `do_not_record`: so says the client's row, nobody was asked."""

    step: str
    reason: Literal["no", "no_input", "no_match", "do_not_record"]
    client: str = ""


class SurveyAnswered(DeskFact, frozen=True, kw_only=True):
    """One answer. `score`: csat 1 to 5, nps 0 to 10, ces 1 to 7, solved 1 (yes) or 0 (no). `agent` and `team` are those
    of the call's last talk, empty when there was none."""

    kind: SurveyKind
    score: int
    step: str = ""
    client: str = ""
    manager: str = ""
    agent: str = ""
    team: str = ""


class CallBackRequested(DeskFact, frozen=True, kw_only=True):
    """The caller wants to be called back at `number` (E.164): a task for an agent, a team or a box. `waiting_since` is
    when the caller came to the queue in this call (None: never): the place is not lost. `queued` as in MessageLeft."""

    call_back: str
    number: str
    whose: Whose
    to: str
    client: str = ""
    area: str = ""
    waiting_since: float | None = None
    queued: bool = False
    due_at: float
    draft: bool = False
    language: str = ""
    """In which the caller was spoken to."""
    priority: int = 5
    """With which the caller waited."""
    cut_off: bool = False
    """Nobody has asked for it: the caller was cut off while waiting, by a fault of the box."""


class CallBackClosed(DeskFact, frozen=True, kw_only=True):
    """The task is over. Only a contact that was `reached` counts as called back."""

    call_back: str
    result: CallBackResult
    who: str = ""


class CaseOpened(DeskFact, frozen=True, kw_only=True):
    """A matter with a number, whose last digit checks it. `warn_at`, `resolve_by`: None without a limit."""

    case: str
    kind: CaseKind
    whose: Whose
    to: str
    client: str = ""
    caller: str = ""
    area: str = ""
    warn_at: float | None = None
    resolve_by: float | None = None
    draft: bool = False


class CaseAsked(DeskFact, frozen=True, kw_only=True):
    """A caller keyed the number of a case and went the way of open or closed."""

    step: str
    case: str
    open: bool


class CaseAnswered(DeskFact, frozen=True, kw_only=True):
    """The first human contact about the case: its first-response clock stops."""

    case: str
    agent: str = ""
    first_response_s: float


class CaseWarned(DeskFact, frozen=True, kw_only=True):
    """The case is open, and its limit is near."""

    case: str
    resolve_by: float


class CaseBreached(DeskFact, frozen=True, kw_only=True):
    """The case was open longer than its limit."""

    case: str
    resolve_by: float


class CaseClosed(DeskFact, frozen=True, kw_only=True):
    """Solved. `resolution_s` counts from the opening, the time in which it was closed before included."""

    case: str
    resolution_s: float
    who: str = ""


class CaseReopened(DeskFact, frozen=True, kw_only=True):
    """It was not solved after all; its clock goes on as if it had never been closed."""

    case: str
    who: str = ""


class CaseEscalated(DeskFact, frozen=True, kw_only=True):
    """The case is brought before another person, the agent `to`; once for each level of a case. `why`: its limit is
    near, is over, or is over and the case still open."""

    case: str
    to: str
    level: CaseLevel
    why: Literal["limit_near", "limit_over", "still_open"]


class TaskOpened(DeskFact, frozen=True, kw_only=True):
    """Somebody has to be looked after: the agent or team `to` calls `number` (E.164) back, or scores a talk. `call`
    gave the reason."""

    task: str
    kind: TaskKind = "call_back"
    whose: Whose
    to: str
    client: str = ""
    number: str = ""
    why: TaskWhy
    due_at: float


class TaskOverdue(DeskFact, frozen=True, kw_only=True):
    """The task is open, and its time is over; once for each."""

    task: str
    due_at: float


class TaskClosed(DeskFact, frozen=True, kw_only=True):
    """Somebody has done it, or has said that it need not be done."""

    task: str
    result: TaskResult
    who: str = ""


AnyDeskFact = (
    RecordingStarted
    | RecordingEnded
    | RecordingDeleted
    | MessageLeft
    | MessageDone
    | ConsentGiven
    | ConsentRefused
    | SurveyAnswered
    | CallBackRequested
    | CallBackClosed
    | CaseOpened
    | CaseAsked
    | CaseAnswered
    | CaseWarned
    | CaseBreached
    | CaseClosed
    | CaseReopened
    | CaseEscalated
    | TaskOpened
    | TaskOverdue
    | TaskClosed
)

DESK_KINDS = tuple(kind.__name__ for kind in get_args(AnyDeskFact))
"""As the journal names them."""


def is_of_desk(fact: object) -> TypeGuard[AnyDeskFact]:
    """Whether a fact of the journal is one of these."""
    return isinstance(fact, DeskFact)
