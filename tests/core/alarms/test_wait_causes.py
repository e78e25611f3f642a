"""Why callers wait: the rule on numbers, and with alarms and missed quarters of an office."""

from __future__ import annotations

from datetime import datetime, timedelta
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.alarms.wait_causes import judged
from gateway.core.events import AgentCommanded
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.usual import Compared, HourCounted, IntervalMissed, WaitCause
from tests.core.factory import Rig, command

from .office import HOUR, MONDAY_9, QUARTER, WARSAW, abandon_late, answer, busy, raised, rig, waiting


def cause(contacts=(10.0, 10.0), handling_s=(200.0, 200.0), staff=(4.0, 4.0)) -> WaitCause:
    """(now, usual) of each."""
    compared = [Compared(now=now, usual=usual) for now, usual in (contacts, handling_s, staff)]
    return judged(*compared, weeks=4)


@pytest.mark.parametrize(
    ("numbers", "causes"),
    [
        ({}, ()),
        ({"contacts": (24.0, 11.0)}, ("volume",)),
        ({"contacts": (12.4, 10.0)}, ()),
        ({"contacts": (125.0, 100.0)}, ("volume",)),  # 2.5 standard deviations
        ({"contacts": (13.0, 10.0)}, ()),  # 30 % more, and mere chance
        ({"contacts": (3.0, 1.0)}, ()),
        ({"contacts": (4.0, 0.0)}, ("volume",)),
        ({"contacts": (2.0, 0.0)}, ()),
        ({"handling_s": (250.0, 200.0)}, ("handling_time",)),
        ({"handling_s": (249.0, 200.0)}, ()),
        ({"handling_s": (None, 200.0)}, ()),
        ({"handling_s": (500.0, None)}, ()),
        ({"staff": (4.0, 5.0)}, ("staff",)),
        ({"staff": (4.1, 5.0)}, ()),
        ({"staff": (0.0, 2.0)}, ("staff",)),
        ({"staff": (0.0, 0.0)}, ()),
        (
            {"contacts": (40.0, 20.0), "staff": (1.0, 4.0), "handling_s": (300.0, 200.0)},
            ("staff", "volume", "handling_time"),
        ),
        ({"contacts": (40.0, 0.0), "staff": (0.0, 4.0)}, ("volume", "staff")),
    ],
)  # fmt: skip
def test_the_rule(numbers, causes):
    assert cause(**numbers).causes == causes


def test_the_sentence_tells_the_numbers():
    told = cause(contacts=(24.0, 11.25), handling_s=(370.0, 242.0), staff=(1.0, 2.5))
    assert told.causes == ("staff", "volume", "handling_time")
    assert told.said == {
        "pl": "Mniej osób niż zwykle (1, zwykle 2,5); więcej zgłoszeń niż zwykle (24 w kwadrans, zwykle 11,2); "
        "obsługa trwa dłużej niż zwykle (6 min 10 s, zwykle 4 min 2 s).",
        "en": "Fewer people than usual (1, usually 2.5); more contacts than usual (24 in a quarter of an hour, usually "
        "11.2); contacts take longer than usual (6 min 10 s, usually 4 min 2 s).",
    }


def test_where_nothing_is_unusual_that_is_said_and_nothing_is_made_up():
    told = cause(contacts=(9.0, 10.0), handling_s=(None, 42.0), staff=(4.0, 4.0))
    assert told.said == {
        "pl": "Wszystko jak zwykle: 9 zgłoszeń w kwadrans (zwykle 10), obsługa nie wiadomo (zwykle 42 s), osób 4 "
        "(zwykle 4).",
        "en": "All is as usual: 9 contacts in a quarter of an hour (usually 10), handled in not known (usually 42 s), "
        "people 4 (usually 4).",
    }


NUMBERS = st.tuples(st.floats(0, 1000), st.floats(0, 1000))


@given(contacts=NUMBERS, handling_s=NUMBERS, staff=NUMBERS)
def test_it_is_what_a_naive_reading_of_the_rule_says(contacts, handling_s, staff):
    """A cause times its usual: no division, and each pair by itself."""
    found = set(cause(contacts, handling_s, staff).causes)
    more = contacts[0] > contacts[1] + 2 * sqrt(max(contacts[1], 1.0))
    near = [abs(now - 1.25 * of) < 1e-6 for now, of in (contacts, handling_s, staff[::-1])]
    expected = {
        "volume": more and contacts[0] >= 1.25 * contacts[1],
        "handling_time": handling_s[0] > 0 and handling_s[0] >= 1.25 * handling_s[1],
        "staff": staff[1] > 0 and staff[1] >= 1.25 * staff[0],
    }
    for (name, is_cause), doubtful in zip(expected.items(), near, strict=True):
        assert doubtful or (name in found) == is_cause


# In an office


def at_nine(weeks_ago: int) -> float:
    wall = datetime.fromtimestamp(MONDAY_9, WARSAW).replace(tzinfo=None) - timedelta(weeks=weeks_ago)
    return wall.replace(tzinfo=WARSAW).timestamp()


def history(*, offered: int = 40, handled: int = 20, handling_s: float = 200.0, people: float = 2.0) -> WatchRecovered:
    """From nine to ten, four Mondays; the office and its teams."""
    return WatchRecovered(
        facts=tuple(
            HourCounted(
                at=start + HOUR,
                team=team,
                start=start,
                seen_s=HOUR,
                offered=offered,
                handled=handled,
                handling_s=handled * handling_s,
                staff_s=people * HOUR,
            )
            for start in (at_nine(week) for week in range(4, 0, -1))
            for team in ("office", "")
        )
    )


