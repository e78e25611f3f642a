"""The steps for the office's own people who have signed in: hear a talk, deal with a case."""

from __future__ import annotations

from typing import ClassVar

from gateway.core.flow.base import Prompt, Question


class Supervise(Question, frozen=True, kw_only=True):
    """Asks for an agent's code and lets the one who has signed in hear that agent's talk (verb `supervise`). During it
    1 listens, 2 whispers to the agent, 3 joins the talk, # ends it; then, and when the talk is over, it asks again.
    A # in place of a code leads to `then`."""

    VERB: ClassVar[str] = "supervise"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "no_input", "no_match")

    next_key_s: float = 4.0
    announce: Prompt | None = None
    """Said to both who talk before they are heard, where the site has that."""
    over: Prompt | None = None
    """Said when the talk has ended, in place of the question."""
    not_talking: Prompt | None = None
    """Said in place of the prompt of `no_match` when the agent does not talk."""
    not_yours: Prompt | None = None
    """When it is no agent of a team that he may hear."""
    other_line: Prompt | None = None
    """When the talk is on another line of the box, whose sound cannot be had here."""
    then: str


class CaseDesk(Question, frozen=True, kw_only=True):
    """Asks the one who has signed in for a case's number, then what became of it: 1 answered, 2 closed, 3 reopened
    (verb `case_desk`). The number becomes the variable `case`."""

    VERB: ClassVar[str] = "case_desk"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "refused", "no_input", "no_match")
    OPTIONAL: ClassVar[frozenset[str]] = frozenset({"refused"})

    choose: Prompt
    """The second question."""
    next_key_s: float = 4.0
    then: str
    refused: str = ""
    """Where it leads when nobody has signed in, or the case is past that (closed before, say); empty: `then`."""
