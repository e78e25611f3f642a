"""Facts of waiting: a place that is given back, and what a waiting caller was told."""

from __future__ import annotations

from typing import Literal

from gateway.core.facts.base import SideFact

LeftReason = Literal[
    "",  # answered, abandoned, lost; or written before there were reasons
    "full",  # as many waited as may
    "ewt_max",  # the estimated wait was longer than the team allows
    "nobody_logged_in",  # nobody who could answer was, or was any more
    "nobody_free_soon",  # whoever was logged in had a pause
    "max_wait",  # the team, and its overflow, had their time
    "step_wait",  # the longest wait of the step was over
    "key",  # the caller pressed a key to leave
    "moved",  # the caller came to another team's queue
]
"""Why a contact left the queue that was not answered (QueueLeft)."""


class PlaceRegained(SideFact, frozen=True, kw_only=True):
    """The caller had waited for this team in the call `before`, was gone for `away_s`, and is ordered by `since` (Unix
    seconds) as if he had stayed. His contact and his wait clock are new ones: the earlier one stays as it was counted
    (`reason`)."""

    team: str
    before: str
    reason: Literal["abandoned", "lost"]
    since: float
    away_s: float
    position: int


class WaitTold(SideFact, frozen=True, kw_only=True):
    """An announcement to a waiting caller began. `what`: his place or his estimated wait or both ("numbers"), the
    thanks because both are more than what was told before, or not known ("thanks"), or the next of the periodic texts
    ("text"). What was not said is None; of one contact neither number is ever larger than the one before."""

    team: str
    what: Literal["numbers", "thanks", "text"]
    position: int | None = None
    ewt_s: float | None = None
    """As it was said, rounded up."""


AnyQueueFact = PlaceRegained | WaitTold
