"""Cases: numbers in which no slip goes unseen, two clocks, deadlines that outlive a restart."""

from __future__ import annotations

import itertools

import pytest
from msgspec.structs import replace

from gateway.core.desk.cases import Cases
from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.facts.desk import (
    CaseAnswered,
    CaseAsked,
    CaseBreached,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseWarned,
    is_of_desk,
)
from gateway.core.flow.check_digits import damm, is_right
from gateway.core.flow.model import CaseStatus, HangUpStep, OpenCase, Queue, Retry
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, words

HOUR = 3600.0


def rig(kind: str = "complaint", *, then: str = "bye", say: bool = True) -> Rig:
    """1st call opens a case; a stranger's call to 100 asks for one."""
    limits = {"warn_s": 2 * HOUR, "limit_s": 3 * HOUR} if kind == "complaint" else {}
    bye = HangUpStep(name="bye", prompt=prompt("Pa."))
    open_ = OpenCase(name="open", kind=kind, to="by_client", whose="agent", team="office", then=then,
                     prompt=prompt("Numer {case}") if say else None, **limits)  # fmt: skip
    status = CaseStatus(name="which", prompt=prompt("Numer sprawy?"), open="human", closed="settled",
                        no_input=Retry(tries=1, then="bye"),
                        no_match=Retry(prompt=prompt("Nie ma takiej."), tries=2, then="bye"))  # fmt: skip
    human = Queue(name="human", to="by_client", team="office", gave_up="bye")
    settled = HangUpStep(name="settled", prompt=prompt("Zamknięta."))
    return Rig(
        site(
            numbers={"+48221234500": "complain", "100": "ask"},
            flows={
                "complain": flow(open_, bye, human, id="complain"),
                "ask": flow(status, bye, human, settled, id="ask"),
            },
        )
    )


def opened(r: Rig, caller: str = KOWALSKI) -> str:
    """The number of a new case, its call over."""
    call = r.call(caller)
    r.heard(call)
    r.heard(call)
    r.end(call)
    return r.of(CaseOpened)[-1].case


def deal(r: Rig, case: str, deed: str, who: str = "anna") -> str:
    event = DeskCommanded(what="case", id=case, deed=deed, who=who)
    problem = r.board.desk_problem(event)
    r.tell(event)
    return problem


# The number


def test_every_single_wrong_digit_and_every_swap_of_neighbours_is_seen_in_every_number():
    """Exhaustive over all numbers of five digits that the box will give for its first nine thousand cases."""
    for sequence in range(1000, 10_000):
        number = f"{sequence}{damm(str(sequence))}"
        assert is_right(number, "damm")
        for place, digit in itertools.product(range(len(number)), "0123456789"):
            if digit != number[place]:
                assert not is_right(number[:place] + digit + number[place + 1 :], "damm")
        for place in range(len(number) - 1):
            one, other = number[place : place + 2]
            if one != other:
                assert not is_right(number[:place] + other + one + number[place + 2 :], "damm")


def test_numbers_go_on_after_the_highest_of_the_journal():
    cases = Cases()
    assert [cases.take_number()[:-1] for _ in range(3)] == ["1000", "1001", "1002"]
    cases.apply(CaseOpened(at=0, case=f"4711{damm('4711')}", kind="question", whose="team", to="office"))
    assert cases.take_number()[:-1] == "4712"


# Opening, asking


def test_the_number_is_said_digit_by_digit_and_the_flow_goes_on():
    r = rig()
    call = r.call(KOWALSKI)
    assert words(r.actions[-1]) == "Numer jeden zero zero zero osiem"
    r.press(call, "5")
    assert not any(words(action) == "Pa." for action in r.actions)
    r.heard(call)
    assert words(r.actions[-1]) == "Pa."
    (fact,) = r.of(CaseOpened)
    assert (fact.case, fact.kind, fact.whose, fact.to, fact.client) == ("10008", "complaint", "agent", "anna", "1001")
    assert (fact.warn_at, fact.resolve_by) == (fact.at + 2 * HOUR, fact.at + 3 * HOUR)


def test_a_question_has_no_limit_and_a_strangers_case_is_the_teams():
    r = rig("question", say=False)
    r.call(STRANGER)
    (fact,) = r.of(CaseOpened)
    assert (fact.whose, fact.to, fact.warn_at, fact.resolve_by) == ("team", "office", None, None)
    r.pass_time(100 * HOUR)
    assert not r.of(CaseWarned) + r.of(CaseBreached)


@pytest.mark.parametrize("solved", [False, True])
def test_a_number_keyed_back_leads_where_the_case_has_come_to(solved):
    r = rig()
    case = opened(r)
    if solved:
        assert deal(r, case, "closed") == ""
    call = r.call(STRANGER, called="100")
    r.press(call, case + "#")
    assert [(fact.case, fact.open) for fact in r.of(CaseAsked)] == [(case, not solved)]
    assert r.where(call) == ("flow" if solved else "queued")


def test_a_trial_that_asks_for_a_case_is_no_talk_about_it():
    r = rig()
    case = opened(r)
    of = replace(r.board._ex.site, draft=Draft(number="9999", rings=("jan",)))
    r.load(of)
    r.draft(of, "100")
    call = r.call(STRANGER, called="9999")
    r.press(call, case + "#")
    assert r.where(call) == "queued"
    r.pick_up(r.dialled("jan").leg)
    assert not r.of(CaseAsked) + r.of(CaseAnswered)


