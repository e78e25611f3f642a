"""Call-backs that are not in the queue, or no more: hours, wishes, calls of the client, new versions."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Dial, HangUp
from gateway.core.events import HoursCommanded
from gateway.core.facts.call_back import (
    CallBackGivenUp,
    CallBackHeld,
    CallBackOverdue,
    CallBackQueued,
    CallBackRefused,
    CallBackRestored,
)
from gateway.core.facts.calls import AgentOffered
from gateway.core.facts.desk import CallBackRequested
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, command, site

from .rig import PEOPLE, SAID, Office, office

HOUR_S = 3600.0


def held(o: Office) -> list[tuple[str, float | None]]:
    """Why, and after how many hours from the clock's start (23:13:20 in Warsaw on a Tuesday) it ends."""
    return [(f.reason, None if f.until is None else round((f.until - 1_700_000_000) / HOUR_S, 2)) for f in
            o.of(CallBackHeld)]  # fmt: skip


# Hours


def test_outside_the_calendar_it_is_kept_until_the_next_opening():
    o = Office(office(hours="office"))
    o.asks(STRANGER)
    o.login("jan")
    assert held(o) == [("closed", pytest.approx(8.78, abs=0.01))]  # 8:00
    o.pass_time(8.7 * HOUR_S)
    assert not o.of(CallBackQueued)
    o.pass_time(0.09 * HOUR_S)
    assert {fact.agent for fact in o.of(AgentOffered)} == {"jan"}


def test_the_window_and_the_clients_quiet_hours_hold_it_further():
    o = Office(office(client={"quiet_hours": (20 * 60, 11 * 60)}, hours="office", not_before=9 * 60))
    o.asks(KOWALSKI)
    o.asks(STRANGER)
    o.login("anna", "jan")
    assert [until for _, until in held(o)] == [pytest.approx(11.78, abs=0.01), pytest.approx(9.78, abs=0.01)]
    o.pass_time(9.79 * HOUR_S)
    assert {fact.agent for fact in o.of(AgentOffered)} == {"jan"}


def test_after_the_last_hour_it_leaves_the_queue_with_the_place():
    o = Office(office(not_after=23 * 60 + 30))
    o.asks(STRANGER)
    o.login("jan")
    o.ring(o.dialled("jan").leg)
    command(o, "jan", "pause")
    o.pass_time(1100)
    assert held(o)[-1][0] == "window"
    o.end(o.dialled("jan").leg)
    assert not o.board._ex.calls
    assert not o.clients()


def test_somebody_who_says_that_the_office_is_open_opens_it():
    o = Office(office(hours="office"))
    o.asks(STRANGER)
    o.login("jan")
    o.tell(HoursCommanded(calendar="office", to="open", until=o.now + HOUR_S, by="cli"))
    assert o.state("jan") == "ringing"


def test_hours_that_never_come_leave_it_to_people():
    o = Office(office(client={"quiet_hours": (0, 24 * 60 - 1)}, hours="office", not_before=8 * 60))
    o.asks(KOWALSKI)
    assert [fact.reason for fact in o.of(CallBackGivenUp)] == ["never_open"]


# Who may be called


@pytest.mark.parametrize("keys", ["700123456", "112", "00442071234567", "48700123456"])
def test_a_number_that_costs_too_much_is_refused_in_a_sentence(keys):
    o = Office()
    call = o.call("", withheld=True)
    o.press(call, keys + "#")
    assert o.said_to(call)[-1] in {"Tam nie dzwonimy.", "Zły numer."}
    assert not o.of(CallBackRequested)
    o.press(call, "601000101#1")
    assert [fact.number for fact in o.of(CallBackRequested)] == ["+48601000101"]


def test_the_reasons_are_told_apart():
    o = Office()
    call = o.call("", withheld=True)
    o.press(call, "700123456#")
    assert o.said_to(call)[-1] == "Tam nie dzwonimy."
    assert [fact.reason for fact in o.of(CallBackRefused)] == ["premium"]
    o.press(call, "221234500#")
    assert [fact.reason for fact in o.of(CallBackRefused)] == ["premium", "own_number"]


def test_a_caller_from_where_the_box_may_not_dial_is_asked_for_another_number():
    o = Office()
    call = o.call("+442071234567")
    assert o.said_to(call)[-1] == "Tam nie dzwonimy."
    o.press(call, "601000101#1")
    assert [fact.number for fact in o.of(CallBackRequested)] == ["+48601000101"]


def test_a_client_who_does_not_want_it_is_told_so():
    o = Office(office(client={"do_not_call_back": True}))
    call = o.call(KOWALSKI)
    assert o.said_to(call)[-1] == "Nie oddzwaniamy."
    o.press(call, "1")
    o.heard(call)
    assert o.said_to(call)[-1] == "Pa."
    assert not o.of(CallBackRequested)
    assert [fact.reason for fact in o.of(CallBackRefused)] == ["do_not_call_back"]


