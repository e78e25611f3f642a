"""The steps in which the caller's voice is kept, or the caller leaves the team something to do."""

from __future__ import annotations

from typing import ClassVar

from gateway.core.facts.desk import SurveyKind, Whose
from gateway.core.flow.base import Prompt, Question, Retry, Step


class Voicemail(Step, frozen=True, kw_only=True):
    """Leave a message. `to` is "by_client" (the assigned manager; for callers without a client, the team `team`), a
    team, an agent or a box; which of these, `whose` says, "agent" for by_client."""

    VERB: ClassVar[str] = "voicemail"
    HUMAN: ClassVar[bool] = True
    EXITS: ClassVar[tuple[str, ...]] = ("then", "too_short", "failed")

    to: str
    whose: Whose
    team: str = ""
    prompt: Prompt | None = None
    longest_s: float = 120.0
    shortest_s: float = 2.0
    """Less sound than that is no message."""
    finish_on: str = "#"
    """"any": every key; empty: none, the caller hangs up."""
    then: str
    too_short: Retry
    failed: str = ""
    """Step when it could not be recorded; empty: the site's goodbye."""


class CallBack(Question, frozen=True, kw_only=True):
    """Leave a number to be called back at. `prompt` says the number (CALL_BACK_NUMBER) and asks whether it is right:
    first the caller's own, then each that was keyed after `another`. `to`, `whose`, `team` as of Voicemail."""

    VERB: ClassVar[str] = "callback"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "human", "refused", "no_input", "no_match")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"human", "refused"})

    to: str
    whose: Whose
    team: str = ""
    another: Prompt
    next_key_s: float = 4.0
    then: str
    refused: str = ""
    """Step for a client who does not want to be called back (`do_not_call_back` in clients.csv); empty: as when
    nothing that can be used was keyed."""


CALL_BACK_NUMBER = "call_back_number"
"""The variable in which the step keeps the number."""


class Consent(Question, frozen=True, kw_only=True):
    """May the talk be recorded? Only `yes_key` is a yes; everything else, and a client who is never recorded, a no."""

    VERB: ClassVar[str] = "consent"
    EXITS: ClassVar[tuple[str, ...]] = ("yes", "no", "human", "no_input", "no_match")

    yes_key: str = "1"
    no_key: str = "2"
    yes: str
    no: str


class Survey(Question, frozen=True, kw_only=True):
    """One question to the caller about the call: how content (csat), how likely to recommend (nps), how easy (ces), or
    whether the matter is solved."""

    VERB: ClassVar[str] = "survey"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "human", "no_input", "no_match")

    kind: SurveyKind
    next_key_s: float = 3.0
    """With nps: how long a 1 waits for the 0 that makes it ten."""
    then: str
