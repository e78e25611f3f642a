"""Made-up facts of skills, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.skills import SkillsRelaxed

T = 1_795_420_800.0


def asked_for() -> list[AnyFact]:
    """A caller who has waited for somebody who knows invoices."""
    return [SkillsRelaxed(at=T + 39.2, call="line1-6f1c2a-17", team="care", reason="step_down", needs={"invoices": 4})]
