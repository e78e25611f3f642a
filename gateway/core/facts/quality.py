"""Facts of the quality sample: which recorded talks were drawn to be heard by somebody else, and how they were scored.

`call` is the call of the talk, which is long over. The sample is a task, too: TaskOpened of kind "quality" comes with
it, TaskClosed when it was scored, withdrawn or deleted.
"""

from __future__ import annotations

from typing import TypeGuard, get_args

import msgspec

from gateway.core.facts.base import SideFact


class QualityFact(SideFact, frozen=True, kw_only=True):
    """Root of the facts in here."""


class QualitySampled(QualityFact, frozen=True, kw_only=True):
    """The talk was drawn for the agent `reviewer` to score: one of `of` recorded talks of `agent` in the week that
    began on the Monday `week` ("2026-11-16", on the site's clock). `files`, relative to the gateway's state folder, are
    its parts in order; `recording` is the first one's, and names the sample."""

    recording: str
    files: tuple[str, ...]
    agent: str
    team: str = ""
    reviewer: str
    client: str = ""
    week: str
    of: int
    recorded_at: float
    """When the last part ended."""
    length_s: float
    """Of all parts."""
    task: str
    due_at: float


class QualityDrawn(QualityFact, frozen=True, kw_only=True):
    """The week that began on the Monday `week` is drawn; once for each week. `talks` of `agents` were recorded to their
    end, `samples` of them were drawn."""

    week: str
    talks: int
    agents: int
    samples: int


class QualityScored(QualityFact, frozen=True, kw_only=True):
    """Somebody (`who`) has heard the talk and answered the form. The last one of a recording counts. `score` is 0 to
    100; 0 when a question of `critical` was answered with no. `answers` by question, as `quality_form` writes them;
    the questions and weights are those of `site_version`."""

    recording: str
    agent: str
    team: str = ""
    score: float
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    critical: tuple[str, ...] = ()
    who: str = ""
    again: bool = False
    """It was scored before."""
    site_version: str = ""


AnyQualityFact = QualitySampled | QualityDrawn | QualityScored

QUALITY_KINDS = tuple(kind.__name__ for kind in get_args(AnyQualityFact))
"""As the journal names them."""


def is_of_quality(fact: object) -> TypeGuard[AnyQualityFact]:
    """Whether a fact of the journal is one of these."""
    return isinstance(fact, QualityFact)
