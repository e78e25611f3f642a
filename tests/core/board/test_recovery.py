"""Lines that die and come back, and a control process that starts anew."""

from __future__ import annotations

import pytest

from gateway.core.actions import Answer, Dial, HangUp, Play
from gateway.core.events import CallsRecovered, LegSnapshot, LineDown
from gateway.core.facts.calls import (
    AgentDeclined,
    CallBridged,
    CallEnded,
    CallStarted,
    CallTurnedAway,
    QueueEntered,
    QueueLeft,
    TalkEnded,
)
from gateway.core.facts.lines import LineLost, LineStarted
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.core.switchboard import Switchboard
from tests.core.factory import KOWALSKI, MAIN, NOWAK, STRANGER, Rig, command, queue_rig, site, talking, team, words


def restarted(rig: Rig, *, seconds: float = 3.0) -> Rig:
    """The same office with a new control process, which has the journal and nothing else."""
    calls: dict[str, list] = {}
    for fact in rig.facts:
        if fact.call:
            calls.setdefault(fact.call, []).append(fact)
    ended = {fact.call for fact in rig.of(CallEnded)}
    rig.board = Switchboard(site())
    rig.now += seconds
    rig.actions.clear()
    rig.tell(CallsRecovered(calls=tuple(tuple(f) for call, f in calls.items() if call not in ended)))
    return rig


def caller(leg: str, state: str = "answered", **more) -> LegSnapshot:
    return LegSnapshot(leg=leg, call=leg, direction="in", state=state, **more)


def phone(leg: str, call: str, agent: str, state: str = "answered", **more) -> LegSnapshot:
    return LegSnapshot(leg=leg, call=call, direction="out", state=state, agent=agent, **more)


def talk(rig: Rig) -> tuple[str, str]:
    call = rig.queue()
    leg = rig.dialled("anna").leg
    rig.pick_up(leg)
    return call, leg


def test_line_dies_with_its_calls_and_no_others():
    rig = Rig()
    rig.line_up("B")
    call, _ = talk(rig)
    queued = rig.queue(NOWAK)
    menu = rig.call(STRANGER)
    other = rig.call(STRANGER, line="B")
    rig.pass_time(1)
    rig.tell(LineDown(line="A", reason="killed by signal 9"))
    assert rig.new == []
    assert rig.where(other) == "flow"
    for lost in (call, queued, menu):
        record = rig.record(lost)
        assert (record.outcome, record.ended_by) == ("lost", "line")
        assert record.end_reason == "line lost: killed by signal 9"
    assert [f.by for f in rig.of(TalkEnded)] == ["line"]
    assert [f.outcome for f in rig.of(QueueLeft, queued)] == ["lost"]
    assert [(f.line, f.calls_lost) for f in rig.of(LineLost)] == [("A", 3)]
    assert all(seat.free for seat in rig.board.view().agents)
    assert rig.offer(line="A")
    assert [f.code for f in rig.of(CallTurnedAway)] == [503]
    rig.line_up("A", boot="b2")
    assert rig.call(KOWALSKI, line="A")
    assert [f.boot for f in rig.of(LineStarted)] == ["b1", "b1", "b2"]


@pytest.mark.parametrize("how", ["dead", "gone"])
def test_who_waits_on_a_line_is_lost_with_it_though_the_last_agent_leaves_by_that(how):
    """Jan wanted to log out after his talk, which ends with the line: the other caller does not overflow by that."""
    rig = queue_rig(to="office", no_agents="nobody")
    rig.load(team(rig.board._ex.site, "office", agents=("jan",), overflow_team=""))
    talks, _ = talking(rig, STRANGER, agent="jan")
    waits = rig.call(KOWALSKI)
    command(rig, "jan", "logout")
    assert rig.where(waits) == "queued"
    if how == "dead":
        rig.tell(LineDown(line="A", reason="killed by signal 9"))
    else:
        rig.line_up("A")
    assert not [action for action in rig.new if isinstance(action, Play)]
    assert [fact.outcome for fact in rig.of(QueueLeft)] == ["answered", "lost"]
    assert (rig.record(talks).outcome, rig.record(waits).outcome) == ("lost", "lost")
    assert rig.state("jan") == "off"


