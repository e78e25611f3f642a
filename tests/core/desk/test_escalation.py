"""A late case goes up: manager, team leader, director; each once, at its time, also over a restart."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.facts.desk import CaseEscalated, CaseOpened, is_of_desk
from gateway.core.flow.model import HangUpStep, OpenCase
from gateway.core.site.site import CaseRules
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, team

HOUR = 3600.0
RULES = CaseRules(director="piotr", director_after_s=HOUR)


def rig(*, leader: str = "ewa", rules: CaseRules = RULES, limits: bool = True) -> Rig:
    limit = {"warn_s": 2 * HOUR, "limit_s": 3 * HOUR} if limits else {}
    open_ = OpenCase(name="open", kind="complaint", to="by_client", whose="agent", team="office", then="bye", **limit)
    place = site(flows={"reception": flow(open_, HangUpStep(name="bye", prompt=prompt("Pa.")))}, cases=rules)
    return Rig(team(place, "office", leader=leader))


def opened(r: Rig, caller: str = KOWALSKI) -> str:
    call = r.call(caller)
    r.heard(call)
    r.end(call)
    return r.of(CaseOpened)[-1].case


def told(r: Rig) -> list[tuple[str, str, str]]:
    return [(fact.level, fact.to, fact.why) for fact in r.of(CaseEscalated)]


def deal(r: Rig, case: str, deed: str) -> None:
    r.tell(DeskCommanded(what="case", id=case, deed=deed, who="anna"))


MANAGER, LEADER, DIRECTOR = (
    ("manager", "anna", "limit_near"),
    ("leader", "ewa", "limit_over"),
    ("director", "piotr", "still_open"),
)


def test_it_goes_up_step_by_step():
    r = rig()
    case = opened(r)
    began = r.of(CaseOpened)[0].at
    r.pass_time(100 * HOUR)
    assert told(r) == [MANAGER, LEADER, DIRECTOR]
    assert [fact.case for fact in r.of(CaseEscalated)] == [case] * 3
    assert [fact.at - began for fact in r.of(CaseEscalated)] == pytest.approx([2 * HOUR, 3 * HOUR, 4 * HOUR], abs=1)


def test_levels_without_anybody_are_left_out():
    r = rig(leader="", rules=CaseRules())
    opened(r)
    r.pass_time(100 * HOUR)
    assert told(r) == [MANAGER]


def test_a_strangers_case_has_no_manager():
    r = rig()
    opened(r, STRANGER)
    r.pass_time(100 * HOUR)
    assert told(r) == [LEADER, DIRECTOR]


def test_a_case_without_a_limit_stays_where_it_is():
    r = rig(limits=False)
    opened(r)
    r.pass_time(100 * HOUR)
    assert told(r) == []


def test_the_times_are_the_sites():
    r = rig(rules=CaseRules(director="piotr", leader_after_s=HOUR / 2, director_after_s=5 * HOUR))
    opened(r)
    began = r.of(CaseOpened)[0].at
    r.pass_time(100 * HOUR)
    assert [fact.at - began for fact in r.of(CaseEscalated)] == pytest.approx([2 * HOUR, 3.5 * HOUR, 8 * HOUR], abs=1)


def test_a_closed_case_goes_up_no_more_and_a_reopened_one_at_once():
    r = rig()
    case = opened(r)
    r.pass_time(2.5 * HOUR)
    deal(r, case, "closed")
    r.pass_time(1 * HOUR)
    assert told(r) == [MANAGER]
    deal(r, case, "reopened")
    r.pass_time(1)
    assert told(r) == [MANAGER, LEADER]
    r.pass_time(HOUR)
    assert told(r) == [MANAGER, LEADER, DIRECTOR]


@pytest.mark.parametrize(("up_h", "off_h"), [(1.0, 0.5), (1.0, 1.5), (2.5, 10.0), (3.5, 0.1), (5.0, 1.0)])
def test_each_step_comes_once_over_a_restart(up_h, off_h):
    r = rig()
    opened(r)
    r.pass_time(up_h * HOUR)
    again = rig()
    again.now = r.now + off_h * HOUR
    again.tell(DeskRecovered(facts=tuple(fact for fact in r.facts if is_of_desk(fact))))
    again.pass_time(10 * HOUR)
    assert told(r) + told(again) == [MANAGER, LEADER, DIRECTOR]


def test_a_new_version_moves_what_is_still_to_come():
    r = rig(leader="", rules=CaseRules())
    opened(r)
    r.pass_time(2.5 * HOUR)
    r.board.load(replace(team(r.board._ex.site, "office", leader="ewa"), version="v2"), now=r.now)
    r.pass_time(HOUR)
    assert told(r) == [MANAGER, LEADER]
