"""What the team still has to do for callers: a fold over the facts of `facts.desk`, live and from the journal alike.

`gateway messages` folds the same facts by the same class, so what it lists is what the box knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import msgspec

from gateway.core.desk import cases, escalation, tasks
from gateway.core.desk.call_backs import CallBackBook
from gateway.core.desk.cases import Cases
from gateway.core.desk.tasks import Tasks
from gateway.core.facts.desk import (
    CallBackClosed,
    CallBackRequested,
    CaseClosed,
    CaseReopened,
    MessageDone,
    MessageLeft,
    RecordingDeleted,
    TaskClosed,
)
from gateway.core.quality import quality
from gateway.core.quality.book import QualityBook
from gateway.core.site.quality_form import Question

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.core.board.exchange import Exchange
    from gateway.core.events_desk import DeskCommanded, DeskDeed, DeskThing
    from gateway.core.facts.all import AnyFact

DEEDS: dict[DeskThing, tuple[DeskDeed, ...]] = {
    "message": ("done",),
    "call_back": ("reached", "not_reached", "cancelled"),
    "case": ("answered", "closed", "reopened"),
    "task": ("done", "cancelled"),
    "sample": ("scored",),
}
"""What can be done with what."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message and what has become of it."""

    left: MessageLeft
    done: MessageDone | None = None
    deleted: bool = False
    """Its file was kept long enough."""


