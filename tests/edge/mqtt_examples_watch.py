"""Made-up facts of watching over the office, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import CaseEscalated, TaskClosed, TaskOpened, TaskOverdue
from gateway.core.facts.watch import (
    AlarmCleared,
    AlarmRaised,
    SupervisionChanged,
    SupervisionEnded,
    SupervisionRefused,
    SupervisionStarted,
)
from tests.edge.mqtt_examples_usual import CAUSE

T = 1_795_420_800.0
CALL, LISTENER = "line1-6f1c2a-31", "line1-6f1c2a-33"


def watched() -> list[AnyFact]:
    """One of each kind."""
    task = f"{CALL}.t1"
    heard = {"call": LISTENER, "who": "ewa", "agent": "piotr", "talk": "line1-6f1c2a-32"}
    return [
        CaseEscalated(at=T + 147, case="10008", to="ewa", level="leader", why="limit_over"),
        TaskOpened(
            at=T + 148,
            call=CALL,
            task=task,
            whose="agent",
            to="anna",
            client="1001",
            number="+48601000101",
            why="two_abandons",
            due_at=T + 148 + 86_400,
        ),
        TaskOverdue(at=T + 149, task=task, due_at=T + 148 + 86_400),
        TaskClosed(at=T + 150, task=task, result="done", who="anna"),
        AlarmRaised(
            at=T + 151, alarm="longest_wait", team="care", value=60.0, threshold=60.0, since=T + 151, cause=CAUSE
        ),
        AlarmCleared(at=T + 152, alarm="longest_wait", team="care", since=T + 151, lasted_s=1.0),
        AlarmRaised(at=T + 152, alarm="nobody_logged_in", team="technical", value=60.0, threshold=60.0, since=T + 92),
        SupervisionRefused(at=T + 152, call=LISTENER, who="ewa", agent="anna", code="2001", reason="not_talking"),
        SupervisionStarted(at=T + 153, **heard, announced=True),
        SupervisionChanged(at=T + 154, **heard, mode="whisper"),
        SupervisionEnded(at=T + 155, **heard, how="key", lasted_s=2.0),
    ]
