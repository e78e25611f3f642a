"""`now.surge` of the flows: from when on many more people call than usual."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.alarms import surge
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import QueueEntered, StepEntered
from gateway.core.facts.usual import HourCounted
from gateway.core.flow.model import Branch, Comparison, Exit, HangUpStep, Queue, Rule
from gateway.core.site.site import AlarmRules, SurgeRules
from tests.core.call_back.rig import Office as CallBackOffice
from tests.core.factory import KOWALSKI, NOWAK, STRANGER, Rig, command, flow, prompt, site

from .office import HOUR, MONDAY_9, OFFICE, WARSAW, busy, everybody


def office(**of_surge: float) -> Rig:
    """Who calls in a surge hears a goodbye; anybody else waits."""
    steps = (
        Branch(
            name="look",
            rules=(
                Rule(condition=Comparison(variable="now.surge"), exit=Exit(then="rush")),
                Rule(condition=None, exit=Exit(then="human")),
            ),
        ),
        Queue(name="human", to="by_client", team="office", gave_up="rush"),
        HangUpStep(name="rush", prompt=prompt("Później.")),
    )
    rules = AlarmRules(calendar="office", surge=SurgeRules(**of_surge))
    r = Rig(site(flows={"reception": flow(*steps)}, hours={"office": OFFICE}, alarms=rules), up=False)
    r.now = MONDAY_9 + HOUR / 2
    r.line_up("A")
    return r


def usually(an_hour: int, weeks: int = 4) -> list[HourCounted]:
    """From nine to ten on Mondays."""
    found = []
    for week in range(weeks, 0, -1):
        wall = datetime.fromtimestamp(MONDAY_9, WARSAW).replace(tzinfo=None) - timedelta(weeks=week)
        start = wall.replace(tzinfo=WARSAW).timestamp()
        values = {"offered": an_hour, "handled": 0, "handling_s": 0.0, "staff_s": HOUR}
        found.append(HourCounted(at=start + HOUR, team="", start=start, seen_s=HOUR, **values))
    return found


def came(r: Rig, contacts: int, *, ago_s: float = 60.0, team: str = "office") -> list[QueueEntered]:
    return [QueueEntered(at=r.now - ago_s, call=f"c{n}", team=team, position=1) for n in range(contacts)]


def told(r: Rig) -> bool:
    """Whether somebody who calls now hears of a surge."""
    call = r.call()
    return [fact.step for fact in r.of(StepEntered, call)][1] == "rush"


@pytest.mark.parametrize(
    ("an_hour", "contacts", "is_one"),
    [
        (40, 15, False),  # 1.5 times ten, and mere chance: 10 + 2 x 3.16 is more
        (40, 16, False),
        (40, 17, True),
        (400, 149, False),
        (400, 150, True),
        (0, 2, False),
        (0, 3, True),
        (8, 4, False),  # two are usual: 2 + 2 x 1.41
        (8, 5, True),
    ],
)
def test_many_more_than_usual(an_hour, contacts, is_one):
    r = office()
    r.tell(WatchRecovered(facts=(*usually(an_hour), *came(r, contacts))))
    assert told(r) == is_one


def test_contacts_of_every_team_count_and_those_of_long_ago_do_not():
    r = office()
    some = (*came(r, 9), *came(r, 9, team="sales"))
    r.tell(WatchRecovered(facts=(*usually(40), *some)))
    assert told(r)
    r.pass_time(830)
    assert told(r)
    r.pass_time(20)
    assert not told(r)


def test_how_many_more_and_in_which_time_can_be_set():
    patient, quick = office(factor=3.0), office(within_s=300.0)
    for r in (patient, quick):
        r.tell(WatchRecovered(facts=(*usually(40), *came(r, 20, ago_s=200.0))))
    assert not told(patient)
    assert told(quick)
    quick.pass_time(120)
    assert not told(quick)


def test_a_new_version_sets_it_for_the_next_caller():
    r = office(factor=3.0)
    r.tell(WatchRecovered(facts=(*usually(40), *came(r, 20))))
    assert not told(r)
    of = r.board._ex.site
    r.load(replace(of, version="v2", alarms=replace(of.alarms, surge=SurgeRules())))
    assert told(r)


def test_without_history_whoever_waits_tells():
    """With Jan alone it is two callers: the third hears of it. With nobody but him away it is ten."""
    r = office()
    busy(r)
    command(r, "jan", "unpause")
    assert [told(r) for _ in range(3)] == [False, False, True]
    for agent in ("ewa", "anna", "ola", "piotr"):
        command(r, agent, "unpause")
    assert not told(r)


def test_with_nobody_there_it_is_no_surge():
    r = office()
    everybody(r, "logout", "office")
    everybody(r, "logout", "sales")
    command(r, "anna", "logout")
    assert not told(r)


def test_calls_themselves_make_one():
    r = office()
    r.tell(WatchRecovered(facts=tuple(usually(4))))
    heard = []
    for _ in range(8):
        heard.append(told(r))
        r.pass_time(1)
    assert heard == [False] * 4 + [True] * 4  # 1 + 2 x 1: more than three


@settings(max_examples=60)
@given(
    an_hour=st.integers(0, 200),
    gaps=st.lists(st.integers(1, 200), max_size=40),
    within=st.integers(300, 1800),
    factor=st.sampled_from([1.1, 1.5, 2.0, 5.0]),
)
def test_it_is_what_a_naive_count_says(an_hour, gaps, within, factor):
    r = office(within_s=float(within), factor=factor)
    at, times = r.now, []
    for gap in gaps:
        at -= gap
        times.append(at)
    entered = [QueueEntered(at=at, call=f"c{at}", team="office", position=1) for at in sorted(times)]
    r.tell(WatchRecovered(facts=(*usually(an_hour), *entered)))
    many = sum(r.now - within <= at for at in times)
    usual = an_hour * within / 3600
    assert told(r) == (many >= factor * usual and many > usual + 2 * sqrt(max(usual, 1.0)))


def test_who_waits_to_be_called_back_is_no_caller():
    """Three have asked, nobody was there; Jan comes, and is called by nobody else."""
    o = CallBackOffice()
    for caller in (KOWALSKI, NOWAK, STRANGER):
        o.asks(caller)
    o.login("jan")
    assert len(o.board._ex.room.waiting("office")) + len(o.board._ex.room.waiting("sales")) >= 2
    assert not surge.holds(o.board._ex)
