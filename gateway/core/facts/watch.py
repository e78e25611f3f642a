"""Facts of watching over the office: alarms that are raised and cleared, and who listens to whose talk."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import SideFact
from gateway.core.facts.usual import WaitCause

AlarmKind = Literal[
    "nobody_logged_in",  # the office is open, and nobody of the team is logged in
    "longest_wait",  # a caller has waited for the team longer than it allows
    "service_level",  # the team cannot reach its service level in this quarter of an hour any more
    "trunk_down",  # the trunk `subject` of a line takes and makes no calls
    "recording",  # what should have been recorded could not be
    "many_people",  # the client `subject` has talked with more different agents in 30 days than is allowed
]
SupervisionMode = Literal["listen", "whisper", "barge"]
SupervisionEnd = Literal["key", "hung_up", "talk_over", "restart"]
SupervisionRefusal = Literal["off", "no_such_agent", "not_yours", "not_talking", "other_line", "draft", "busy"]


class AlarmRaised(SideFact, frozen=True, kw_only=True):
    """Something is wrong since `since`, and is until the AlarmCleared of the same alarm, team and subject. `value` and
    `threshold` are seconds (nobody_logged_in, longest_wait) or shares of 1 (service_level: the best that can still come
    of it, and the target) or agents (many_people); None where nothing is measured."""

    alarm: AlarmKind
    team: str = ""
    subject: str = ""
    """The trunk, as line/trunk; the reason why a recording failed; the client's number in clients.csv."""
    value: float | None = None
    threshold: float | None = None
    since: float
    cause: WaitCause | None = None
    """Of longest_wait and service_level: why callers wait; None: there is no history to compare with."""


class AlarmCleared(SideFact, frozen=True, kw_only=True):
    """It is over; exactly one for each AlarmRaised."""

    alarm: AlarmKind
    team: str = ""
    subject: str = ""
    since: float
    lasted_s: float


class SupervisionStarted(SideFact, frozen=True, kw_only=True):
    """The agent `who` hears the talk `talk` (a call's id) of `agent` from now on; `call` is the supervisor's own. With
    `announced` both who talk have been told. `whisper`: the agent hears him, too; `barge`: both do."""

    who: str
    agent: str
    talk: str
    mode: SupervisionMode = "listen"
    announced: bool = False
    do_not_record: bool = False
    """The client is one whose talks are not recorded: listening is not recording, but somebody may ask."""


class SupervisionChanged(SideFact, frozen=True, kw_only=True):
    """The supervisor went over to another mode."""

    who: str
    agent: str
    talk: str
    mode: SupervisionMode


class SupervisionEnded(SideFact, frozen=True, kw_only=True):
    """The supervisor hears the talk no more; exactly one for each SupervisionStarted."""

    who: str
    agent: str
    talk: str
    how: SupervisionEnd
    lasted_s: float


class SupervisionRefused(SideFact, frozen=True, kw_only=True):
    """A supervisor keyed `code` to hear `agent` (empty: nobody has it), and may not, or cannot."""

    who: str
    agent: str = ""
    code: str = ""
    reason: SupervisionRefusal


AnyWatchFact = (
    AlarmRaised | AlarmCleared | SupervisionStarted | SupervisionChanged | SupervisionEnded | SupervisionRefused
)
ALARM_KINDS = (AlarmRaised.__name__, AlarmCleared.__name__)
SUPERVISION_KINDS = (SupervisionStarted.__name__, SupervisionEnded.__name__)
"""As the journal names them."""
