"""Tasks for the manager: two abandons within a day, or a client who is not content."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp
from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import CallEnded
from gateway.core.facts.desk import SurveyAnswered, TaskClosed, TaskOpened, TaskOverdue, is_of_desk
from gateway.core.facts.owner import ManagerAssigned
from gateway.core.flow.model import HangUpStep, Queue, Retry, Survey
from gateway.core.site.owners import OwnerRule
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, flow, prompt, queue_rig, site

HOUR = 3600.0
SECOND_NUMBER = "+48221234599"


def abandon(r: Rig, caller: str = KOWALSKI, called: str = MAIN) -> str:
    before = len(r.actions)
    call = r.call(caller, called=called)
    r.pass_time(8)
    assert r.where(call) == "queued"
    r.hang_up(call)
    for action in r.actions[before:]:
        if isinstance(action, HangUp) and action.leg != call:
            r.end(action.leg)
    return call


def opened(r: Rig) -> list[TaskOpened]:
    return r.of(TaskOpened)


def close(r: Rig, task: str, deed: str = "done") -> str:
    event = DeskCommanded(what="task", id=task, deed=deed, who="ola")
    problem = r.board.desk_problem(event)
    r.tell(event)
    return problem


def test_the_second_abandon_within_a_day_is_a_task_for_the_manager():
    r = queue_rig()
    abandon(r)
    assert not opened(r)
    r.pass_time(23 * HOUR)
    call = abandon(r)
    (task,) = opened(r)
    assert (task.kind, task.whose, task.to, task.client, task.number, task.why) == (
        "call_back", "agent", "anna", "1001", KOWALSKI, "two_abandons",
    )  # fmt: skip
    assert (task.call, task.due_at) == (call, task.at + 24 * HOUR)
    assert r.board.desk(r.now).tasks == 1


def test_abandons_of_more_than_a_day_apart_are_none():
    r = queue_rig()
    for _ in range(4):
        abandon(r)
        r.pass_time(24 * HOUR)
    assert not opened(r)


def test_a_stranger_is_known_by_the_number_and_is_the_teams():
    r = queue_rig()
    abandon(r, STRANGER)
    abandon(r, "+48501000222")
    abandon(r, "")
    abandon(r, "")
    assert not opened(r)
    abandon(r, STRANGER)
    (task,) = opened(r)
    assert (task.whose, task.to, task.client, task.number) == ("team", "office", "", STRANGER)


def test_a_client_is_the_same_from_every_number():
    r = queue_rig()
    place = r.board._ex.site
    client = replace(place.clients["1001"], numbers=(KOWALSKI, SECOND_NUMBER))
    r.board.load(replace(place, clients={**place.clients, "1001": client}), now=r.now)
    abandon(r, KOWALSKI)
    abandon(r, SECOND_NUMBER)
    assert [task.number for task in opened(r)] == [SECOND_NUMBER]


def test_not_twice_while_one_is_open_and_from_the_start_after_it():
    r = queue_rig()
    for _ in range(5):
        abandon(r)
    (task,) = opened(r)
    assert close(r, task.task) == ""
    assert [(fact.task, fact.result, fact.who) for fact in r.of(TaskClosed)] == [(task.task, "done", "ola")]
    assert r.board.desk(r.now).tasks == 0
    assert "closed before" in close(r, task.task)
    assert len(r.of(TaskClosed)) == 1


def test_abandons_that_made_a_task_are_used_up():
    r = queue_rig()
    abandon(r)
    abandon(r)
    close(r, opened(r)[0].task, "cancelled")
    abandon(r)
    assert len(opened(r)) == 1
    abandon(r)
    assert len(opened(r)) == 2
    assert opened(r)[0].task != opened(r)[1].task


def test_an_answered_call_is_no_abandon():
    r = queue_rig()
    abandon(r)
    r.pass_time(100)
    call = r.call(KOWALSKI)
    r.pick_up(r.dialled("anna").leg)
    r.pass_time(5)
    r.hang_up(call)
    assert not opened(r)


def survey_rig() -> Rig:
    again = Retry(tries=1, then="bye")
    survey = Survey(name="survey", kind="csat", prompt=prompt("Ocena?"), then="bye", no_input=again, no_match=again)
    queue = Queue(name="human", to="by_client", team="office", gave_up="bye", served="survey")
    return Rig(site(flows={"reception": flow(queue, survey, HangUpStep(name="bye", prompt=prompt("Pa.")))}))


@pytest.mark.parametrize(("score", "expected"), [("1", 1), ("2", 1), ("3", 0), ("5", 0)])
def test_who_was_not_content_is_called_back(score, expected):
    r = survey_rig()
    call = r.call(KOWALSKI)
    leg = r.dialled("anna").leg
    r.pick_up(leg)
    r.pass_time(20)
    r.hang_up(leg)
    r.press(call, score)
    assert [fact.score for fact in r.of(SurveyAnswered)] == [int(score)]
    assert [(task.why, task.to, task.client) for task in opened(r)] == [("low_csat", "anna", "1001")] * expected


def test_it_is_overdue_once_after_a_day():
    r = queue_rig()
    abandon(r)
    abandon(r)
    r.pass_time(23.9 * HOUR)
    assert not r.of(TaskOverdue)
    r.pass_time(100 * HOUR)
    assert [fact.task for fact in r.of(TaskOverdue)] == [opened(r)[0].task]
    assert r.board.desk(r.now).tasks_overdue == 1


def test_commands_that_do_not_fit_change_nothing():
    r = queue_rig()
    abandon(r)
    abandon(r)
    before = len(r.facts)
    assert "no task t9" in close(r, "t9")
    assert "cannot be reopened" in close(r, opened(r)[0].task, "reopened")
    assert len(r.facts) == before


def restarted(r: Rig, after_s: float) -> Rig:
    again = queue_rig()
    again.now = r.now + after_s
    again.tell(DeskRecovered(facts=tuple(fact for fact in r.facts if is_of_desk(fact))))
    again.tell(WatchRecovered(facts=tuple(fact for fact in r.facts if isinstance(fact, CallEnded))))
    again.pass_time(1)
    return again


def test_the_first_abandon_outlives_a_restart():
    r = queue_rig()
    abandon(r)
    again = restarted(r, HOUR)
    assert not opened(again)
    abandon(again)
    assert len(opened(again)) == 1


def test_a_task_outlives_a_restart_and_its_abandons_do_not_count_again():
    r = queue_rig()
    abandon(r)
    abandon(r)
    task = opened(r)[0].task
    again = restarted(r, HOUR)
    abandon(again)
    abandon(again)
    assert not opened(again)
    again.pass_time(24 * HOUR)
    assert [fact.task for fact in again.of(TaskOverdue)] == [task]
    close(r, task)
    again = restarted(r, HOUR)
    abandon(again)
    assert not opened(again)
    abandon(again)
    assert len(opened(again)) == 1


def test_a_trial_of_a_draft_makes_none():
    r = queue_rig()
    place = r.board._ex.site
    r.board.load(replace(place, draft=Draft(number="199", rings=("anna", "jan"))), now=r.now)
    r.board.load_draft(place, MAIN, now=r.now)
    for _ in range(3):
        abandon(r, called="199")
    assert not opened(r)


def test_a_number_that_was_given_a_manager_is_his():
    r = queue_rig()
    place = r.board._ex.site
    r.board.load(replace(place, new_clients=(OwnerRule(name="all", managers=("ewa",)),)), now=r.now)
    abandon(r, STRANGER)
    abandon(r, STRANGER)
    assert [fact.manager for fact in r.of(ManagerAssigned)] == ["ewa"]
    assert [(task.whose, task.to) for task in opened(r)] == [("agent", "ewa")]
