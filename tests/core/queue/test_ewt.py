"""The estimated wait: the formula, its history, its error in the figures."""

from __future__ import annotations

import pytest

from gateway.core.events import QueueRecovered
from gateway.core.facts.calls import QueueEntered, WrapUpEnded
from gateway.core.kpi.kpi import OFFICE, Key, Kpi
from gateway.core.queue import ewt
from gateway.core.queue.ewt import NO_HISTORY_S, REMEMBERED, Handling, estimate_s
from tests.core.factory import Rig, command, talking

from .rig import CALLERS, busy, end_talk, rig_of


def ended(talk_s: float, wrap_up_s: float = 0.0, team: str = "office") -> WrapUpEnded:
    return WrapUpEnded(at=0.0, agent="jan", team=team, talk_s=talk_s, hold_s=talk_s / 2, wrap_up_s=wrap_up_s)


@pytest.mark.parametrize(
    ("aht_s", "ahead", "agents", "estimate"),
    [(240.0, 3, 2.0, 360.0), (240.0, 3, 0.5, 1440.0), (240.0, 0, 2.0, 0.0), (None, 3, 2.0, NO_HISTORY_S),
     (240.0, 3, 0.0, None), (None, 0, 0.0, None)],
)  # fmt: skip
def test_the_formula(aht_s, ahead, agents, estimate):
    assert estimate_s(aht_s, ahead, agents) == estimate


def test_the_history_is_the_mean_of_the_last_ones_of_each_team():
    handling = Handling()
    assert handling.aht_s("office") is None
    for fact in (ended(100.0, 20.0), ended(200.0), ended(10.0, team="sales")):
        handling.apply(fact)
    assert (handling.aht_s("office"), handling.aht_s("sales")) == (160.0, 10.0)
    for _ in range(REMEMBERED):
        handling.apply(ended(50.0, 10.0))
    assert handling.aht_s("office") == 60.0


def test_agents_of_several_teams_count_by_their_share():
    rig = rig_of(agents=("jan", "ewa", "ola"))  # ola is in sales, too
    assert ewt.active(rig.board._ex, "office") == 2.5
    command(rig, "ewa", "pause")
    assert ewt.active(rig.board._ex, "office") == 1.5
    command(rig, "jan", "logout")
    assert ewt.active(rig.board._ex, "office") == 0.5


def test_the_entrance_tells_it():
    rig = busy()
    for caller in CALLERS[:2]:
        rig.call(caller)
    assert [fact.ewt_s for fact in rig.of(QueueEntered)] == [0.0, NO_HISTORY_S, NO_HISTORY_S]
    rig.board._ex.handling.apply(ended(120.0))
    rig.call(CALLERS[3])
    assert rig.of(QueueEntered)[-1].ewt_s == 240.0


def test_nobody_knows_when_everybody_has_a_pause():
    rig = rig_of()
    command(rig, "jan", "pause")
    rig.call(CALLERS[0])
    assert rig.of(QueueEntered)[-1].ewt_s is None


def test_the_history_comes_back_from_the_journal():
    rig = rig_of()
    rig.tell(QueueRecovered(facts=(ended(100.0), ended(140.0))))
    talking(rig, CALLERS[-1], agent="jan")
    rig.call(CALLERS[0])
    rig.call(CALLERS[1])
    assert rig.of(QueueEntered)[-1].ewt_s == 120.0


def figures(rig: Rig, key: Key = OFFICE):
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    return kpi.figures(key)


def test_its_error_is_published():
    rig = busy()
    assert (figures(rig).ewt_error_s, figures(rig).ewt_error_n) == (0.0, 1), "somebody was free, and took the first"
    rig.board._ex.handling.apply(ended(60.0))
    rig.call(CALLERS[0])
    second = rig.call(CALLERS[1])  # 60 s, they say
    rig.pass_time(20)
    end_talk(rig)
    rig.pick_up(rig.dialled("jan").leg)  # the first waited 20 s, and was told of none
    rig.pass_time(70)
    end_talk(rig)
    rig.pick_up(rig.dialled("jan").leg)  # the second waited 90 s
    assert rig.where(second) == "bridged"
    got = figures(rig)
    assert (got.ewt_error_s, got.ewt_error_n) == (pytest.approx((0 + 20 + 30) / 3), 3)
    assert figures(rig, Key("team", "office")).ewt_error_n == 3


def test_who_was_not_answered_is_not_in_it():
    rig = busy()
    rig.hang_up(rig.call(CALLERS[0]))
    assert figures(rig).ewt_error_n == 1
