"""The figures: the published example, and what moves when."""

from __future__ import annotations

import pytest

from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallRecord,
    CallStarted,
    QueueEntered,
    QueueLeft,
    WrapUpEnded,
)
from gateway.core.kpi.figures import DAY_S
from gateway.core.kpi.kpi import INTERVAL_S, OFFICE, Key, Kpi
from tests.core.factory import Rig, site

DAY = 1_700_006_400.0  # a midnight in UTC, and the start of an interval
OFFICE_TEAM = Key("team", "office")


class Feed:
    """Contacts told to a Kpi in the order of time."""

    def __init__(self, kpi: Kpi | None = None) -> None:
        self.kpi = kpi or Kpi(site())
        self.facts = []
        self._n = 0

    def enter(self, at: float, *, team: str = "office", manager: str = "") -> str:
        self._n += 1
        call = f"c{self._n}"
        self.tell(CallStarted(at=at, call=call, line="A", caller="", called="100"))
        self.tell(QueueEntered(at=at, call=call, team=team, manager=manager, position=1))
        return call

    def leave(self, call: str, outcome: str, at: float, wait_s: float, *, agent: str = "jan") -> None:
        if outcome == "answered":
            self.tell(CallBridged(at=at, call=call, agent=agent, leg="l", stage="team", team="office", wait_s=wait_s))
        self.tell(QueueLeft(at=at, call=call, team="office", outcome=outcome, wait_s=wait_s))
        self.tell(CallEnded(at=at, call=call, record=CallRecord(call=call)))

    def one(self, outcome: str, wait_s: float, *, at: float = DAY + 60, **more: str) -> None:
        self.leave(self.enter(at, **more), outcome, at + wait_s, wait_s)

    def tell(self, fact) -> None:
        self.facts.append(fact)
        self.kpi.apply(fact)


def published_example() -> Feed:
    feed = Feed()
    for outcome, wait_s, count in (
        ("answered", 20.0, 860), ("answered", 21.0, 140),
        ("abandoned", 4.9, 10), ("abandoned", 20.0, 10), ("abandoned", 20.1, 40),
    ):  # fmt: skip
        for _ in range(count):
            feed.one(outcome, wait_s)
    return feed


def test_published_example():
    figures = published_example().kpi.figures(OFFICE_TEAM, "interval")
    per_cent = {
        name: round(100 * getattr(figures, name), 1)
        for name in ("sl_answered", "sl_strict", "sl_abandon_ok", "sl_ignore_early", "sl_short_ok", "sl")
    }
    assert per_cent == {
        "sl_answered": 86.0,
        "sl_strict": 81.1,
        "sl_abandon_ok": 83.0,
        "sl_ignore_early": 82.7,
        "sl_short_ok": 82.1,
        "sl": 81.9,
    }
    assert (figures.offered, figures.answered, figures.abandoned, figures.in_progress) == (1060, 1000, 60, 0)
    assert figures.abandon_rate == 60 / 1060
    assert figures.abandon_rate_long == 50 / 1050
    assert figures.asa_s == pytest.approx(20.14)
    assert (figures.asa_p50_s, figures.asa_p90_s, figures.asa_max_s) == (20.0, 21.0, 21.0)


def test_overflow_counts_against_the_default_level_only():
    feed = published_example()
    for _ in range(50):
        feed.one("overflowed", 300.0)
    figures = feed.kpi.figures(OFFICE_TEAM, "interval")
    assert figures.sl == 860 / 1100
    assert round(100 * figures.sl_strict, 1) == 81.1


def test_no_contacts_no_figures():
    figures = Kpi(site()).figures(OFFICE_TEAM)
    for name in ("sl", "sl_answered", "sl_strict", "sl_abandon_ok", "sl_ignore_early", "sl_short_ok", "asa_s",
                 "asa_p50_s", "asa_p90_s", "asa_max_s", "abandon_rate", "abandon_rate_long", "aht_s",
                 "owner_answer_share"):  # fmt: skip
        assert getattr(figures, name) is None, name
    assert figures.offered == figures.in_progress == 0


def test_only_short_abandons_leave_the_level_open():
    feed = Feed()
    feed.one("abandoned", 2.0)
    figures = feed.kpi.figures(OFFICE_TEAM)
    assert figures.sl is None
    assert figures.sl_strict == 0.0
    assert figures.abandon_rate == 1.0
    assert figures.abandon_rate_long is None


def test_live_level_moves_when_a_wait_passes_t_and_not_a_second_time():
    feed = Feed()
    feed.one("answered", 3.0)
    call = feed.enter(DAY + 100)
    kpi = feed.kpi
    assert kpi.next_change() == pytest.approx(DAY + 120.001)
    assert not kpi.advance(DAY + 120)
    assert kpi.figures(OFFICE_TEAM).sl == 1.0
    assert kpi.advance(kpi.next_change())
    assert kpi.next_change() is None
    figures = kpi.figures(OFFICE_TEAM)
    assert (figures.waiting_over_t, figures.sl, figures.sl_strict, figures.sl_answered) == (1, 0.5, 0.5, 1.0)
    feed.leave(call, "answered", DAY + 130, 30.0)
    figures = kpi.figures(OFFICE_TEAM)
    assert (figures.waiting_over_t, figures.sl, figures.sl_answered) == (0, 0.5, 0.5)


