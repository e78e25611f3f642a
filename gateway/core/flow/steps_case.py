"""The steps about cases: open one, ask for one by its number."""

from __future__ import annotations

from typing import ClassVar

from gateway.core.facts.desk import CaseKind, Whose
from gateway.core.flow.base import Prompt, Question, Step

CASE = "case"
"""The variable in which a case's number is kept."""


class OpenCase(Step, frozen=True, kw_only=True):
    """A new case (`case: open`). `to`, `whose`, `team` tell whose it is, as of Voicemail. `limit_s` None: no limit."""

    VERB: ClassVar[str] = "case"
    EXITS: ClassVar[tuple[str, ...]] = ("then",)
    WAITS: ClassVar[bool] = False

    kind: CaseKind
    to: str
    whose: Whose
    team: str = ""
    warn_s: float | None = None
    limit_s: float | None = None
    prompt: Prompt | None = None
    """Said when it is open, with its number."""
    then: str


class CaseStatus(Question, frozen=True, kw_only=True):
    """Asks for a case's number (`case: status`) and goes where the case has come to."""

    VERB: ClassVar[str] = "case"
    EXITS: ClassVar[tuple[str, ...]] = ("open", "closed", "human", "no_input", "no_match")

    next_key_s: float = 4.0
    open: str
    closed: str