def longest_wait(r: Rig) -> WaitCause | None:
    """Of the alarm that somebody has waited too long."""
    waiting(r)
    r.pass_time(61)
    return raised(r, "longest_wait")[0].cause


def test_without_history_nothing_is_said():
    r = rig()
    busy(r)
    assert longest_wait(r) is None


def test_fewer_people_than_usual():
    r = rig()
    r.tell(history(offered=4))
    r.pass_time(HOUR / 2)
    busy(r)
    r.pass_time(QUARTER)
    told = longest_wait(r)
    assert told is not None
    assert told.causes == ("staff",)
    assert (told.staff.now, told.staff.usual, told.weeks) == (0.0, 2.0, 4)
    assert (told.contacts.now, told.contacts.usual) == (1.0, 1.0)
    assert told.said["en"] == "Fewer people than usual (0, usually 2)."


def test_people_are_those_of_the_last_quarter_on_the_mean():
    r = rig()
    r.tell(history())
    r.pass_time(HOUR / 2)
    command(r, "ewa", "pause")
    command(r, "jan", "pause")
    told = longest_wait(r)
    assert told is not None
    assert told.staff.now == pytest.approx(2 * (900 - 60) / 900)


def test_right_after_a_start_people_are_those_since_then():
    r = rig(at=MONDAY_9 + HOUR / 2)
    r.tell(history())
    busy(r)
    command(r, "jan", "unpause")
    for _ in range(2):
        waiting(r)
    r.pass_time(61)
    told = raised(r, "longest_wait")[0].cause
    assert told is not None
    assert told.staff.now == pytest.approx(1.0, abs=0.01)


def test_more_contacts_than_usual():
    r = rig()
    r.tell(history())
    r.pass_time(HOUR / 2)
    for _ in range(20):
        r.call()
    r.pass_time(61)
    told = raised(r, "longest_wait")[0].cause
    assert told is not None
    assert told.causes == ("volume",)
    assert (told.contacts.now, told.contacts.usual) == (20.0, 10.0)


def test_contacts_take_longer_than_usual():
    r = rig()
    r.tell(history(people=0.5))
    command(r, "ewa", "logout")
    for _ in range(5):
        call = r.call()
        leg = r.dialled("jan").leg
        r.pick_up(leg)
        r.pass_time(400)
        r.hang_up(call)
        r.end(leg)
    assert len(r.of(WrapUpEnded)) == 5
    r.tell(AgentCommanded(agent="jan", command="pause"))
    told = longest_wait(r)
    assert told is not None
    assert told.causes == ("handling_time",)
    assert (told.handling_s.now, told.handling_s.usual) == (pytest.approx(400.0), 200.0)


def test_only_alarms_of_waits_have_a_cause():
    r = rig()
    r.tell(history())
    for agent in ("jan", "ewa"):
        command(r, agent, "logout")
    r.pass_time(100)
    assert raised(r, "nobody_logged_in")[0].cause is None


def test_the_alarm_of_the_service_level_has_one():
    r = rig()
    r.tell(history(people=0.25))
    abandon_late(r, 20)
    fact = raised(r, "service_level")[0]
    assert fact.cause is not None
    assert fact.cause.contacts.now == 20.0
    assert fact.cause.contacts.usual == pytest.approx(40 * 20 / 3600, abs=0.01), "before nine it is closed"


# Quarters that were missed


def missed(r: Rig) -> list[IntervalMissed]:
    return r.of(IntervalMissed)


def test_a_quarter_below_the_target_is_written_down_at_its_end():
    r = rig()
    r.tell(history(offered=200, people=2.0))
    command(r, "ewa", "logout")
    for _ in range(6):
        answer(r)
    busy(r)
    abandon_late(r, 4)
    r.pass_time(QUARTER - (r.now - MONDAY_9) - 1)
    assert not missed(r)
    r.pass_time(2)
    (fact,) = missed(r)
    assert (fact.at, fact.team, fact.start) == (MONDAY_9 + QUARTER, "office", MONDAY_9)
    assert (fact.sl, fact.target, fact.contacts) == (0.6, 0.8, 10)
    assert fact.cause is not None
    assert fact.cause.causes == ("staff",)
    r.pass_time(4 * QUARTER)
    assert len(missed(r)) == 1


def test_a_quarter_that_met_its_target_and_one_of_few_contacts_are_not():
    r = rig()
    command(r, "ewa", "logout")
    for _ in range(16):
        answer(r)
    command(r, "jan", "pause")
    abandon_late(r, 4)
    r.pass_time(QUARTER)
    command(r, "jan", "unpause")
    busy(r)
    abandon_late(r, 9)
    r.pass_time(2 * QUARTER)
    assert not missed(r)


def test_a_quarter_over_a_restart_is_written_down_all_the_same():
    r = rig()
    busy(r)
    abandon_late(r, 10)
    again = rig(at=r.now)
    again.tell(WatchRecovered(facts=tuple(r.facts)))
    again.pass_time(QUARTER)
    (fact,) = missed(again)
    assert (fact.start, fact.sl, fact.cause) == (MONDAY_9, 0.0, None)