class CallBackTask(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who wants to be called back, and what has become of it."""

    requested: CallBackRequested
    closed: CallBackClosed | None = None


class DeskView(msgspec.Struct, frozen=True, kw_only=True):
    """For `gateway status`."""

    messages: int
    messages_overdue: int
    call_backs: int = 0
    call_backs_overdue: int = 0
    call_backs_by_state: dict[str, int] = msgspec.field(default_factory=dict)
    """Of those that the box dials by itself: a state of `desk.call_backs.py` -> how many."""
    cases: int = 0
    cases_breached: int = 0
    tasks: int = 0
    tasks_overdue: int = 0
    """Of the tasks those that are not done in time; talks to be scored stand apart, below."""
    samples: int = 0
    samples_overdue: int = 0
    score_form: tuple[Question, ...] = ()
    recording_trouble: str = ""
    """Why recordings fail since `recording_trouble_since`; empty: they do not."""
    recording_trouble_since: float | None = None


class Desk:
    """Everything that callers left, dealt with or not, by id. Trials of drafts are not in it."""

    def __init__(self) -> None:
        self.messages: dict[str, Message] = {}
        self._message_of: dict[str, str] = {}
        self.call_backs: dict[str, CallBackTask] = {}
        self.cases = Cases()
        self.tasks = Tasks()
        self.call_back_book = CallBackBook()
        self.quality = QualityBook()

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        self.cases.apply(fact)
        self.tasks.apply(fact)
        self.call_back_book.apply(fact)
        self.quality.apply(fact)
        match fact:
            case MessageLeft() if not fact.draft:
                self.messages[fact.message] = Message(left=fact)
                self._message_of[fact.file] = fact.message
            case MessageDone() if fact.message in self.messages:
                self.messages[fact.message] = msgspec.structs.replace(self.messages[fact.message], done=fact)
            case CallBackRequested() if not fact.draft:
                self.call_backs[fact.call_back] = CallBackTask(requested=fact)
            case CallBackClosed() if fact.call_back in self.call_backs:
                task = self.call_backs[fact.call_back]
                self.call_backs[fact.call_back] = msgspec.structs.replace(task, closed=fact)
            case RecordingDeleted() if fact.file in self._message_of:
                message = self._message_of[fact.file]
                self.messages[message] = msgspec.structs.replace(self.messages[message], deleted=True)
            case _:
                pass

    def open_messages(self) -> tuple[MessageLeft, ...]:
        """Those that nobody has dealt with, the oldest first."""
        return tuple(m.left for m in self.messages.values() if m.done is None and not m.deleted)

    def open_call_backs(self) -> tuple[CallBackRequested, ...]:
        """Those that nobody has closed, whoever has waited longest first: the place in the queue is kept."""
        tasks = [task.requested for task in self.call_backs.values() if task.closed is None]
        return tuple(sorted(tasks, key=lambda task: task.at if task.waiting_since is None else task.waiting_since))

    def problem(self, event: DeskCommanded) -> str:
        """Why the command cannot be obeyed, and what to do; empty when it can."""
        if event.deed not in DEEDS[event.what]:
            return f"a {event.what.replace('_', '-')} cannot be {event.deed}: {', '.join(DEEDS[event.what])}"
        if event.what == "call_back":
            task = self.call_backs.get(event.id)
            if task is None:
                return f"there is no call-back {event.id}: `gateway callbacks` lists them"
            return f"call-back {event.id} was closed before" if task.closed is not None else ""
        if event.what == "case":
            return self._case_problem(event)
        if event.what == "task":
            task_ = self.tasks.by_id.get(event.id)
            if task_ is None:
                return f"there is no task {event.id}: `gateway tasks` lists them"
            if task_.opened.kind == "quality" and event.deed == "done":
                return f"task {event.id} is done by a score: `gateway quality score {task_.opened.call}`"
            return f"task {event.id} was closed before" if task_.closed is not None else ""
        if event.what == "sample":
            return ""  # `quality.problem` judges it
        message = self.messages.get(event.id)
        if message is None:
            return f"there is no message {event.id}: `gateway messages` lists them"
        return f"message {event.id} was done before" if message.done is not None else ""

    def _case_problem(self, event: DeskCommanded) -> str:
        case = self.cases.find(event.id)
        if case is None:
            return f"there is no case {event.id}: `gateway cases` lists them"
        if event.deed == "reopened":
            return "" if case.closed is not None else f"case {event.id} is open"
        if case.closed is not None:
            return f"case {event.id} was closed before; it can be reopened"
        return f"case {event.id} was answered before" if event.deed == "answered" and case.answered is not None else ""


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to what is left to do, after it was folded."""
    cases.follow(ex, fact)
    escalation.follow(ex, fact)
    tasks.follow(ex, fact)
    quality.follow(ex, fact)


def problem(ex: Exchange, event: DeskCommanded) -> str:
    """Why a command cannot be obeyed, and what to do; empty when it can. A score is judged by the site's form."""
    return ex.desk.problem(event) or (quality.problem(ex, event) if event.what == "sample" else "")


def resume(ex: Exchange, facts: Iterable[AnyFact] = ()) -> None:
    """After a start: every deadline that the journal holds; `facts` are what it tells."""
    cases.resume(ex)
    escalation.resume(ex)
    tasks.resume(ex)
    quality.recovered(ex, facts)


def commanded(ex: Exchange, event: DeskCommanded) -> None:
    """Do it, if it can be done (asked before: two at once may come)."""
    if problem(ex, event):
        return
    match event.deed:
        case "done" | "cancelled" if event.what == "task":
            ex.turn.note(TaskClosed(at=ex.turn.now, task=event.id, result=event.deed, who=event.who))
        case "done":
            ex.turn.note(MessageDone(at=ex.turn.now, message=event.id, who=event.who))
        case "reached" | "not_reached" | "cancelled":
            ex.turn.note(CallBackClosed(at=ex.turn.now, call_back=event.id, result=event.deed, who=event.who))
        case "answered":
            cases.answer(ex, event.id, agent=event.who)
        case "closed":
            took_s = ex.turn.now - ex.desk.cases.by_number[event.id].opened.at
            ex.turn.note(CaseClosed(at=ex.turn.now, case=event.id, resolution_s=took_s, who=event.who))
        case "scored":
            quality.score(ex, event)
        case "reopened":
            ex.turn.note(CaseReopened(at=ex.turn.now, case=event.id, who=event.who))
        case _:
            assert_never(event.deed)


def look(ex: Exchange, now: float) -> DeskView:
    """The desk at `now`."""
    messages = ex.desk.open_messages()
    call_backs = ex.desk.open_call_backs()
    unsolved, todo = ex.desk.cases.unsolved(), [task for task in ex.desk.tasks.open() if task.opened.kind != "quality"]
    samples = ex.desk.quality.open()
    since, why = ex.recording_trouble or (None, "")
    return DeskView(
        messages=len(messages),
        messages_overdue=sum(message.due_at < now for message in messages),
        call_backs=len(call_backs),
        call_backs_overdue=sum(call_back.due_at < now for call_back in call_backs),
        call_backs_by_state=ex.desk.call_back_book.by_state() if ex.site.call_backs is not None else {},
        cases=len(unsolved),
        cases_breached=sum(case.breached for case in unsolved),
        tasks=len(todo),
        tasks_overdue=sum(task.opened.due_at < now for task in todo),
        samples=len(samples),
        samples_overdue=sum(sample.sampled.due_at < now for sample in samples),
        score_form=ex.site.quality.form if ex.site.quality is not None else (),
        recording_trouble=why,
        recording_trouble_since=since,
    )
