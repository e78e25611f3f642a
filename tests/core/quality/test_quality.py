"""Talks that are drawn at the end of a week and scored by somebody else, from the talk to the score."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from gateway.core.events import Recorded
from gateway.core.events_desk import DeskCommanded, DeskRecovered, RecordingRemoved
from gateway.core.facts.all import AnyFact
from gateway.core.facts.call_back import is_of_call_back
from gateway.core.facts.desk import RecordingStarted, TaskClosed, TaskOpened, TaskOverdue, is_of_desk
from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored, is_of_quality
from gateway.core.flow.model import Consent, HangUpStep, Queue, Retry
from gateway.core.site.quality_form import QualityRules, Question
from gateway.core.site.site import Draft
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, command, flow, prompt, site, team

DAY = 86_400.0
HOUR = 3600.0
WARSAW = ZoneInfo("Europe/Warsaw")
MONDAY = "2023-11-13"
"""Of the week in which the rig begins (a Tuesday, 23:13)."""
FORM = (
    Question(name="greeting", ask={"pl": "Przedstawił się?"}),
    Question(name="consent", ask={"pl": "Zgoda?"}, critical=True),
    Question(name="remark", ask={"pl": "Uwagi"}, answer="note"),
)
RULES = QualityRules(per_agent_week=2, reviewer="ola", form=FORM)
GOOD = {"greeting": "yes", "consent": "yes"}
FLOW = flow(
    Consent(name="consent", prompt=prompt("Zgoda, jeden."), yes="human", no="human",
            no_input=Retry(tries=1, then="human"), no_match=Retry(tries=1, then="human")),
    Queue(name="human", to="office", gave_up="sorry"),
    HangUpStep(name="sorry"),
)  # fmt: skip


def office(**changes: object):
    """Jan and Ewa answer, Ewa leads them, Ola reviews what Ewa cannot."""
    of = team(site(flows={"reception": FLOW}), "office", leader="ewa", overflow_team="")
    return replace(of, **{"quality": RULES, **changes})


def talk(r: Rig, agent: str = "jan", caller: str = STRANGER, keys: str = "1", *, length_s: float = 60.0, **more) -> str:
    """A talk with this agent, recorded after the yes; the recording, empty when there is none."""
    others = [name for name in r.board._ex.site.agents if name != agent]
    for other in others:
        command(r, other, "pause")
    before = len(r.of(RecordingStarted))
    call = r.call(caller, **more)
    r.press(call, keys)
    leg = r.dialled(agent).leg
    r.pick_up(leg)
    r.pass_time(length_s)
    names = [fact.recording for fact in r.of(RecordingStarted)[before:]]
    for name in names:
        r.tell(Recorded(leg=call, recording=name, how="leg_over", length_ms=int(length_s * 1000)))
    r.hang_up(call)
    r.end(leg)
    r.pass_time(20)
    for other in others:
        command(r, other, "unpause")
    return names[0] if names else ""


def week_end(r: Rig) -> None:
    """Until Monday 0:00 has passed."""
    now = dt.datetime.fromtimestamp(r.now, WARSAW)
    monday = now.date() + dt.timedelta(days=7 - now.weekday())
    r.pass_time(dt.datetime.combine(monday, dt.time(), WARSAW).timestamp() - r.now + 1)


def restarted(r: Rig, of=None) -> Rig:
    """Another control process, with what the journal tells of the desk."""
    after = Rig(of or r.board._ex.site, up=False)
    after.now = r.now
    kept: list[AnyFact] = [msgspec.json.decode(msgspec.json.encode(fact), type=AnyFact) for fact in r.facts]
    after.facts = list(kept)
    told = tuple(fact for fact in kept if is_of_desk(fact) or is_of_call_back(fact) or is_of_quality(fact))
    after.tell(DeskRecovered(facts=told))
    after.line_up("A", boot="b2")
    return after


def sampled(r: Rig) -> list[QualitySampled]:
    return r.of(QualitySampled)


def score(r: Rig, recording: str, answers=GOOD, *, who: str = "ewa", again: bool = False) -> str:
    event = DeskCommanded(what="sample", id=recording, deed="scored", who=who, answers=answers, again=again)
    problem = r.board.desk_problem(event)
    r.tell(event)
    return problem


def drawn_rig(talks: int = 1) -> Rig:
    r = Rig(office())
    for _ in range(talks):
        talk(r)
    week_end(r)
    return r


def test_at_the_weeks_end_as_many_as_asked_for_are_drawn():
    r = Rig(office())
    of_jan, of_ewa = [talk(r) for _ in range(5)], [talk(r, "ewa")]
    assert not sampled(r)
    week_end(r)
    by_agent = {"jan": [], "ewa": []}
    for fact in sampled(r):
        by_agent[fact.agent].append(fact)
    assert [len(found) for found in by_agent.values()] == [2, 1]
    assert {fact.recording for fact in by_agent["jan"]} < set(of_jan)
    assert [fact.recording for fact in by_agent["ewa"]] == of_ewa
    assert {(f.agent, f.reviewer, f.of, f.week, f.team) for f in sampled(r)} == {
        ("jan", "ewa", 5, MONDAY, "office"), ("ewa", "ola", 1, MONDAY, "office"),
    }  # fmt: skip
    (drawn,) = r.of(QualityDrawn)
    assert (drawn.week, drawn.talks, drawn.agents, drawn.samples) == (MONDAY, 6, 2, 3)
    week_end(r)
    assert len(r.of(QualityDrawn)) == 1  # nobody talked


def test_a_sample_is_a_task_for_the_reviewer_until_it_is_scored():
    r = drawn_rig()
    (sample,), (task,) = sampled(r), r.of(TaskOpened)
    assert (task.kind, task.why, task.whose, task.to, task.task) == ("quality", "sampled", "agent", "ewa", sample.task)
    assert task.due_at == sample.due_at == sample.at + 7 * DAY
    view = r.board.desk(r.now)
    assert (view.samples, view.tasks, view.score_form) == (1, 0, FORM)
    r.pass_time(7 * DAY)
    assert [fact.task for fact in r.of(TaskOverdue)] == [sample.task]
    assert r.board.desk(r.now).samples_overdue == 1
    assert score(r, sample.recording) == ""
    assert [(f.task, f.result, f.who) for f in r.of(TaskClosed)] == [(sample.task, "done", "ewa")]
    (scored,) = r.of(QualityScored)
    assert (scored.score, scored.agent, scored.team, scored.who, scored.again) == (100.0, "jan", "office", "ewa", False)
    assert (scored.answers, scored.site_version, scored.call) == (GOOD, "v1", sample.call)
    assert r.board.desk(r.now).samples == 0


def test_a_task_of_a_sample_is_done_by_a_score_and_may_be_cancelled():
    r = drawn_rig()
    (sample,) = sampled(r)
    done = DeskCommanded(what="task", id=sample.task, deed="done", who="ewa")
    assert "gateway quality score" in r.board.desk_problem(done)
    r.tell(done)
    assert not r.of(TaskClosed)
    r.tell(replace(done, deed="cancelled"))
    assert [fact.result for fact in r.of(TaskClosed)] == ["cancelled"]
    assert "withdrawn" in score(r, sample.recording)
    assert not r.of(QualityScored)


@pytest.mark.parametrize("keys", ["2", "7", "*"])
def test_without_a_yes_nothing_is_drawn(keys):
    r = Rig(office())
    assert talk(r, keys=keys) == ""
    week_end(r)
    assert not sampled(r)


def test_a_client_who_is_not_recorded_is_never_drawn():
    of = office()
    clients = {**of.clients, "1001": replace(of.clients["1001"], do_not_record=True)}
    r = Rig(of)
    before, other = talk(r, caller=KOWALSKI), talk(r)
    r.load(replace(of, clients=clients))
    assert talk(r, caller=KOWALSKI, keys="") == ""
    week_end(r)
    assert [fact.recording for fact in sampled(r)] == [other] != [before]
    assert sampled(r)[0].of == 2


def test_a_sample_of_a_client_who_is_not_to_be_recorded_any_more_is_withdrawn():
    r = Rig(office())
    talk(r, caller=KOWALSKI)
    week_end(r)
    of = r.board._ex.site
    r.load(replace(of, clients={**of.clients, "1001": replace(of.clients["1001"], do_not_record=True)}))
    assert [fact.result for fact in r.of(TaskClosed)] == ["cancelled"]
    assert "withdrawn" in score(r, sampled(r)[0].recording)


def test_trials_of_drafts_are_never_drawn():
    of = office(draft=Draft(number="9999", rings=("jan",)))
    r = Rig(of)
    r.draft(replace(office(), version="draft"), MAIN)
    assert talk(r, called="9999")
    assert [fact.draft for fact in r.of(RecordingStarted)] == [True]
    week_end(r)
    assert not sampled(r)


def test_a_restart_in_the_midst_of_the_week_changes_nothing():
    whole, first = Rig(office()), Rig(office())
    for r in (whole, first):
        for _ in range(4):
            talk(r)
    second = restarted(first)
    assert second.board.next_deadline() is not None
    for r in (whole, second):
        r._calls = 10
        for _ in range(4):
            talk(r)
        week_end(r)
    assert len(sampled(second)) == 2
    assert {f.recording for f in sampled(whole)} == {f.recording for f in sampled(second)}
    assert {fact.of for fact in sampled(second)} == {8}


def test_a_box_that_was_off_at_the_weeks_end_draws_when_it_starts():
    r = Rig(office())
    name = talk(r)
    r.now += 9 * DAY
    after = restarted(r)
    assert [(fact.recording, fact.week) for fact in sampled(after)] == [(name, MONDAY)]
    assert sampled(after)[0].due_at == after.now + 7 * DAY
    again = restarted(after)
    assert len(sampled(again)) == len(again.of(QualityDrawn)) == 1
    assert score(again, name) == ""


def test_a_draw_that_a_kill_cut_in_two_is_finished_and_nothing_is_drawn_twice():
    r = drawn_rig(3)
    names = [fact.recording for fact in sampled(r)]
    cut = r.facts.index(r.of(QualitySampled)[1])
    r.facts = r.facts[:cut]
    after = restarted(r)
    assert [fact.recording for fact in sampled(after)] == names
    assert [fact.task for fact in after.of(TaskOpened)] == [f"{name}.q" for name in names]


def test_a_week_in_which_clocks_are_set():
    r = Rig(office())
    r.pass_time(dt.datetime(2024, 10, 26, 12, tzinfo=WARSAW).timestamp() - r.now)
    first = talk(r)
    r.pass_time(dt.datetime(2024, 10, 27, 23, 50, tzinfo=WARSAW).timestamp() - r.now)
    second = talk(r)
    assert not sampled(r)
    week_end(r)
    assert {fact.recording for fact in sampled(r)} == {first, second}
    assert {fact.week for fact in sampled(r)} == {"2024-10-21"}
    assert dt.datetime.fromtimestamp(sampled(r)[0].at, WARSAW).strftime("%a %d %H:%M") == "Mon 28 00:00"


def test_a_talk_over_midnight_of_sunday_belongs_to_the_week_in_which_it_ends():
    r = Rig(office())
    r.pass_time(dt.datetime(2023, 11, 19, 23, 59, 30, tzinfo=WARSAW).timestamp() - r.now)
    name = talk(r)
    assert not sampled(r)
    week_end(r)
    assert [(fact.recording, fact.week) for fact in sampled(r)] == [(name, "2023-11-20")]


def test_an_agent_who_is_gone_is_not_drawn():
    r = Rig(office())
    talk(r)
    mine = talk(r, "ewa")
    of = office()
    r.load(replace(
        team(of, "office", agents=("ewa",)), agents={name: one for name, one in of.agents.items() if name != "jan"}
    ))  # fmt: skip
    week_end(r)
    assert [fact.recording for fact in sampled(r)] == [mine]
    assert r.of(QualityDrawn)[0].talks == 2


def test_an_agent_who_goes_later_can_still_be_scored():
    r = drawn_rig()
    of = office()
    r.load(replace(
        team(of, "office", agents=("ewa",)), agents={name: one for name, one in of.agents.items() if name != "jan"}
    ))  # fmt: skip
    assert score(r, sampled(r)[0].recording) == ""


def test_nobody_scores_himself():
    r = Rig(team(office(quality=replace(RULES, reviewer="ewa")), "office", leader="ewa"))
    talk(r, "ewa")
    talk(r, "jan")
    week_end(r)
    assert [(fact.agent, fact.reviewer) for fact in sampled(r)] == [("jan", "ewa")]
    assert "talk of their own: ewa does" in score(r, sampled(r)[0].recording, who="jan")
    assert not r.of(QualityScored)


def test_without_the_form_nothing_is_drawn_or_scored_until_it_is_back():
    r = drawn_rig()
    (sample,) = sampled(r)
    r.load(office(quality=None))
    assert "no `quality:`" in score(r, sample.recording)
    name = talk(r)
    week_end(r)
    assert len(sampled(r)) == 1
    assert r.board.next_deadline() is None or not r.board._ex.turn.timers._live.get(("quality", "week"))
    r.load(office())
    assert [fact.recording for fact in sampled(r)] == [sample.recording, name]
    assert score(r, sample.recording) == ""


def test_another_form_counts_for_whoever_scores_from_then_on():
    r = drawn_rig()
    other = Question(name="polite", ask={"pl": "?"}, answer="1-5")
    r.load(office(version="v2", quality=replace(RULES, form=(other,))))
    name = sampled(r)[0].recording
    assert "greeting: the form has no such question; its questions are polite" in score(r, name)
    assert score(r, name, {"polite": "3"}) == ""
    assert [(fact.score, fact.site_version) for fact in r.of(QualityScored)] == [(50.0, "v2")]


def test_wrong_scores_are_refused_with_the_reason():
    r = drawn_rig()
    name = sampled(r)[0].recording
    for recording, answers, why in (
        ("nothing.1", GOOD, "no sample nothing.1: `gateway quality list --all`"),
        (name, {}, "greeting: no answer"),
        (name, GOOD | {"greeting": "5"}, "'5' is no answer; expected is yes or no"),
        (name, GOOD | {"x": "1"}, "x: the form has no such question"),
    ):
        assert why in score(r, recording, answers)
    assert "a sample cannot be closed" in r.board.desk_problem(DeskCommanded(what="sample", id=name, deed="closed"))
    assert not r.of(QualityScored)


def test_a_second_score_replaces_the_first_only_when_that_is_meant():
    r = drawn_rig()
    name = sampled(r)[0].recording
    assert score(r, name, GOOD | {"greeting": "no"}) == ""
    assert "was scored 50 by ewa before" in score(r, name)
    assert score(r, name, who="ola", again=True) == ""
    assert [(f.score, f.who, f.again) for f in r.of(QualityScored)] == [(50.0, "ewa", False), (100.0, "ola", True)]
    assert len(r.of(TaskClosed)) == 1
    assert r.board._ex.desk.quality.by_recording[name].scored.score == 100.0


def test_a_critical_no_is_a_zero():
    r = drawn_rig()
    assert score(r, sampled(r)[0].recording, {"greeting": "yes", "consent": "no", "remark": "bez zgody"}) == ""
    (scored,) = r.of(QualityScored)
    assert (scored.score, scored.critical, scored.answers["remark"]) == (0.0, ("consent",), "bez zgody")


def test_what_retention_deletes_is_withdrawn_and_a_score_stays():
    r = drawn_rig(2)
    first, second = sampled(r)
    assert score(r, first.recording) == ""
    for sample in (first, second):
        r.tell(RecordingRemoved(file=sample.files[0], recorded_at=sample.recorded_at))
    assert [(f.task, f.result) for f in r.of(TaskClosed)] == [(first.task, "done"), (second.task, "cancelled")]
    assert "sound of" in score(r, second.recording)
    assert "deleted" in score(r, first.recording, again=True)
    book = restarted(r).board._ex.desk.quality.by_recording
    assert [(s.scored is not None, s.withdrawn, s.deleted) for s in book.values()] == [
        (True, False, True), (False, True, True),
    ]  # fmt: skip


def test_what_retention_deletes_before_the_draw_is_not_drawn():
    r = Rig(office())
    names = [talk(r) for _ in range(3)]
    for name in names[:2]:
        r.tell(RecordingRemoved(file=f"recordings/{name}.wav", recorded_at=r.now))
    week_end(r)
    assert [fact.recording for fact in sampled(r)] == [names[2]]


def test_without_quality_nothing_has_a_deadline():
    r = Rig(office(quality=None))
    talk(r)
    assert not r.board._ex.turn.timers._live.get(("quality", "week"))
    week_end(r)
    assert not sampled(r)


def test_the_manager_of_a_client_who_is_in_no_team():
    of = office(quality=RULES)
    r = Rig(replace(of, flows={"reception": flow(
        FLOW.steps["consent"], replace(FLOW.steps["human"], to="by_client", team="office"), FLOW.steps["sorry"]
    )}))  # fmt: skip
    talk(r, "anna", caller=KOWALSKI)
    week_end(r)
    assert [(f.agent, f.team, f.reviewer, f.client) for f in sampled(r)] == [("anna", "", "ola", "1001")]
    assert r.of(TaskOpened)[0].client == "1001"
