"""Tasks that nobody asked for: whom the team should call back, because one bad contact loses a client.

Two reasons make one: a caller of the same client (of a stranger: from the same number) hung up in the queue for the
second time within 24 h, or was not content (1 or 2 of 5). It is the manager's, else the team's. While one is
open the same reason makes no other; abandons that made one are used up. Trials of drafts make none.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec.structs import replace

from gateway.core.facts.calls import CallEnded
from gateway.core.facts.desk import SurveyAnswered, TaskClosed, TaskOpened, TaskOverdue

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.desk import TaskWhy, Whose

DUE_S = 24 * 3600.0
"""Somebody should have called by then."""
ABANDONS, ABANDONS_S = 2, 24 * 3600.0
CSAT_LOW = 2


class Task(msgspec.Struct, frozen=True, kw_only=True):
    """A task and what has become of it."""

    opened: TaskOpened
    overdue: bool = False
    closed: TaskClosed | None = None


class _Abandon(NamedTuple):
    at: float
    whom: str


def _whom(client: str, number: str) -> str:
    """Whose contacts belong together: the client's, whatever number they call from; else the number's."""
    return f"client {client}" if client else number


def _abandoned(fact: CallEnded) -> bool:
    """Whether a caller gave up waiting: not somebody whom we called, and no trial."""
    record = fact.record
    return record.outcome == "abandoned" and record.direction == "in" and not record.draft


class Tasks:
    """All tasks of the journal, by id, and the abandons of the last 24 h."""

    def __init__(self) -> None:
        self.by_id: dict[str, Task] = {}
        self._open: dict[str, tuple[str, TaskWhy]] = {}
        """Task that nobody has closed -> for whom, and why."""
        self._abandons: deque[_Abandon] = deque()
        self._used: dict[str, float] = {}
        """Whose abandons up to when have made a task."""

    def apply(self, fact: AnyFact) -> None:
        """One fact more, of any kind."""
        match fact:
            case TaskOpened():
                self.by_id[fact.task] = Task(opened=fact)
                whom = _whom(fact.client, fact.number)
                self._open[fact.task] = whom, fact.why
                if fact.why == "two_abandons":
                    self._used[whom] = fact.at
                    self._abandons = deque(one for one in self._abandons if one.whom != whom)
            case TaskOverdue() if fact.task in self.by_id:
                self.by_id[fact.task] = replace(self.by_id[fact.task], overdue=True)
            case TaskClosed() if fact.task in self.by_id:
                self.by_id[fact.task] = replace(self.by_id[fact.task], closed=fact)
                self._open.pop(fact.task, None)
            case CallEnded() if _abandoned(fact):
                whom = _whom(fact.record.client, fact.record.caller)
                while self._abandons and self._abandons[0].at <= fact.at - ABANDONS_S:
                    self._abandons.popleft()
                if whom and fact.at > self._used.get(whom, 0.0):
                    self._abandons.append(_Abandon(fact.at, whom))
            case _:
                pass

    def open(self) -> tuple[Task, ...]:
        """Those that nobody has closed, the nearest limit first."""
        found = [self.by_id[id_] for id_ in self._open]
        return tuple(sorted(found, key=lambda task: task.opened.due_at))

    def has_open(self, whom: str, why: TaskWhy) -> bool:
        """Whether there is one for that reason already."""
        return (whom, why) in self._open.values()

    def abandons(self, whom: str) -> int:
        """How often he hung up in the queue within the last 24 h before the last time that anybody did."""
        return sum(one.whom == whom for one in self._abandons)

    def next_id(self, call: str) -> str:
        """An id that no task of the call has."""
        number = 1
        while f"{call}.t{number}" in self.by_id:
            number += 1
        return f"{call}.t{number}"


def follow(ex: Exchange, fact: AnyFact) -> None:
    """What a fact means to the tasks, after it was folded."""
    match fact:
        case TaskOpened():
            ex.turn.after(fact.due_at - ex.turn.now, "task", fact.task)
        case TaskClosed():
            ex.turn.cancel("task", fact.task)
        case CallEnded() if _abandoned(fact):
            record = fact.record
            whom = _whom(record.client, record.caller)
            if whom and ex.desk.tasks.abandons(whom) >= ABANDONS:
                _need(ex, fact.call, "two_abandons", client=record.client, number=record.caller, team=record.team)
        case SurveyAnswered(kind="csat") if fact.score <= CSAT_LOW:
            call = ex.calls.get(fact.call)
            if call is not None and not call.draft:
                number = call.story.record.caller
                _need(ex, fact.call, "low_csat", client=fact.client, number=number, team=fact.team)
        case _:
            pass


def resume(ex: Exchange) -> None:
    """After a start: the limits of all that are open, those that passed meanwhile at once."""
    for task in ex.desk.tasks.open():
        if not task.overdue:
            ex.turn.after(task.opened.due_at - ex.turn.now, "task", task.opened.task)


def due(ex: Exchange, task_id: str) -> None:
    """Nobody has done it in time."""
    task = ex.desk.tasks.by_id.get(task_id)
    if task is not None and task.closed is None and not task.overdue:
        ex.turn.note(TaskOverdue(at=ex.turn.now, task=task_id, due_at=task.opened.due_at))


def _need(ex: Exchange, call: str, why: TaskWhy, *, client: str, number: str, team: str) -> None:
    tasks = ex.desk.tasks
    if not (client or number) or tasks.has_open(_whom(client, number), why):
        return
    whose, to = _owner(ex, client, number, team)
    ex.turn.note(
        TaskOpened(
            at=ex.turn.now,
            call=call,
            task=tasks.next_id(call),
            whose=whose,
            to=to,
            client=client,
            number=number,
            why=why,
            due_at=ex.turn.now + DUE_S,
        )
    )


def _owner(ex: Exchange, client: str, number: str, team: str) -> tuple[Whose, str]:
    """The client's manager or whom the rule table gave the number, else the team that the caller wanted, else the
    client's team, else the first."""
    site, known, assigned = ex.site, ex.site.clients.get(client), ex.owners.assigned.get(number)
    manager = known.manager if known is not None else assigned.manager if assigned is not None else ""
    if manager in site.agents:
        return "agent", manager
    teams = [name for name in (team, known.team if known is not None else "") if name in site.teams]
    return "team", next(iter((*teams, *site.teams)), "")
