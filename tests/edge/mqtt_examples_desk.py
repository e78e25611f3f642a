"""Made-up facts of what callers leave, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts import AnyFact
from gateway.core.facts_desk import MessageDone, MessageLeft, RecordingDeleted, RecordingEnded, RecordingStarted

T = 1_795_420_800.0


def left_behind() -> list[AnyFact]:
    """One of each kind, all about one call after the office's hours."""
    call = "line1-6f1c2a-23"
    message = {"call": call, "file": f"recordings/{call}.1.wav"}
    return [
        RecordingStarted(
            at=T + 141, **message, recording=f"{call}.1", purpose="message", whose="agent", to="anna", shortest_s=2.0
        ),
        RecordingEnded(
            at=T + 152, **message, recording=f"{call}.1", how="stopped", length_s=11.0, sound_s=9.4, level_dbm0=-21.5
        ),
        MessageLeft(
            at=T + 152,
            **message,
            message=f"{call}.1",
            whose="agent",
            to="anna",
            length_s=11.0,
            client="1001",
            caller="+48601000101",
            queued=True,
            due_at=T + 152 + 86400,
        ),
        MessageDone(at=T + 153, message=f"{call}.1", who="anna"),
        RecordingDeleted(at=T + 154, file="recordings/line1-3e9d01-4.1.wav", recorded_at=T - 31 * 86400),
    ]
