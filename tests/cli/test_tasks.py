"""`gateway tasks` and `gateway cases`: what the journal tells, and what a running gateway is told."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Self

import pytest

from gateway.core.events_desk import DeskCommanded
from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import CaseEscalated, CaseOpened, TaskClosed, TaskOpened
from gateway.edge.control import ControlServer
from gateway.errors import SettingError
from tests.cli.desk_state import ids, run, written

T = 1_795_420_800.0
NUMBER = "+48601000101"


def opened(task: str, *, to: str = "anna", why: str = "two_abandons", due_at: float = T + 86_400) -> TaskOpened:
    return TaskOpened(at=T, task=task, whose="agent", to=to, client="1001", number=NUMBER, why=why, due_at=due_at)


@pytest.fixture
def state(tmp_path: Path) -> Path:
    facts: list[AnyFact] = [
        opened("t1", due_at=T + 9e9), opened("t2", to="ewa", why="low_csat", due_at=T - 90 * 86_400), opened("t3"),
        TaskClosed(at=T + 1, task="t3", result="cancelled", who="anna"),
        CaseOpened(at=T, case="10008", kind="complaint", whose="agent", to="anna", resolve_by=T + 1),
        CaseEscalated(at=T + 2, case="10008", to="piotr", level="leader", why="limit_over"),
    ]  # fmt: skip
    return written(tmp_path, facts)


def test_open_tasks_are_listed_the_nearest_limit_first(state: Path) -> None:
    told = run(state, "tasks")
    assert ids(told) == ["t2", "t1"]
    late, early = told.splitlines()[1:]
    assert "was not content" in late
    assert "OVERDUE" in late
    assert NUMBER in early
    assert "hung up in the queue twice in a day" in early
    assert "due in" in early
    assert ids(run(state, "tasks", "--for", "ewa")) == ["t2"]
    assert run(state, "tasks", "--for", "nobody") == "no tasks\n"


def test_all_of_them_and_as_json(state: Path) -> None:
    assert sorted(ids(run(state, "tasks", "--all"))) == ["t1", "t2", "t3"]
    assert "cancelled" in run(state, "tasks", "--all")
    found = json.loads(run(state, "tasks", "--json"))
    assert [(one["opened"]["task"], one["opened"]["number"], one["closed"]) for one in found] == [
        ("t2", NUMBER, None),
        ("t1", NUMBER, None),
    ]


def test_a_case_shows_before_whom_it_is(state: Path) -> None:
    assert "before piotr (leader)" in run(state, "cases")


def test_who_deals_with_one_needs_the_gateway(state: Path) -> None:
    with pytest.raises(SettingError, match="no gateway runs"):
        run(state, "tasks", "done", "t1")


class Gateway:
    """The control socket of one that notes what it is told, and refuses what is called t9."""

    def __init__(self, state: Path) -> None:
        self.told: list[DeskCommanded] = []
        self._path = state / "control.sock"
        self._up, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def _take(self, event: DeskCommanded) -> str:
        self.told.append(event)
        return "there is no task t9" if event.id == "t9" else ""

    async def _serve(self) -> None:
        server = ControlServer(
            self._path, status=dict, on_command=lambda _event: "", on_stop=lambda **_: None, on_desk=self._take
        )
        async with server:
            self._up.set()
            while not self._over.is_set():  # noqa: ASYNC110 - a test
                await asyncio.sleep(0.01)

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(20)
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(20)


def test_a_running_gateway_is_told(state: Path) -> None:
    with Gateway(state) as gateway:
        assert run(state, "tasks", "done", "t1", "--who", "ola") == "task t1 is done\n"
        assert run(state, "tasks", "cancel", "t2", "--who", "ola") == "task t2 is cancelled\n"
        with pytest.raises(SettingError, match="no task t9"):
            run(state, "tasks", "done", "t9")
    assert gateway.told[:2] == [
        DeskCommanded(what="task", id="t1", deed="done", who="ola"),
        DeskCommanded(what="task", id="t2", deed="cancelled", who="ola"),
    ]