def test_agent_freed_by_a_dead_line_serves_another_line():
    rig = Rig()
    rig.line_up("B")
    for _ in range(2):
        rig.pick_up(rig.queue(STRANGER) and rig.dialled().leg)
    waiting = rig.queue(STRANGER, line="B")
    assert rig.where(waiting) == "queued"
    rig.tell(LineDown(line="A", reason="x"))
    assert rig.dialled().call == waiting


def test_line_that_starts_anew_unnoticed_has_lost_its_calls():
    rig = Rig()
    call, _ = talk(rig)
    rig.line_up("A", boot="b2")
    assert rig.record(call).end_reason == "line lost: started anew"


def test_line_that_greets_again_is_compared():
    rig = Rig()
    call, leg = talk(rig)
    gone = rig.call(STRANGER)
    late = rig.offer(STRANGER)
    rig.line_up("A", legs=(caller(call, bridged_with=leg), phone(leg, call, "anna", bridged_with=call), caller(late)))
    assert (rig.where(call), rig.where(gone), rig.where(late)) == ("bridged", "", "flow")
    assert rig.record(gone).end_reason == "gone from the line"


def test_nobody_is_dialled_until_the_comparing_is_done():
    """Two phones are gone: whoever waits is dialled once, and the new leg is not taken for gone."""
    rig = Rig()
    gone = [rig.queue(STRANGER) for _ in range(2)]
    phones = [rig.dialled(agent).leg for agent in ("jan", "ewa")]
    for leg in phones:
        rig.ring(leg)
    waiting = rig.queue(STRANGER)
    rig.line_up("A", legs=(caller(waiting),))
    assert [rig.where(call) for call in gone] == ["", ""]
    dials = [action for action in rig.new if isinstance(action, Dial)]
    assert [(dial.call, dial.leg) for dial in dials] == [(waiting, f"{waiting}.1")]
    assert rig.board.view().calls[0].ringing == (dials[0].agent,)


def test_talk_is_adopted():
    rig = Rig()
    call, leg = talk(rig)
    at = rig.now
    restarted(rig)
    rig.line_up("A", legs=(caller(call, bridged_with=leg), phone(leg, call, "anna", bridged_with=call)))
    assert rig.new == []
    assert (rig.where(call), rig.state("anna")) == ("bridged", "talking")
    rig.pass_time(10)
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.new
    rig.end(leg)
    record = rig.record(call)
    assert (record.adopted, record.outcome, record.answered_by, record.client) == (True, "answered", "anna", "1001")
    assert record.talk_s == rig.now - at
    assert len(rig.of(CallStarted)) == len(rig.of(CallBridged)) == len(rig.of(QueueLeft)) == 1
    assert rig.state("anna") == "idle"


def test_talk_whose_bridging_was_not_on_disk_is_adopted_all_the_same():
    rig = Rig()
    call = rig.queue()
    leg = rig.dialled("anna").leg
    restarted(rig)
    rig.line_up("A", legs=(caller(call, bridged_with=leg), phone(leg, call, "anna", bridged_with=call)))
    assert [(f.agent, f.stage) for f in rig.of(CallBridged)] == [("anna", "manager")]
    assert [f.outcome for f in rig.of(QueueLeft)] == ["answered"]


def test_talk_that_ended_while_nobody_looked():
    rig = Rig()
    call, _ = talk(rig)
    restarted(rig)
    rig.line_up("A", legs=(caller(call),))
    assert rig.new == [HangUp(leg=call)]
    rig.end(call)
    assert [f.by for f in rig.of(TalkEnded)] == ["line"]
    assert rig.record(call).outcome == "answered"


