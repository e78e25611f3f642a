"""What becomes of the skills that a waiting caller's matter asks for, to remember."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.facts.base import SideFact


class SkillsRelaxed(SideFact, frozen=True, kw_only=True):
    """The caller has waited so long that less is asked of whoever serves him: the needed levels are lower by a step
    (step_down), or nobody is preferred any more (preference_over). `needs` is what is needed from now on."""

    team: str
    reason: Literal["step_down", "preference_over"]
    needs: dict[str, int] = msgspec.field(default_factory=dict)


AnySkillsFact = SkillsRelaxed
