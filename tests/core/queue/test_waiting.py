"""Who is not let in, whose wait ends early and why, and that each of them is counted once."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.facts.calls import InputTaken, QueueEntered, QueueLeft, StepEntered, WrapUpEnded
from gateway.core.flow.model import Exit
from gateway.core.flow.queue_waiting import Waiting
from gateway.core.kpi.kpi import Kpi
from tests.core.factory import Rig, command, talking

from .rig import CALLERS, busy, end_talk, rig_of, told


def left(rig: Rig, call: str) -> tuple[str, str, float]:
    (fact,) = rig.of(QueueLeft, call)
    return fact.outcome, fact.reason, fact.wait_s


def step(rig: Rig, call: str) -> str:
    return rig.of(StepEntered, call)[-1].step


def balanced(rig: Rig) -> bool:
    """Conservation over all facts."""
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    return not any(kpi.conservation().values())


# Who is let in


def test_a_full_queue_lets_nobody_in_and_who_is_not_let_in_was_offered():
    rig = busy(Waiting(queue_max=2), full="full")
    first, second, third = (rig.call(caller) for caller in CALLERS[:3])
    assert [rig.where(call) for call in (first, second)] == ["queued", "queued"]
    assert len(rig.of(QueueEntered, third)) == 1
    assert left(rig, third) == ("overflowed", "full", 0.0)
    assert step(rig, third) == "full"
    assert balanced(rig)
    rig.hang_up(first)
    assert rig.where(rig.call(CALLERS[3])) == "queued"


def test_without_an_exit_for_it_a_full_queue_is_as_when_nobody_answers():
    rig = busy(Waiting(queue_max=1))
    rig.call(CALLERS[0])
    assert step(rig, rig.call(CALLERS[1])) == "sorry"


def test_whom_somebody_free_can_take_at_once_is_let_into_a_full_queue():
    rig = rig_of(Waiting(queue_max=1), agents=("jan", "ewa"))
    first, second, third = (rig.call(caller) for caller in CALLERS[:3])
    assert [rig.where(call) for call in (first, second)] == ["queued", "queued"], "a phone rings for each"
    assert left(rig, third)[1] == "full"


def test_too_long_an_estimate_is_refused_by_the_same_exit():
    rig = busy(Waiting(ewt_max_s=150.0), full="full")
    rig.board._ex.handling.apply(handled(100.0))
    calls = [rig.call(caller) for caller in CALLERS[:3]]
    assert [fact.ewt_s for fact in rig.of(QueueEntered)][1:] == [0.0, 100.0, 200.0]
    assert [rig.where(call) for call in calls] == ["queued", "queued", "flow"]
    assert left(rig, calls[2]) == ("overflowed", "ewt_max", 0.0)
    assert step(rig, calls[2]) == "full"
    assert balanced(rig)


def handled(seconds: float) -> WrapUpEnded:
    return WrapUpEnded(at=0.0, agent="jan", team="office", talk_s=seconds, hold_s=0.0, wrap_up_s=0.0)


@pytest.mark.parametrize(
    ("policy", "state", "reason"),
    [
        ("nobody_logged_in", "logout", "nobody_logged_in"),
        ("nobody_logged_in", "pause", ""),
        ("nobody_free_soon", "pause", "nobody_free_soon"),
        ("nobody_free_soon", "logout", "nobody_logged_in"),
        ("always", "logout", ""),
        ("always", "pause", ""),
    ],
)
def test_who_is_let_into_an_empty_office(policy, state, reason):
    leave = "never" if policy == "always" else policy
    rig = rig_of(Waiting(join_empty=policy, leave_empty=leave), no_agents="nobody")
    command(rig, "jan", state)
    call = rig.call(CALLERS[0])
    if reason:
        assert left(rig, call) == ("overflowed", reason, 0.0)
        assert step(rig, call) == "nobody"
    else:
        assert rig.where(call) == "queued"
        command(rig, "jan", "login" if state == "logout" else "unpause")
        assert rig.dialled("jan").call == call
    assert balanced(rig)


def test_a_team_behind_that_is_there_makes_an_office_of_pauses_joinable():
    rig = rig_of(Waiting(join_empty="nobody_free_soon"), no_agents="nobody")
    of = rig.board._ex.site
    rig.load(replace(of, teams={**of.teams, "office": replace(of.teams["office"], overflow_team="sales")}))
    command(rig, "jan", "pause")
    assert rig.where(rig.call(CALLERS[0])) == "queued"


@pytest.mark.parametrize("policy", ["nobody_logged_in", "nobody_free_soon", "never"])
def test_who_waits_when_the_last_one_goes_for_a_pause_or_home(policy):
    join = "always" if policy == "never" else policy
    rig = busy(Waiting(join_empty=join, leave_empty=policy), no_agents="nobody")
    call = rig.call(CALLERS[0])
    command(rig, "jan", "pause")
    end_talk(rig)
    if policy == "nobody_free_soon":
        assert (left(rig, call)[:2], step(rig, call)) == (("overflowed", "nobody_free_soon"), "nobody")
        return
    assert rig.where(call) == "queued"
    command(rig, "jan", "logout")
    if policy == "nobody_logged_in":
        assert (left(rig, call)[:2], step(rig, call)) == (("overflowed", "nobody_logged_in"), "nobody")
    else:
        assert rig.where(call) == "queued"
        rig.pass_time(3601)
        assert left(rig, call) == ("overflowed", "max_wait", 3600.0)
    assert balanced(rig)


# The longest wait of the step


def test_the_step_has_a_longest_wait_of_its_own():
    rig = busy(max_wait_s=60.0, waited="waited")
    call = rig.call(CALLERS[0])
    rig.pass_time(59.9)
    assert rig.where(call) == "queued"
    rig.pass_time(0.2)
    assert left(rig, call) == ("overflowed", "step_wait", 60.0)
    assert step(rig, call) == "waited"
    assert balanced(rig)


def test_a_phone_that_rings_is_let_go_when_the_steps_time_is_over():
    rig = rig_of(max_wait_s=10.0)
    call = rig.call(CALLERS[0])
    rig.ring(rig.dialled("jan").leg)
    rig.pass_time(10)
    assert step(rig, call) == "sorry"
    rig.end(rig.dialled("jan").leg, code=487)
    assert rig.state("jan") == "idle"


def test_who_was_answered_in_time_is_not_thrown_out_of_the_talk():
    rig = rig_of(max_wait_s=10.0)
    call, _ = talking(rig, CALLERS[0], agent="jan")
    rig.pass_time(60)
    assert rig.where(call) == "bridged"
    assert left(rig, call)[:2] == ("answered", "")


# Keys


def test_a_key_of_the_step_leaves_the_queue():
    rig = busy()
    call = rig.call(CALLERS[0])
    rig.pass_time(20)
    rig.press(call, "1")
    assert left(rig, call) == ("overflowed", "key", 20.0)
    assert step(rig, call) == "later"
    assert [(fact.step, fact.keys, fact.outcome) for fact in rig.of(InputTaken, call)] == [("human", "1", "match")]
    assert rig.board._ex.calls[call].values["area"] == "key", "what the exit sets"
    end_talk(rig)
    assert [dial.call for dial in rig.actions if getattr(dial, "agent", "")].count(call) == 0
    assert balanced(rig)


def test_other_keys_do_nothing_and_are_not_kept_for_later():
    rig = busy(keys={"*": Exit(then="later")})
    call = rig.call(CALLERS[0])
    before = len(rig.actions)
    rig.press(call, "12#")
    assert rig.where(call) == "queued"
    assert len(rig.actions) == before
    assert not rig.of(InputTaken, call)
    rig.press(call, "*")
    assert told(rig, call)[-1] == "Oddzwonimy."
    assert not rig.board._ex.calls[call].walk.ahead


def test_a_key_lets_the_phone_go_that_rings():
    rig = rig_of()
    call = rig.call(CALLERS[0])
    rig.ring(rig.dialled("jan").leg)
    rig.press(call, "1")
    assert step(rig, call) == "later"
    rig.end(rig.dialled("jan").leg, code=487)
    assert rig.state("jan") == "idle"


def test_a_key_in_a_talk_goes_to_the_other_side():
    rig = rig_of()
    call, _ = talking(rig, CALLERS[0], agent="jan")
    rig.press(call, "1")
    assert rig.where(call) == "bridged"


def test_music_of_the_step_in_place_of_the_teams():
    rig = busy(music="own-music")
    call = rig.call(CALLERS[0])
    (play,) = [action for action in rig.actions if getattr(action, "leg", "") == call and hasattr(action, "clips")]
    assert play.clips[0].key == "own-music"