def test_caller_who_waited_starts_anew_and_keeps_place_and_clock():
    rig = Rig()
    call = rig.queue()
    entered = rig.of(QueueEntered)[0].at
    leg = rig.dialled("anna").leg
    restarted(rig, seconds=7)
    rig.line_up("A", legs=(caller(call), phone(leg, call, "anna", "ringing")))
    assert HangUp(leg=leg) in rig.new
    assert [f.why for f in rig.of(AgentDeclined)] == ["cancelled"]
    assert words(next(a for a in rig.new if isinstance(a, Play))) == "Dzień dobry."
    assert rig.of(QueueLeft) == []
    rig.press(call, "0")
    assert len(rig.of(QueueEntered)) == 1
    rig.pick_up(rig.dialled("jan").leg)  # the manager's phone has not ended yet
    (bridged,) = rig.of(CallBridged)
    assert bridged.wait_s == rig.now - entered
    assert rig.dialled("jan").leg == f"{call}.2"
    rig.hang_up(call)
    assert rig.record(call).outcome == "answered"


def test_caller_who_waited_and_hangs_up_in_the_menu_has_abandoned():
    rig = Rig()
    call = rig.queue()
    restarted(rig)
    rig.line_up("A", legs=(caller(call),))
    rig.hang_up(call)
    assert [f.outcome for f in rig.of(QueueLeft)] == ["abandoned"]
    assert rig.record(call).outcome == "abandoned"
    kpi = Kpi(site())
    for fact in rig.facts:
        kpi.apply(fact)
    assert kpi.conservation()[OFFICE] == 0
    assert kpi.figures(OFFICE).abandoned == 1


@pytest.mark.parametrize("state", ["offered", "ringing"])
def test_offered_call_is_answered_again(state):
    rig = Rig()
    call = rig.offer(STRANGER)
    restarted(rig)
    rig.line_up("A", legs=(caller(call, state),))
    assert rig.new == [Answer(leg=call)]
    rig.pick_up(call)
    assert rig.where(call) == "flow"
    assert len(rig.of(CallStarted)) == 1


def test_caller_whom_the_journal_does_not_know_is_a_new_call():
    rig = Rig()
    restarted(rig)
    rig.line_up("A", legs=(caller("x1", caller=KOWALSKI, called=MAIN), caller("x2", caller=KOWALSKI, called="999")))
    assert [f.call for f in rig.of(CallStarted)] == ["x1", "x2"]
    assert rig.where("x1") == "flow"
    rig.hang_up("x1")
    assert rig.record("x1").client == "1001"
    rig.heard("x2")
    assert rig.new == [HangUp(leg="x2")]


def test_call_that_is_gone_and_line_that_does_not_come_back():
    rig = Rig()
    rig.line_up("B")
    here, _ = talk(rig)
    there = rig.queue(NOWAK, line="B")
    restarted(rig)
    rig.line_up("A")
    assert (rig.record(here).outcome, rig.record(here).end_reason) == ("lost", "gone from the line")
    assert [f.by for f in rig.of(TalkEnded)] == ["line"]
    rig.pass_time(29)
    assert not rig.of(CallEnded, there)
    rig.pass_time(2)
    assert rig.record(there).end_reason == "line did not come back"
    assert [f.outcome for f in rig.of(QueueLeft, there)] == ["lost"]


def test_phone_that_rings_for_nobody_is_hung_up_and_its_agent_kept_until_it_is():
    rig = Rig()
    restarted(rig)
    rig.line_up("A", legs=(phone("y.1", "y", "anna", "ringing"),))
    assert rig.new == [HangUp(leg="y.1")]
    assert not rig.board.view().agents[0].free
    rig.end("y.1")
    assert rig.board.view().agents[0].free


def test_journal_without_a_beginning_is_left_alone():
    rig = Rig()
    rig.tell(CallsRecovered(calls=((), (QueueLeft(at=1.0, call="q", team="office", outcome="lost", wait_s=0.0),))))
    rig.pass_time(60)
    assert rig.of(CallEnded) == []
