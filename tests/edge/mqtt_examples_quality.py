"""Made-up facts of the quality sample, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import TaskClosed
from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored

T = 1_795_420_800.0
CALL = "line1-5d20aa-41"


def heard_again() -> list[AnyFact]:
    """One of each kind: a talk of last week, drawn and scored."""
    talk = {"call": CALL, "recording": f"{CALL}.1", "agent": "piotr", "team": "care"}
    return [
        QualitySampled(
            at=T + 156,
            **talk,
            files=(f"recordings/{CALL}.1.wav",),
            reviewer="ewa",
            client="1001",
            week="2026-11-16",
            of=31,
            recorded_at=T - 5 * 86_400,
            length_s=86.5,
            task=f"{CALL}.1.q",
            due_at=T + 156 + 7 * 86_400,
        ),
        QualityDrawn(at=T + 156, week="2026-11-16", talks=58, agents=2, samples=6),
        QualityScored(
            at=T + 157,
            **talk,
            score=85.7,
            answers={"greeting": "no", "clear": "5", "consent": "yes", "case": "yes", "remark": "calm"},
            who="ewa",
            site_version="3f9a1c",
        ),
        TaskClosed(at=T + 157, task=f"{CALL}.1.q", result="done", who="ewa"),
    ]
