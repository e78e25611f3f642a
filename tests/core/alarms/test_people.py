"""The alarm of a client who talks with too many people: raised once, cleared when it falls, over a restart, too."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import CallBridged, CallStarted, ClientIdentified
from gateway.core.site.site import AlarmRules
from gateway.core.switchboard import Switchboard
from gateway.simulate.watch_story import sentence
from tests.core.factory import KOWALSKI, STRANGER, command
from tests.core.kpi.continuity_facts import visit

from .office import MONDAY_9, Rig, cleared, place, raised, rig

DAY = 86_400.0
EVERYBODY = ("anna", "jan", "ewa")


def office(people: int):
    """Who is logged in the test says; nobody has to be."""
    return place(hours={}, alarms=AlarmRules(people_max=people))


def talk(r: Rig, agent: str, caller: str = KOWALSKI) -> None:
    """Anna is Kowalski's manager, jan and ewa are his team: only one of them can answer."""
    for one in EVERYBODY:
        command(r, one, "login" if one == agent else "logout")
    call = r.call(caller)
    leg = r.dialled(agent).leg
    r.pick_up(leg)
    assert r.where(call) == "bridged"
    r.hang_up(call)
    r.end(leg)
    r.pass_time(60)


def test_one_person_too_many_is_an_alarm_once_until_a_talk_is_thirty_days_old():
    r = rig(office(2))
    talk(r, "anna")
    first = r.of(CallBridged)[0].at
    r.pass_time(DAY)
    talk(r, "jan")
    talk(r, "jan")
    assert not raised(r, "many_people")
    r.pass_time(DAY)
    talk(r, "ewa")
    (fact,) = raised(r, "many_people")
    assert (fact.team, fact.subject, fact.value, fact.threshold) == ("office", "1001", 3.0, 2.0)
    assert fact.at == fact.since == r.of(CallBridged)[-1].at
    talk(r, "ewa")
    talk(r, "jan")
    assert len(raised(r, "many_people")) == 1
    assert [alarm.alarm for alarm in r.board.alarms()] == ["many_people"]
    r.pass_time(first + 30 * DAY - r.now - 1)
    assert not cleared(r, "many_people")
    r.pass_time(2)
    (over,) = cleared(r, "many_people")
    assert (over.team, over.subject, over.since) == ("office", "1001", fact.since)
    assert abs(over.at - first - 30 * DAY) < 0.1
    assert not r.board.alarms()
    talk(r, "anna")
    assert len(raised(r, "many_people")) == 2, "anna again: jan and ewa are still young"


def test_nobody_is_asked_for_it_without_the_setting_and_strangers_are_nobodys_clients():
    r = rig(office(0))
    for agent in EVERYBODY:
        talk(r, agent)
    r = rig(office(1))
    for agent in ("jan", "ewa"):
        talk(r, agent, STRANGER)
    assert not raised(r, "many_people")


def test_a_version_that_brings_the_limit_counts_from_then_on():
    r = rig(office(0))
    for agent in EVERYBODY:
        talk(r, agent)
    r.load(replace(office(2), version="v2"))
    for agent in ("anna", "jan"):
        talk(r, agent)
        assert not raised(r, "many_people")
    talk(r, "ewa")
    assert [fact.value for fact in raised(r, "many_people")] == [3.0]


def test_a_new_version_raises_and_clears_it():
    r = rig(office(9))
    for agent in EVERYBODY:
        talk(r, agent)
    r.load(replace(office(2), version="v2"))
    assert [fact.subject for fact in raised(r, "many_people")] == ["1001"]
    r.load(replace(office(1), version="v3"))
    assert len(raised(r, "many_people")) == 1
    r.load(replace(office(3), version="v4"))
    assert len(cleared(r, "many_people")) == 1
    r.load(replace(office(2), version="v5"))
    assert len(raised(r, "many_people")) == 2
    without = {name: client for name, client in office(2).clients.items() if name != "1001"}
    r.load(replace(office(2), version="v6", clients=without))
    assert len(cleared(r, "many_people")) == 2


def test_a_raised_one_outlives_a_restart_and_a_moved_client():
    r = rig(office(2))
    for agent in EVERYBODY:
        talk(r, agent)
    (fact,) = raised(r, "many_people")
    talks = tuple(one for one in r.facts if isinstance(one, CallStarted | ClientIdentified | CallBridged))
    board = Switchboard(office(2))
    outcome = board.receive(WatchRecovered(facts=(fact,), talks=talks), now=r.now + DAY)
    assert not outcome.facts
    assert board.alarms() == (fact,)
    moved = replace(office(2).clients["1001"], team="sales", manager="ola")
    board.load(replace(office(2), version="v2", clients={"1001": moved}), now=r.now + DAY)
    assert board.alarms() == (fact,)
    end = fact.at + 31 * DAY
    assert board.next_deadline() is not None
    assert board.next_deadline() <= end
    later = Switchboard(office(2))
    outcome = later.receive(WatchRecovered(facts=(fact,), talks=talks), now=end)
    (over,) = [one for one in outcome.facts if getattr(one, "alarm", "") == "many_people"]
    assert (over.team, over.subject) == ("office", "1001")
    assert not later.alarms()


def test_it_is_raised_at_the_start_when_the_journal_says_so():
    talks = [fact for n, agent in enumerate(EVERYBODY) for fact in visit(MONDAY_9 + n * DAY, "1001", "", agent)]
    board = Switchboard(office(2))
    outcome = board.receive(WatchRecovered(talks=tuple(talks)), now=MONDAY_9 + 3 * DAY)
    (fact,) = [one for one in outcome.facts if getattr(one, "alarm", "") == "many_people"]
    assert (fact.subject, fact.value) == ("1001", 3.0)
    told = sentence(fact, "Biuro")
    assert told == "client 1001 has talked with 3 people in 30 days, 2 are allowed"
