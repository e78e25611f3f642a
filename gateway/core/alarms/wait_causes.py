"""Why callers wait longer than they should: more contacts, longer ones, or fewer people than usual.

The rule: of the last quarter of an hour, contacts and people are each compared with what is usual on this day of the
week at this hour, and the handling time of the last hour likewise (contacts and handling time divided by the usual,
people the other way round); whatever is UNUSUAL (1.25) times the usual or more is a cause, the largest first. More
contacts count only if chance alone would hardly bring them: more than two standard deviations (2 x the root of the
usual, as calls come at random) above it. Without history nothing is said, and without a cause that is said, too.
"""

from __future__ import annotations

from math import inf, sqrt
from typing import TYPE_CHECKING

from gateway.core.alarms import cause_words
from gateway.core.alarms.usual import HANDLED_MIN, HOUR_S, QUARTER_S
from gateway.core.facts.usual import Compared, WaitCause

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.facts.usual import Cause

UNUSUAL = 1.25
DEVIATIONS = 2.0


def more_than_chance(now: float, usual: float) -> bool:
    """Whether so many contacts are more than chance brings where so many are usual."""
    return now > usual + DEVIATIONS * sqrt(max(usual, 1.0))


def look(ex: Exchange, team: str, until: float) -> WaitCause | None:
    """The cause, by what happened up to `until`; None without history."""
    lately, since = ex.usual.of(team), until - QUARTER_S
    usual = ex.usual.expected(ex.site, team, since, until)
    if usual is None:
        return None
    handled, handling_s = lately.handling(until - HOUR_S, until)
    looked_s = until - max(since, ex.usual.began or since)
    contacts = Compared(now=lately.contacts(since, until), usual=usual.contacts)
    handling = Compared(now=handling_s / handled if handled >= HANDLED_MIN else None, usual=usual.handling_s)
    staff = Compared(now=lately.staff_s(since, until) / looked_s if looked_s > 0 else None, usual=usual.staff)
    return judged(contacts, handling, staff, weeks=usual.weeks)


def judged(contacts: Compared, handling_s: Compared, staff: Compared, *, weeks: int) -> WaitCause:
    """The rule, on the numbers."""
    ratios: list[tuple[Cause, float]] = [
        ("volume", _ratio(contacts.now, contacts.usual)),
        ("handling_time", _ratio(handling_s.now, handling_s.usual)),
        ("staff", _ratio(staff.usual, staff.now)),
    ]
    if not more_than_chance(contacts.now or 0.0, contacts.usual or 0.0):
        ratios[0] = ("volume", 0.0)
    found = sorted((one for one in ratios if one[1] >= UNUSUAL), key=lambda one: -one[1])
    causes = tuple(cause for cause, _ in found)
    said = cause_words.sentences(causes, contacts, handling_s, staff)
    return WaitCause(causes=causes, contacts=contacts, handling_s=handling_s, staff=staff, weeks=weeks, said=said)


def _ratio(part: float | None, whole: float | None) -> float:
    """0 where one of them is not known, or there is nothing."""
    if part is None or whole is None or part <= 0:
        return 0.0
    return part / whole if whole > 0 else inf
