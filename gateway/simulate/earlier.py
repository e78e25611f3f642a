"""What was there before a simulated call: cases and talks of the day before, calendars that were opened or closed by
hand, people who are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from gateway.config.fields import Section, clean, shown
from gateway.config.source import Scalar
from gateway.core.facts.calls import CallEnded, CallRecord
from gateway.core.facts.desk import CaseClosed, CaseOpened
from gateway.core.facts.hours import HoursOverridden
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.flow.check_digits import is_right
from gateway.core.flow.steps import Collect
from gateway.core.site.directory import Directory
from gateway.core.site.owners import Absence
from gateway.errors import SettingError
from gateway.simulate import surge

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.desk import AnyDeskFact
    from gateway.core.site.site import Site
    from gateway.simulate.plan import Plan

OPENED_S, CLOSED_S = 86_400.0, 43_200.0
"""Before the call."""
SPOKE_S = 86_400.0
"""Before the call somebody else spoke with the caller."""
AWAY_S = 86_400.0
"""Before and after the call whoever is absent is."""
HELD_S = 14_400.0
"""So long after the call a calendar stays as somebody said."""
_STATES: tuple[Literal["open", "closed"], ...] = ("open", "closed")


def before(plan: Plan, site: Site) -> tuple[AnyFact, ...]:
    """All that a journal would hold of the time before the call, oldest first."""
    found = (*cases(plan, site), *answers(plan, site), *talks(plan), *overrides(plan), *surge.before(plan, site))
    return tuple(sorted(found, key=lambda fact: fact.at))


def cases(plan: Plan, site: Site) -> Iterator[AnyDeskFact]:
    """The facts of the cases of the plan's caller, as the journal would hold them; they have no limit, so nothing
    comes of it."""
    client = Directory(site).by_number(plan.caller)
    whose = client.id if client is not None else ""
    for number, closed in plan.cases.items():
        opened_at = plan.at - OPENED_S
        yield CaseOpened(
            at=opened_at, call="", case=number, kind="question", whose="box", to="", client=whose, caller=plan.caller
        )
        if closed:
            took_s = OPENED_S - CLOSED_S
            yield CaseClosed(at=opened_at + took_s, call="", case=number, resolution_s=took_s)


def overrides(plan: Plan) -> Iterator[HoursOverridden]:
    """The facts of the plan's calendars."""
    for calendar, to in plan.hours.items():
        yield HoursOverridden(at=plan.at - 60, calendar=calendar, to=to, until=plan.at + HELD_S)


def answers(plan: Plan, site: Site) -> Iterator[AnswerRemembered]:
    """The facts of what the plan's caller keyed the day before."""
    client = Directory(site).by_number(plan.caller)
    for name, value in plan.remembered.items():
        whose = client.id if client is not None else ""
        yield AnswerRemembered(at=plan.at - OPENED_S, call="", caller=plan.caller, client=whose, name=name, value=value)


def read_remembered(section: Section, site: Site) -> dict[str, str]:
    """`remembered: {order: "1234"}` of a scripted call: what the caller keyed on an earlier day."""
    found: dict[str, str] = {}
    node = section.mapping("remembered", expected='names and digits, such as {order: "1234"}')
    names = rememberable(site)
    for name, (key, value) in (node.items if node else {}).items():
        digits = clean(value.value) if isinstance(value, Scalar) else ""
        if name not in names:
            section.problems.add(
                key.place,
                f"no 'collect' of this site remembers '{shown(name)}'",
                expected=", ".join(names) or "nothing: no step has remember: yes",
                wrong=name,
                among=names,
            )
        elif not (digits.isascii() and digits.isdecimal()):
            section.problems.add(value.place, f"'{shown(digits)}' is nothing that can be keyed", expected="digits")
        else:
            found[name] = digits
    return found


def parse_remembered(options: Iterable[str], site: Site) -> dict[str, str]:
    """`--remembered order=1234`. Raises SettingError."""
    found: dict[str, str] = {}
    names = rememberable(site)
    for given in options:
        name, _, digits = given.partition("=")
        if name not in names:
            among = ", ".join(names) or "none has remember: yes"
            raise SettingError(f"--remembered: no 'collect' of this site remembers '{name}' ({among})")
        if not (digits.isascii() and digits.isdecimal()):
            raise SettingError(f"--remembered: '{given}' is not such as {name}=1234")
        found[name] = digits
    return found


def parse_cases(options: Iterable[str]) -> dict[str, bool]:
    """`--case 10008` or `--case 10008=closed`: each number, and whether that case is closed. Raises SettingError."""
    found: dict[str, bool] = {}
    for given in options:
        number, _, state = given.partition("=")
        if not _is_case(number):
            raise SettingError(f"--case: no case has the number '{number}', such as 10008 would be one")
        if state not in {"", *_STATES}:
            raise SettingError(f"--case: '{given}' is not such as {number}=closed")
        found[number] = state == "closed"
    return found


def rememberable(site: Site) -> tuple[str, ...]:
    """The names that some `collect` of the site remembers."""
    steps = (step for flow in site.flows.values() for step in flow.steps.values())
    return tuple(dict.fromkeys(step.variable for step in steps if isinstance(step, Collect) and step.remember))


def absences(site: Site, plan: Plan) -> Site:
    """The site with those away who are said to be: from the day before the call to the day after, with the deputy that
    gateway.yaml names."""
    return with_away(site, away(site, plan), plan.at)


def away(site: Site, plan: Plan) -> tuple[str, ...]:
    """Who is said to be absent."""
    return tuple(name for name in site.agents if plan.habit(name).at_first.manner == "absent")


def with_away(site: Site, names: Collection[str], at: float) -> Site:
    """The site with these agents away, from AWAY_S before `at` to AWAY_S behind it."""
    agents = dict(site.agents)
    for name in names:
        absence = Absence(since=at - AWAY_S, until=at + AWAY_S, deputy=agents[name].deputy)
        agents[name] = replace(agents[name], absences=(absence,))
    return replace(site, agents=agents) if names else site


def talks(plan: Plan) -> Iterator[CallEnded]:
    """The end of the call in which somebody spoke with this caller before."""
    if plan.last_spoke and plan.caller:
        record = CallRecord(call="sim-before", caller=plan.caller, answered_by=plan.last_spoke, outcome="answered")
        yield CallEnded(at=plan.at - SPOKE_S, call=record.call, record=record)


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
        if not _is_case(number):
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


def _is_case(number: str) -> bool:
    return number.isascii() and number.isdecimal() and is_right(number, "damm")


def read_disk(section: Section) -> bool:
    """`disk: full` of a scripted call."""
    node = section.scalar("disk", expected="full")
    if node is not None and clean(node.value) != "full":
        section.problems.add(node.place, f"'{shown(node.value)}' is nothing that a disk can be", expected="full")
    return node is not None
