"""What was there before a simulated call: cases of the day before, calendars that were
opened or closed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.config.fields import Section, clean, shown
from gateway.config.source import Scalar
from gateway.core.check_digits import is_right
from gateway.core.facts import HoursOverridden
from gateway.core.facts_desk import CaseClosed, CaseOpened

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gateway.core.facts_desk import AnyDeskFact
    from gateway.simulate.plan import Plan

OPENED_S, CLOSED_S = 86_400.0, 43_200.0
"""Before the call."""
HELD_S = 14_400.0
"""So long after the call a calendar stays as somebody said."""
_STATES: tuple[Literal["open", "closed"], ...] = ("open", "closed")


def cases(plan: Plan) -> Iterator[AnyDeskFact]:
    """The facts of the plan's cases, as the journal would hold them; they have no limit, so nothing comes of it."""
    for number, closed in plan.cases.items():
        opened_at = plan.at - OPENED_S
        yield CaseOpened(at=opened_at, call="", case=number, kind="question", whose="box", to="")
        if closed:
            took_s = OPENED_S - CLOSED_S
            yield CaseClosed(at=opened_at + took_s, call="", case=number, resolution_s=took_s)


def overrides(plan: Plan) -> Iterator[HoursOverridden]:
    """The facts of the plan's calendars."""
    for calendar, to in plan.hours.items():
        yield HoursOverridden(at=plan.at - 60, calendar=calendar, to=to, until=plan.at + HELD_S)


def read_hours(section: Section, calendars: Collection[str]) -> dict[str, Literal["open", "closed"]]:
    """`hours: {office: closed}` of a scripted call: what somebody has said of a calendar that day."""
    found: dict[str, Literal["open", "closed"]] = {}
    node = section.mapping("hours", expected="calendars and open or closed, such as {office: closed}")
    for calendar, (key, value) in (node.items if node else {}).items():
        word = clean(value.value) if isinstance(value, Scalar) else ""
        state = next((state for state in _STATES if state == word), None)
        if calendar not in calendars:
            section.problems.add(
                key.place,
                f"there is no calendar '{shown(calendar)}'",
                expected=", ".join(calendars),
                wrong=calendar,
                among=tuple(calendars),
            )
        elif state is None:
            section.problems.add(
                value.place,
                f"'{shown(word)}' is neither open nor closed",
                expected="open, closed",
                wrong=word,
                among=_STATES,
            )
        else:
            found[calendar] = state
    return found


def read_cases(section: Section) -> dict[str, bool]:
    """`cases: {"10008": closed}` of a scripted call: each number, and whether that case is closed."""
    found: dict[str, bool] = {}
    node = section.mapping("cases", expected='numbers and open or closed, such as {"10008": closed}')
    for number, (key, value) in (node.items if node else {}).items():
        state = clean(value.value) if isinstance(value, Scalar) else ""
        if not (number.isascii() and number.isdecimal() and is_right(number, "damm")):
            section.problems.add(
                key.place,
                f"no case has the number '{shown(number)}'",
                expected="digits, the last of which checks the others, such as 10008",
            )
        elif state not in _STATES:
            section.problems.add(value.place, f"case {number} is neither open nor closed", expected="open, closed")
        else:
            found[number] = state == "closed"
    return found


def read_disk(section: Section) -> bool:
    """`disk: full` of a scripted call."""
    node = section.scalar("disk", expected="full")
    if node is not None and clean(node.value) != "full":
        section.problems.add(node.place, f"'{shown(node.value)}' is nothing that a disk can be", expected="full")
    return node is not None