def test_outcomes_are_booked_when_they_come():
    feed = Feed()
    call = feed.enter(DAY + INTERVAL_S - 10)
    feed.leave(call, "answered", DAY + INTERVAL_S + 5, 15.0)
    first = feed.kpi.figures(OFFICE_TEAM, "interval", at=DAY)
    second = feed.kpi.figures(OFFICE_TEAM, "interval", at=DAY + INTERVAL_S)
    assert (first.carried_in, first.offered, first.answered, first.in_progress, first.asa_s) == (0, 1, 0, 1, None)
    assert (second.carried_in, second.offered, second.answered, second.in_progress) == (1, 0, 1, 0)
    assert second.asa_s == 15.0
    day = feed.kpi.figures(OFFICE_TEAM, "day")
    assert (day.offered, day.answered, day.in_progress) == (1, 1, 0)
    assert feed.kpi.starts(OFFICE_TEAM, "interval") == (DAY, DAY + INTERVAL_S)
    feed.kpi.advance(DAY + DAY_S + 1)
    assert feed.kpi.figures(OFFICE_TEAM, "day").offered == 0


def test_handling_time_is_booked_when_after_call_work_ends():
    feed = Feed()
    feed.tell(WrapUpEnded(at=DAY + 5, agent="jan", team="office", talk_s=100.0, hold_s=20.0, wrap_up_s=10.0))
    feed.tell(WrapUpEnded(at=DAY + INTERVAL_S, agent="ewa", team="office", talk_s=50.0, hold_s=0.0, wrap_up_s=0.0))
    assert feed.kpi.figures(OFFICE_TEAM, "interval", at=DAY).aht_s == 110.0
    assert feed.kpi.figures(OFFICE_TEAM, "day").aht_s == 80.0
    assert feed.kpi.agent_figures("ewa", "day").aht_s == 50.0


def test_share_of_the_owner_and_scopes():
    feed = Feed()
    feed.leave(feed.enter(DAY, manager="anna"), "answered", DAY + 1, 1.0, agent="anna")
    feed.leave(feed.enter(DAY, manager="anna"), "answered", DAY + 1, 1.0, agent="jan")
    feed.one("answered", 1.0)
    kpi = feed.kpi
    assert kpi.figures(OFFICE).owner_answer_share == 0.5
    assert kpi.figures(Key("manager", "anna")).answered == 2
    assert kpi.figures(Key("did", "100")).answered == 3
    assert set(kpi.keys()) == {OFFICE, OFFICE_TEAM, Key("did", "100"), Key("manager", "anna")}


def test_agents_phone():
    feed = Feed()
    for why in ("no_answer", "busy", "refused", "unreachable", "cancelled", "failed"):
        feed.tell(AgentOffered(at=DAY, call="c", agent="jan", leg="l", stage="team", team="office"))
        feed.tell(AgentDeclined(at=DAY, call="c", agent="jan", leg="l", why=why, code=0, rang_s=1.0))
    figures = feed.kpi.agent_figures("jan")
    assert (figures.offered, figures.no_answer, figures.refused, figures.unreachable) == (6, 1, 2, 1)
    assert feed.kpi.agents() == ("jan",)
    assert feed.kpi.agent_figures("ewa").offered == 0


def test_threshold_is_the_teams():
    of = site()
    from tests.core.factory import team

    feed = Feed(Kpi(team(of, "office", threshold_s=60.0, short_abandon_s=1.0)))
    feed.one("answered", 45.0)
    feed.one("abandoned", 2.0)
    figures = feed.kpi.figures(OFFICE_TEAM)
    assert (figures.answered_in_t, figures.abandoned_short) == (1, 0)


def test_conservation_sees_a_contact_that_was_entered_twice():
    feed = Feed()
    feed.enter(DAY)
    assert set(feed.kpi.conservation().values()) == {0}
    feed.tell(QueueEntered(at=DAY, call="c1", team="office", position=1))
    assert feed.kpi.conservation()[OFFICE] == 1


def test_folding_in_two_goes_gives_the_same():
    feed = published_example()
    again = Kpi(site())
    for fact in feed.facts:
        again.apply(fact)
    assert again.figures(OFFICE) == feed.kpi.figures(OFFICE)


def test_a_departure_that_was_never_entered_is_not_counted():
    kpi = Kpi(site())
    kpi.apply(QueueLeft(at=DAY, call="x", team="office", outcome="answered", wait_s=1.0))
    assert kpi.keys() == ()


def test_figures_of_a_real_call():
    rig = Rig()
    call = rig.queue()
    rig.ring(rig.dialled("anna").leg)
    rig.pass_time(20)
    rig.pick_up(rig.dialled("jan").leg)
    rig.pass_time(30)
    rig.hang_up(call)
    kpi = Kpi(site())
    for fact in rig.facts:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE_TEAM)
    assert (figures.answered, figures.answered_in_t, figures.handled) == (1, 0, 1)
    assert figures.aht_s == pytest.approx(30.0)
    assert figures.owner_answer_share == 0.0