@pytest.mark.parametrize("keyed", ["10007#", "01008#", "10016#", "#", "1000812345678"])
def test_a_number_that_is_no_cases_is_asked_for_again(keyed):
    r = rig()
    opened(r)
    call = r.call(STRANGER, called="100")
    r.press(call, keyed)
    assert words(r.actions[-1]) == "Nie ma takiej."
    assert not r.of(CaseAsked)


# The clocks


def test_a_complaint_is_warned_of_and_breached():
    r = rig()
    case = opened(r)
    r.pass_time(2 * HOUR - 5)
    assert not r.of(CaseWarned)
    r.pass_time(10)
    assert [fact.case for fact in r.of(CaseWarned)] == [case]
    assert not r.of(CaseBreached)
    r.pass_time(HOUR)
    r.pass_time(100 * HOUR)
    assert [fact.case for fact in r.of(CaseBreached)] == [case]
    assert len(r.of(CaseWarned)) == 1
    assert (r.board.desk(r.now).cases, r.board.desk(r.now).cases_breached) == (1, 1)


def test_a_closed_one_is_quiet_and_a_reopened_one_is_late_from_its_first_opening():
    r = rig()
    case = opened(r)
    began = r.of(CaseOpened)[0].at
    r.pass_time(HOUR)
    assert deal(r, case, "closed") == ""
    (closed,) = r.of(CaseClosed)
    assert (closed.resolution_s, closed.who) == (closed.at - began, "anna")
    r.pass_time(4 * HOUR)
    assert not r.of(CaseWarned) + r.of(CaseBreached)
    assert deal(r, case, "reopened") == ""
    r.pass_time(1)
    assert [fact.case for fact in r.of(CaseBreached)] == [case]
    assert deal(r, case, "closed") == ""
    assert len(r.of(CaseReopened)) == 1
    assert r.board.desk(r.now).cases == 0


def test_the_first_talk_with_a_human_answers_it():
    r = rig(then="human")
    call = r.call(KOWALSKI)
    r.heard(call)
    r.ring(r.dialled("anna").leg)
    r.pass_time(3)
    r.pick_up(r.dialled("anna").leg)
    (fact,) = r.of(CaseAnswered)
    assert (fact.case, fact.agent, fact.call) == ("10008", "anna", call)
    assert fact.first_response_s == pytest.approx(3)
    r.hang_up(call)
    assert "answered before" in deal(r, "10008", "answered")


def test_a_talk_in_a_call_that_asked_for_it_answers_it_too_but_no_other_call():
    r = rig()
    case = opened(r)
    other = r.call(STRANGER, called="100")
    r.press(other, "#")
    r.pass_time(1)
    call = r.call(STRANGER, called="100")
    r.press(call, case + "#")
    r.pick_up(r.dialled("jan").leg)
    assert [(fact.case, fact.agent) for fact in r.of(CaseAnswered)] == [(case, "jan")]
    assert deal(rig(), case, "answered") != ""


def test_people_can_say_that_they_answered():
    r = rig()
    case = opened(r)
    r.pass_time(600)
    assert deal(r, case, "answered", who="ewa") == ""
    (fact,) = r.of(CaseAnswered)
    assert fact.agent == "ewa"
    assert fact.first_response_s == pytest.approx(600, abs=1)


def test_commands_that_do_not_fit_change_nothing():
    r = rig()
    case = opened(r)
    before = len(r.facts)
    for number, deed, why in (
        ("10007", "closed", "no case 10007"),
        (case, "reopened", "is open"),
        (case, "reached", "cannot be reached"),
    ):
        assert why in deal(r, number, deed)
    assert len(r.facts) == before
    deal(r, case, "closed")
    assert "can be reopened" in deal(r, case, "closed")


# A restart


def is_of_clock(fact: object) -> bool:
    """Whether it is one of a case's own deadlines; before whom it comes is told in test_escalation.py."""
    return isinstance(fact, CaseWarned | CaseBreached)


def restarted(r: Rig, after_s: float) -> Rig:
    again = rig()
    again.now = r.now + after_s
    again.tell(DeskRecovered(facts=tuple(fact for fact in r.facts if is_of_desk(fact))))
    again.pass_time(1)
    return again


def test_deadlines_outlive_a_restart():
    r = rig()
    case = opened(r)
    again = restarted(r, HOUR)
    assert not again.of(CaseWarned)
    again.pass_time(HOUR)
    assert [fact.case for fact in again.of(CaseWarned)] == [case]
    again = restarted(r, 2.5 * HOUR)
    assert [type(fact) for fact in again.facts if is_of_clock(fact)] == [CaseWarned]
    again.pass_time(HOUR)
    assert [fact.case for fact in again.of(CaseBreached)] == [case]


def test_a_box_that_was_off_over_both_says_the_worse_one_once():
    r = rig()
    opened(r)
    again = restarted(r, 10 * HOUR)
    assert [type(fact) for fact in again.facts if is_of_clock(fact)] == [CaseBreached]
    again.facts = [*r.facts, *again.facts]
    assert not [fact for fact in restarted(again, 1).facts if is_of_clock(fact)]


def test_numbers_are_not_given_twice_over_a_restart():
    r = rig()
    first = opened(r)
    again = restarted(r, 1)
    assert opened(again)[:-1] == str(int(first[:-1]) + 1)