def test_without_the_setting_it_is_a_task_for_people_as_before():
    o = Office(replace(office(), call_backs=None))
    o.asks("+442071234567")
    o.login(*PEOPLE)
    o.pass_time(7200)
    assert o.of(CallBackRequested)
    assert not o.told()
    assert not o.of(CallBackOverdue)
    assert o.board.desk(o.now).call_backs == 1
    assert site().call_backs is None


def test_what_may_not_be_dialled_any_more_is_for_people():
    o = Office()
    o.asks(STRANGER)
    o.load(replace(office(listed=("+44*",)), version="v2"))
    o.login("jan")
    assert [fact.reason for fact in o.of(CallBackGivenUp)] == ["not_listed"]
    assert o.state("jan") == "idle"


# Order


def test_several_are_called_in_the_order_in_which_they_came():
    o = Office()
    numbers = ["+48500000001", "+48500000002", "+48500000003"]
    calls: list[str] = []
    for number in numbers:
        calls += [o.call(number)]
        o.pass_time(1)
    for call in reversed(calls):
        o.press(call, "1")
        o.hang_up(call)
    o.login("jan")
    for _ in numbers:
        leg = o.takes("jan")
        client = o.client_answers()
        o.press(client, "1")
        o.hang_up(client)
        o.end(leg)
    assert o.clients() == numbers
    o.quiet()


# New versions


def test_a_new_version_keeps_the_place():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.load(replace(office(), version="v2"))
    assert HangUp(leg=leg) in o.actions
    o.end(leg)
    assert o.dialled("jan").leg != leg
    first, second = o.of(CallBackQueued)
    assert first.waiting_since == second.waiting_since
    assert o.board.calls_on_others(replace(office(), version="v2")) == 0


def test_a_version_without_the_setting_leaves_it_to_people():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.load(replace(office(), version="v2", call_backs=None))
    o.end(leg)
    o.pass_time(7200)
    o.quiet()
    assert not o.clients()
    assert o.board.desk(o.now).call_backs == 1


def test_who_had_called_in_is_called_back_by_a_later_version_that_dials_again():
    o = Office()
    o.asks(STRANGER)
    own = o.call(STRANGER)
    o.load(replace(office(), version="v2", call_backs=None))
    o.hang_up(own)
    assert len(o.of(CallBackRestored)) == 1
    o.load(replace(office(), version="v3"))
    o.login("jan")
    o.takes("jan")
    assert o.clients() == [STRANGER]


def test_who_calls_in_while_the_agent_hears_of_it_is_not_dialled_whatever_the_version():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.ring(leg)
    o.pick_up(leg)
    o.load(replace(office(), version="v2", call_backs=None))
    own = o.call(STRANGER)
    assert HangUp(leg=leg) in o.actions
    o.heard(leg)
    assert not o.clients()
    o.end(leg)
    o.hang_up(own)
    o.pass_time(7200)
    o.quiet()
    assert not o.clients()
    assert o.board.desk(o.now).call_backs == 1


def test_a_client_who_tries_a_draft_is_not_dialled_meanwhile():
    of = replace(office(), draft=Draft(number="9999"))
    o = Office(of)
    o.draft(replace(of, version="d1"), MAIN)
    o.asks(STRANGER)
    o.login("jan")
    leg = o.dialled("jan").leg
    o.ring(leg)
    o.pick_up(leg)
    trial = o.call(STRANGER, called="9999")
    o.heard(leg)
    assert not o.clients()
    o.end(leg)
    o.pass_time(5)
    assert len(o.of(AgentOffered)) == 1
    o.hang_up(trial)
    o.takes("jan")
    assert o.clients() == [STRANGER]


def test_its_24_hours_are_counted_through_a_version_that_does_not_dial():
    o = Office()
    o.asks(STRANGER)
    o.load(replace(office(), version="v2", call_backs=None))
    o.pass_time(86_401)
    assert not o.of(CallBackOverdue)
    o.load(replace(office(), version="v3"))
    o.pass_time(1)
    assert len(o.of(CallBackOverdue)) == 1


def test_dials_of_clients_have_no_agent_and_every_sentence_is_there():
    o = Office()
    o.asks(STRANGER)
    o.login("jan")
    o.takes("jan")
    assert isinstance(o.client(), Dial)
    assert o.client().headers == ()
    assert o.client().display_name == ""
    assert set(SAID) == {"brief", "greeting", "cut_off", "press", "sorry", "not_reached", "refused", "not_wanted"}
