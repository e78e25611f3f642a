"""The steps that know the calendar: open or closed, a public holiday, and saying by telephone that it is otherwise."""

from __future__ import annotations

from typing import ClassVar, Literal

from gateway.core.flow.base import Question, Step


class HoursStep(Step, frozen=True, kw_only=True):
    """Asks a calendar of the site (verb `hours`)."""

    VERB: ClassVar[str] = "hours"
    EXITS: ClassVar[tuple[str, ...]] = ("open", "closed", "holiday")
    ELSE: ClassVar[dict[str, str]] = {"holiday": "closed"}
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    calendar: str
    open: str
    closed: str
    holiday: str = ""
    """Step when it is closed because of a public holiday; empty: as closed."""


class HolidayStep(Step, frozen=True, kw_only=True):
    """Asks whether a day is a public holiday (verb `holiday`)."""

    VERB: ClassVar[str] = "holiday"
    EXITS: ClassVar[tuple[str, ...]] = ("yes", "no")
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    day: Literal["today", "tomorrow"] = "today"
    yes: str
    no: str


class OverrideStep(Question, frozen=True, kw_only=True):
    """Asks for the site's PIN, then says that a calendar is open or closed for a while, or as usual (verb
    `override`). A wrong PIN is a no_match; the digits are written down nowhere."""

    VERB: ClassVar[str] = "override"
    EXITS: ClassVar[tuple[str, ...]] = ("then", "no_input", "no_match")

    calendar: str
    to: Literal["open", "closed", "normal"]
    until: str = ""
    """As `override.read_end` reads it; empty: the end of the day."""
    next_key_s: float = 4.0
    then: str
