"""A whole box: two abandons become a task, an office without anybody an alarm, and both outlive a kill -9."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gateway.core.facts.desk import TaskClosed, TaskOpened
from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from tests.sip.box import Box
from tests.sip.harness import ROOT, wait_until
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip
FLOW = """
flow: main
language: en
start: office
steps:
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""
ALWAYS = "hours: {office: {daily: 24h, holidays: open}}\nalarms: {nobody: 10s}\n"


@pytest.fixture
def anna():
    phone = Phone("anna", mode="ring")
    yield phone
    phone.close()


@pytest.fixture
def box(tmp_path, anna):
    with Box(tmp_path, agents={"anna": anna.uri}, flow=FLOW, more=ALWAYS) as made:
        yield made


def abandon(box: Box, anna: Phone) -> None:
    """Call, let it ring, hang up."""
    before = box.so_far()
    caller = Phone("+48601000101")
    try:
        assert caller.call(box.uri("100")).code == 200
        anna.wait_for("INVITE", 20)
        caller.bye()
        box.ended(before + 1, 30)
    finally:
        caller.close()
    wait_until(lambda: box.agent("anna") == "idle", 40, "anna's phone rings on")
    anna.forget()


def tasks(box: Box) -> list[dict]:
    command = [sys.executable, "-m", "gateway", "tasks", "--json", "--state", str(box.state)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def test_two_abandons_are_a_task_over_a_kill(box: Box, anna: Phone) -> None:
    abandon(box, anna)
    assert tasks(box) == []
    box.kill()
    box.start()
    abandon(box, anna)
    wait_until(lambda: of(box, TaskOpened), 20, "no task")
    (task,) = tasks(box)
    assert (task["opened"]["why"], task["opened"]["to"]) == ("two_abandons", "office")
    abandon(box, anna)
    assert len(tasks(box)) == 1
    assert box.status()["desk"]["tasks"] == 1
    words = [sys.executable, "-m", "gateway", "tasks", "done", task["opened"]["task"], "--who", "ola"]
    subprocess.run([*words, "--state", str(box.state)], cwd=ROOT, check=True, timeout=60, capture_output=True)
    wait_until(lambda: of(box, TaskClosed), 20, "the task is not closed")
    assert tasks(box) == []


def test_an_office_without_anybody_is_an_alarm_over_a_kill(box: Box) -> None:
    box.command("anna", "logout")
    wait_until(lambda: of(box, AlarmRaised), 60, "no alarm")
    box.kill()
    box.start()
    wait_until(lambda: box.status().get("alarms"), 20, "the alarm is forgotten")
    told = subprocess.run(
        [sys.executable, "-m", "gateway", "status", "--state", str(box.state)],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=True,
    ).stdout  # fmt: skip
    assert "ALARM" in told
    assert "nobody has been logged in" in told
    box.command("anna", "login")
    wait_until(lambda: of(box, AlarmCleared), 20, "the alarm is not cleared")
    assert len(of(box, AlarmRaised)) == 1
    assert box.status()["alarms"] == []
