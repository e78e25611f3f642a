"""A flow after it was read and checked: steps as frozen structs, each with one verb. `steps/walk.py` walks them.

The language that people write is described in ivr_flows/README.md; `gateway/config/flows.py` turns it into this.
Every step name in here exists in its flow and every variable is known, because the reader refuses the rest.
"""

from __future__ import annotations

import msgspec

from gateway.core.flow.base import (
    AllOf,
    AnyOf,
    Comparison,
    Condition,
    Exit,
    Not,
    Part,
    Prompt,
    Question,
    Retry,
    Rule,
    Step,
)
from gateway.core.flow.steps import (
    AnswerStep,
    Branch,
    ChooseLanguage,
    Collect,
    Confirm,
    EchoTest,
    Goto,
    HangUpStep,
    KeyText,
    Menu,
    Publish,
    Queue,
    RefuseStep,
    Say,
    SetValues,
    Split,
    ToneTest,
    Wait,
)
from gateway.core.flow.steps_agent import AgentSet, SignIn
from gateway.core.flow.steps_case import CaseStatus, OpenCase
from gateway.core.flow.steps_desk import CaseDesk, Supervise
from gateway.core.flow.steps_hours import HolidayStep, HoursStep, OverrideStep
from gateway.core.flow.steps_lookup import AskService, FindClient
from gateway.core.flow.steps_ring import Ring, Transfer
from gateway.core.flow.steps_subflow import Loop, Return, Subflow
from gateway.core.flow.steps_voice import CallBack, Consent, Survey, Voicemail

__all__ = [
    "WELL_KNOWN", "AgentSet", "AllOf", "AnswerStep", "AnyOf", "AnyStep", "AskService", "Branch", "CallBack",
    "CaseDesk", "CaseStatus", "ChooseLanguage", "Collect", "Comparison", "Condition", "Confirm", "Consent",
    "EchoTest", "Exit", "FindClient", "Flow", "Goto", "HangUpStep", "HolidayStep", "HoursStep", "KeyText", "Loop",
    "Menu", "Not", "OpenCase", "OverrideStep", "Part", "Prompt", "Publish", "Question", "Queue", "RefuseStep", "Retry",
    "Return", "Ring", "Rule", "Say", "SetValues", "SignIn", "Split", "Step", "Subflow", "Supervise", "Survey",
    "ToneTest", "Transfer", "Voicemail", "Wait",
]  # fmt: skip

AnyStep = (
    Say
    | Menu
    | Collect
    | Branch
    | SetValues
    | Goto
    | Queue
    | EchoTest
    | ToneTest
    | HangUpStep
    | AnswerStep
    | ChooseLanguage
    | Confirm
    | Publish
    | RefuseStep
    | Split
    | Wait
    | AskService
    | FindClient
    | HoursStep
    | HolidayStep
    | OverrideStep
    | Subflow
    | Return
    | Loop
    | Voicemail
    | Consent
    | Survey
    | CallBack
    | OpenCase
    | CaseStatus
    | Ring
    | Transfer
    | SignIn
    | AgentSet
    | Supervise
    | CaseDesk
)


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """One flow of a file under `flows/`."""

    id: str
    file: str = ""
    """The file as people name it, such as `flows/reception.yaml`; it may hold several flows."""
    language: str
    languages: tuple[str, ...]
    start: str
    human: str = ""
    """The step that a 0 leads to, or "none" where the flow says that nobody is to be reached."""
    steps: dict[str, AnyStep]

    def answers_itself(self) -> bool:
        """Whether the flow says when the call is answered."""
        return any(isinstance(step, AnswerStep | RefuseStep) for step in self.steps.values())


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
    "agent.id",  # the agent who has signed in by telephone
    "agent.state",  # what he is now: off, idle, ringing, talking, wrap_up or paused
    "agent.then",  # what he will be when his call is over: pause or logout; else unset
    "now.date",  # the site's own day, as 2026-12-24
    "now.time",  # its time, as 09:05
    "now.weekday",  # monday to sunday
    "now.surge",  # "yes" while many more people call than usual, else unset
    "opens.date",  # when the calendar that a step `hours` found closed opens next, as 2026-12-28
    "opens.time",  # and as 08:00; both unset when it was open, or does not open within a year
)
"""Variables that every flow can read without setting them. `{manager}` in a text is the spoken, declined name."""
