"""Repeats, handoffs and people for each client, by hand."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.facts.talk import Conferenced, Consulted
from gateway.core.kpi.continuity import ContinuityKpi
from gateway.core.kpi.kpi import OFFICE, Key
from gateway.core.site.site import CaseRules

from .continuity_facts import (
    DAY,
    HOUR,
    PLACE,
    asked,
    at,
    bridged,
    closed,
    day_start,
    ended,
    identified,
    opened,
    queued,
    reopened,
    started,
    visit,
)

MANAGER, TEAM = Key("manager", "anna"), Key("team", "office")


def folded(*parts, place=PLACE) -> ContinuityKpi:
    kpi = ContinuityKpi(place, day_start=day_start)
    for part in parts:
        for fact in part if isinstance(part, list) else [part]:
            kpi.apply(fact)
    return kpi


def day(kpi: ContinuityKpi, of: str, *, seen: str = "", key: Key = OFFICE):
    """(fcr_repeat, contacts, unknown, final) of a day, seen later."""
    shown = at(f"{seen or of}T23:00")
    found = [kpi.repeats.day(key, shown), *kpi.repeats.earlier(key, shown)]
    for one in found:
        if one.start == at(f"{of}T00:00"):
            return one.fcr_repeat, one.fcr_repeat_n, one.fcr_repeat_unknown, one.fcr_repeat_final
    return None


# fcr_repeat


def test_two_of_four_contacts_came_again():
    kpi = folded(
        visit("11-16T09:00", "1001"), visit("11-16T10:00", "2002"), visit("11-16T11:00", "1001", "training"),
        visit("11-16T12:00", "", number="+48501000111"),
        visit("11-17T09:00", "1001"), visit("11-18T09:00", "", number="+48501000111"),
    )  # fmt: skip
    assert day(kpi, "11-16", seen="11-19") == (0.5, 4, 0, False)
    assert day(kpi, "11-17", seen="11-19") == (1.0, 1, 0, False)


def test_of_three_contacts_with_one_reason_each_counts_and_the_first_two_were_repeated():
    kpi = folded(visit("11-16T09:00"), visit("11-16T10:00"), visit("11-16T11:00"))
    assert day(kpi, "11-16") == (pytest.approx(1 / 3), 3, 0, False)


def test_another_reason_or_another_client_is_no_further_contact():
    kpi = folded(visit("11-16T09:00"), visit("11-17T09:00", area="qa"), visit("11-17T10:00", "2002"))
    assert day(kpi, "11-16", seen="11-18") == (1.0, 1, 0, False)


def test_no_reason_is_a_reason_that_such_contacts_have_in_common():
    kpi = folded(visit("11-16T09:00", area=""), visit("11-17T09:00", area=""))
    assert day(kpi, "11-16", seen="11-18") == (0.0, 1, 0, False)


def test_a_client_is_the_same_from_whatever_number_and_a_stranger_by_his():
    kpi = folded(
        visit("11-16T09:00", number="+48221234567"), visit("11-17T09:00", number="+48601222333"),
        visit("11-16T10:00", "", number="+48501000111"), visit("11-17T10:00", "", number="+48501000222"),
    )  # fmt: skip
    assert day(kpi, "11-16", seen="11-18") == (0.5, 2, 0, False)


def test_who_hides_his_number_and_is_no_client_is_counted_beside():
    kpi = folded(visit("11-16T09:00", "", number=""), visit("11-16T10:00", "", number=""), visit("11-16T11:00"))
    assert day(kpi, "11-16") == (1.0, 1, 2, False)
    assert day(folded(visit("11-16T09:00", "", number="")), "11-16") == (None, 0, 1, False)


def test_seven_times_24_hours_and_not_a_second_more():
    first, window = at("11-16T09:00"), 7 * DAY
    for gap, expected in ((window, 0.0), (window + 0.001, 1.0)):
        kpi = folded(visit(first), visit(first + gap))
        assert day(kpi, "11-16", seen="11-22")[0] == expected


def test_a_day_is_provisional_until_the_window_of_its_last_moment_is_over():
    kpi = folded(visit("11-16T09:00"))
    until = at("11-24T00:00")
    (before,) = kpi.repeats.earlier(OFFICE, until - 0.001)
    (after,) = kpi.repeats.earlier(OFFICE, until)
    assert (before.fcr_repeat_final, after.fcr_repeat_final) == (False, True)
    assert before.fcr_repeat_until == after.fcr_repeat_until == until
    assert kpi.next_change(at("11-20T00:00")) == until
    kpi.apply(visit("11-24T00:00")[0])
    for fact in visit("11-24T00:01"):
        kpi.apply(fact)
    assert day(kpi, "11-16", seen="11-24") == (1.0, 1, 0, True)


def test_a_final_day_is_told_for_a_week_more_and_days_without_contacts_never():
    kpi = folded(visit("11-16T09:00"), visit("11-18T09:00", "2002"))
    starts = lambda seen: [one.start for one in kpi.repeats.earlier(OFFICE, at(seen))]  # noqa: E731
    assert starts("11-30T12:00") == [at("11-18T00:00"), at("11-16T00:00")]
    assert starts("12-01T00:00") == [at("11-18T00:00")]
    assert starts("12-03T00:00") == []
    assert starts("11-18T12:00") == [at("11-16T00:00")]


def test_the_days_on_which_clocks_are_set_have_23_and_25_hours():
    autumn = folded(visit("10-25T23:30"), visit("11-01T23:00", "2002"))  # clocks go back on the 25th at 3
    (one,) = autumn.repeats.earlier(OFFICE, at("10-27T00:00"))
    assert one.start == at("10-25T00:00")
    assert one.fcr_repeat_until - one.start == 25 * HOUR + 7 * DAY
    assert one.fcr_repeat_until == at("11-02T00:00")
    spring = folded(visit("03-29T23:30"))  # and forward on 29 March
    (one,) = spring.repeats.earlier(OFFICE, at("03-31T00:00"))
    assert one.fcr_repeat_until - one.start == 23 * HOUR + 7 * DAY
    over = folded(visit("03-24T23:30"))  # its window goes over that night: 7 x 24 hours end at one in the morning
    (one,) = over.repeats.earlier(OFFICE, at("03-26T00:00"))
    assert one.fcr_repeat_until == at("04-01T01:00")


def test_a_contact_just_before_midnight_of_the_long_day_belongs_to_it():
    kpi = folded(visit("10-25T02:30"), visit("10-25T23:59"), visit("10-26T00:05"))
    assert day(kpi, "10-25", seen="10-27") == (0.0, 2, 0, False)
    assert day(kpi, "10-26", seen="10-27") == (1.0, 1, 0, False)


def test_who_is_handed_on_to_another_queue_is_the_same_contact():
    moment = at("11-16T09:00")
    handed = [
        started(moment, "x", "+48221234567"), identified(moment, "x", "1001"), queued(moment, "x", "invoices"),
        bridged(moment + 5, "x", "jan"), queued(moment + 60, "x", "invoices", team="sales"), ended(moment + 90, "x"),
    ]  # fmt: skip
    kpi = folded(handed)
    assert day(kpi, "11-16") == (1.0, 1, 0, False)
    assert day(kpi, "11-16", key=Key("team", "sales")) is None or day(kpi, "11-16", key=Key("team", "sales"))[1] == 0
    moment, other = at("11-16T11:00"), [replace(fact, at=fact.at + 7200, call="y") for fact in handed[:5]]
    kpi = folded(handed, other, queued(moment + 120, "y", "qa"))
    assert day(kpi, "11-16") == (pytest.approx(2 / 3), 3, 0, False), "another reason in one call is another contact"


def test_who_hung_up_in_the_queue_and_calls_again_is_a_further_contact():
    assert day(folded(visit("11-16T09:00"), visit("11-16T09:01")), "11-16") == (0.5, 2, 0, False)


def test_a_call_that_the_box_makes_and_a_trial_are_no_contacts():
    kpi = folded(visit("11-16T09:00"), visit("11-17T09:00", out=True), visit("11-17T10:00", draft=True))
    assert day(kpi, "11-16", seen="11-18") == (1.0, 1, 0, False)
    assert day(kpi, "11-17", seen="11-18") is None


def test_the_area_of_the_case_is_the_reason_where_none_was_chosen():
    moment = at("11-16T09:00")
    kpi = folded(
        opened(moment - DAY, "10008", "", area="invoices"), visit("11-16T09:00"),
        visit("11-17T09:00", area="", case="10008"),
    )  # fmt: skip
    assert day(kpi, "11-16", seen="11-18") == (0.0, 1, 0, False)
    kpi = folded(opened(moment - DAY, "10008", "", area="qa"), visit("11-16T09:00"), visit("11-17T09:00", case="10008"))
    assert day(kpi, "11-16", seen="11-18")[0] == 0.0, "what the caller chose counts first"


def test_it_is_booked_for_the_office_the_team_and_the_manager_of_the_queue():
    kpi = folded(visit("11-16T09:00"), visit("11-16T10:00", "2002", team="sales", manager="ola"), visit("11-17T09:00"))
    assert kpi.whose() == (OFFICE, TEAM, MANAGER, Key("team", "sales"), Key("manager", "ola"))
    for key, expected in ((OFFICE, (0.5, 2)), (TEAM, (0.0, 1)), (MANAGER, (0.0, 1)), (Key("team", "sales"), (1.0, 1))):
        assert day(kpi, "11-16", seen="11-18", key=key)[:2] == expected


def test_another_window_counts_for_all_days_that_are_kept():
    facts = visit("11-16T09:00"), visit("11-20T09:00")
    kpi = folded(*facts)
    assert day(kpi, "11-16", seen="11-21")[0] == 0.0
    short = replace(PLACE, cases=CaseRules(repeat_s=3 * DAY))
    kpi.load(short)
    assert day(kpi, "11-16", seen="11-21") == (1.0, 1, 0, True)
    assert day(folded(*facts, place=short), "11-16", seen="11-21") == (1.0, 1, 0, True)
    kpi.load(replace(PLACE, cases=CaseRules(repeat_s=14 * DAY)))
    assert day(kpi, "11-16", seen="11-28") == (0.0, 1, 0, False)


def test_the_longest_window_is_counted_to_its_end():
    long = replace(PLACE, cases=CaseRules(repeat_s=21 * DAY))
    first = at("11-16T09:00")
    kpi = folded(visit(first), visit(first + 20.9 * DAY, "2002"), visit(first + 21 * DAY), place=long)
    assert day(kpi, "11-16", seen="12-06") == (0.0, 1, 0, False)
    assert kpi.repeats.earlier(OFFICE, at("12-15T00:00") - 0.001)[-1].fcr_repeat_until == at("12-08T00:00")


# handoffs_per_case


def handoffs(kpi: ContinuityKpi, of: str, key: Key = OFFICE):
    figures = kpi.figures(key, at=at(f"{of}T23:00"))
    return figures.handoffs_per_case, figures.handoffs_per_case_n


def test_a_transfer_and_a_later_talk_with_somebody_else_are_handoffs_and_the_first_person_is_none():
    first = at("11-16T09:00")
    kpi = folded(
        opened(first, "1", "a"), bridged(first + 10, "a", "anna"), bridged(first + 60, "a", "jan"),
        ended(first + 90, "a"),
        visit("11-17T09:00", "1001", "invoices", "jan", case="1"),
        visit("11-18T09:00", "1001", "invoices", "ewa", case="1"),
        opened(first, "2", "b"), bridged(first + 10, "b", "anna"), closed(at("11-18T12:00"), "2"),
    )  # fmt: skip
    assert handoffs(kpi, "11-16") == (None, 0)
    assert handoffs(kpi, "11-18") == (0.0, 1)
    kpi.apply(closed(at("11-18T13:00"), "1"))
    assert handoffs(kpi, "11-18") == (1.0, 2), "anna, jan, jan, ewa: two; beside a case with none"
    assert handoffs(kpi, "11-18", MANAGER) == handoffs(kpi, "11-18", TEAM) == (1.0, 2)
    assert handoffs(kpi, "11-18", Key("team", "sales")) == (None, 0)


def test_what_is_no_talk_about_the_case_changes_nothing():
    first = at("11-16T09:00")
    kpi = folded(
        opened(first, "1", "a"), bridged(first + 10, "a", "anna"),
        Consulted(at=first + 20, call="a", agent="jan", by="anna", talk_s=5.0, outcome="back"),
        bridged(first + 40, "a", "+48501777888"), bridged(first + 50, "a", "anna"), ended(first + 60, "a"),
        visit("11-16T10:00", "1001", "invoices", "ewa"), visit("11-16T11:00", "1001", "x", "jan", case="1", draft=True),
        closed(at("11-16T12:00"), "1"), closed(at("11-16T12:30"), "1"),
        opened(first, "2", "c", draft=True), closed(at("11-16T12:00"), "2"), closed(at("11-16T12:00"), "9"),
    )  # fmt: skip
    assert handoffs(kpi, "11-16") == (0.0, 1)


def test_a_reopened_case_is_taken_out_and_comes_back_with_all_its_handoffs():
    first = at("11-16T09:00")
    kpi = folded(
        opened(first, "1", "a"), bridged(first + 10, "a", "anna"), bridged(first + 20, "a", "jan"),
        ended(first + 30, "a"),
        opened(first, "2", ""), closed(at("11-16T12:00"), "2"),
        closed(at("11-16T12:00"), "1"), visit("11-17T09:00", "1001", "invoices", "ewa", case="1"),
    )  # fmt: skip
    assert handoffs(kpi, "11-16") == (0.5, 2)
    kpi.apply(reopened(at("11-17T10:00"), "1"))
    assert handoffs(kpi, "11-16") == (0.0, 1), "what was counted is taken out, no more"
    kpi.apply(closed(at("11-17T11:00"), "1"))
    assert (handoffs(kpi, "11-16"), handoffs(kpi, "11-17")) == ((0.0, 1), (2.0, 1))


def test_a_case_that_was_closed_for_long_is_forgotten():
    first = at("03-16T09:00")
    kpi = folded(opened(first, "1", ""), closed(first, "1"), reopened(first + 41 * DAY, "1"))
    kpi.apply(closed(first + 41 * DAY, "1"))
    assert kpi.figures(OFFICE, at=first + 41 * DAY).handoffs_per_case_n == 0
    assert kpi.figures(OFFICE, at=first).handoffs_per_case_n == 1
    kpi = folded(
        opened(first, "1", ""), closed(first, "1"), opened(first, "2", ""), closed(first + 41 * DAY, "2"),
        reopened(first + 42 * DAY, "1"), closed(first + 42 * DAY, "1"),
    )  # fmt: skip
    assert len(kpi.handoffs) == 1
    assert kpi.figures(OFFICE, at=first + 42 * DAY).handoffs_per_case_n == 0


# people_per_client_30d


def people(kpi: ContinuityKpi, when: float, key: Key = OFFICE):
    figures = kpi.figures(key, at=when)
    return figures.people_per_client_30d, figures.people_per_client_30d_max, figures.people_per_client_30d_n


def test_mean_and_most_of_the_clients_who_talked_with_anybody():
    kpi = folded(
        visit("11-16T09:00", "1001", "invoices", "anna", "jan"), visit("11-17T09:00", "1001", "qa", "jan"),
        visit("11-18T09:00", "1001", "qa", "ewa"), visit("11-18T10:00", "2002", "qa", "ola"),
        visit("11-18T11:00", "2002"),
        visit("11-18T12:00", "", "qa", "piotr"),
    )  # fmt: skip
    now = at("11-19T00:00")
    assert people(kpi, now) == (2.0, 3, 2)
    assert people(kpi, now, TEAM) == people(kpi, now, MANAGER) == (3.0, 3, 1)
    assert people(kpi, now, Key("manager", "ola")) == (1.0, 1, 1)
    assert people(kpi, now, Key("team", "care")) == (None, None, 0)


def test_a_talk_counts_for_thirty_days_and_a_client_without_one_is_forgotten():
    first = at("11-16T09:00")
    kpi = folded(visit(first, "1001", "qa", "anna"), visit(first + 10 * DAY, "1001", "qa", "jan"))
    talked, again = first + 20, first + 10 * DAY + 20
    assert people(kpi, talked + 30 * DAY - 1) == (2.0, 2, 1)
    assert kpi.people.next_change() == talked + 30 * DAY
    assert people(kpi, talked + 30 * DAY) == (1.0, 1, 1)
    assert people(kpi, again + 30 * DAY) == (None, None, 0)
    assert len(kpi.people) == 0
    assert kpi.people.next_change() is None


def test_another_talk_with_the_same_person_prolongs_it():
    first = at("11-16T09:00")
    kpi = folded(visit(first, "1001", "qa", "anna"), visit(first + 600, "1001", "qa", "anna"))
    assert people(kpi, first + 30 * DAY + 619) == (1.0, 1, 1)
    assert people(kpi, first + 30 * DAY + 620) == (None, None, 0)
    kpi = folded(*(visit(first + n * 20 * DAY, "1001", "qa", "anna") for n in range(3)))
    assert people(kpi, first + 60 * DAY) == (1.0, 1, 1)
    assert people(kpi, first + 71 * DAY) == (None, None, 0)


def test_the_third_of_a_talk_counts_and_an_outside_number_a_trial_and_who_was_asked_do_not():
    first = at("11-16T09:00")
    kpi = folded(
        started(first, "a", "+48221234567"), identified(first, "a", "1001"), bridged(first + 10, "a", "anna"),
        Consulted(at=first + 20, call="a", agent="ewa", by="anna", talk_s=5.0, outcome="back"),
        Conferenced(at=first + 30, call="a", agent="anna", other="jan"), bridged(first + 40, "a", "+48501777888"),
        visit("11-16T10:00", "1001", "qa", "ola", draft=True), visit("11-16T11:00", "1001", "qa", "piotr", out=True),
    )  # fmt: skip
    assert people(kpi, at("11-17T00:00")) == (3.0, 3, 1), "anna, jan, and piotr who called him back"


def test_talks_before_the_client_was_known_are_his():
    first = at("11-16T09:00")
    kpi = folded(
        started(first, "a", "+48501000111"), bridged(first + 10, "a", "anna"), identified(first + 60, "a", "1001"),
        bridged(first + 70, "a", "jan"),
    )  # fmt: skip
    assert people(kpi, first + 80) == (2.0, 2, 1)


def test_a_talk_before_the_client_was_known_is_his_alone_and_no_newer_than_it_was():
    first = at("11-16T09:00")
    kpi = folded(
        started(first, "b", "+48221234567"), identified(first, "b", "1001"), bridged(first, "b", "anna"),
        started(first, "a", "+48501000111"), bridged(first + 300, "a", "anna"), bridged(first + 600, "b", "anna"),
        identified(first + 900, "a", "1001"), identified(first + 1200, "a", "2002"),
    )  # fmt: skip
    assert people(kpi, first + 1200) == (1.0, 1, 1)
    assert people(kpi, first + 30 * DAY + 599) == (1.0, 1, 1)
    assert people(kpi, first + 30 * DAY + 600) == (None, None, 0)


def test_a_client_who_gets_another_manager_is_counted_with_the_new_one():
    first = at("11-16T09:00")
    other = replace(identified(first + DAY, "b", "1001"), manager="ola", team="sales")
    kpi = folded(
        visit(first, "1001", "qa", "anna"), started(first + DAY, "b", ""), other, bridged(first + DAY, "b", "ola")
    )
    assert (
        people(kpi, first + DAY, Key("manager", "ola")) == people(kpi, first + DAY, Key("team", "sales")) == (2.0, 2, 1)
    )
    assert people(kpi, first + DAY, MANAGER) == people(kpi, first + DAY, TEAM) == (None, None, 0)


def test_nothing_is_nothing_and_not_zero():
    figures = folded().figures(OFFICE, at=at("11-16T09:00"))
    assert figures.fcr_repeat is figures.handoffs_per_case is figures.people_per_client_30d is None
    assert (figures.fcr_repeat_n, figures.handoffs_per_case_n, figures.people_per_client_30d_n) == (0, 0, 0)
    assert figures.fcr_repeat_until == at("11-24T00:00")
    assert folded().next_change(0.0) is None


def test_memory_does_not_grow_with_the_years():
    kpi, first = ContinuityKpi(PLACE, day_start=day_start), at("01-02T09:00")
    sizes = []
    for n in range(4000):
        moment = first + n * DAY / 10
        case = str(n)
        for fact in (
            *visit(moment, "1001", f"area {n}", f"agent {n}"), *visit(moment, "", number=f"+4850{n:07}"),
            opened(moment, case, ""), closed(moment, case), asked(moment, case, f"lost {n}"),
        ):  # fmt: skip
            kpi.apply(fact)
        if n in {1000, 3999}:
            sizes.append(
                (len(kpi.people), len(kpi.repeats), len(kpi.handoffs), len(kpi._callers), len(kpi.people._ends))
            )
            sizes[-1] += tuple(len(days) for days in kpi.repeats._days.values())
    assert sizes[0] == sizes[1]
