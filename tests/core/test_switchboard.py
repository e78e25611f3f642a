"""One call through menu, queue, manager, team, bridge and end, as the switchboard sees it."""

from __future__ import annotations

from gateway.core.actions import Answer, Bridge, Dial, HangUp, Play, Refuse, ScreenPop, StopPlay
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallStarted,
    CallTurnedAway,
    ClientIdentified,
    QueueEntered,
    QueueLeft,
    StageEntered,
    StepEntered,
    TalkEnded,
    WrapUpEnded,
)

from .factory import KOWALSKI, MUSIC, Rig, words


def test_unknown_number_is_refused_with_404():
    rig = Rig()
    rig.offer(called="+48999999999")
    assert rig.new == [Refuse(leg="A-b1-1", code=404, reason="no flow for this number")]
    assert [f.code for f in rig.of(CallTurnedAway)] == [404]
    assert not rig.of(CallStarted)
    assert rig.board.view().calls == ()


def test_number_is_found_however_the_trunk_writes_it():
    for called in ("+48221234500", "48221234500", "221234500", "0048221234500", "100"):
        rig = Rig()
        rig.offer(called=called)
        assert rig.new == [Answer(leg="A-b1-1")], called


def test_known_client_reaches_the_manager():
    rig = Rig()
    call = rig.offer(KOWALSKI)
    assert rig.new == [Answer(leg=call)]
    assert [(f.client, f.how, f.manager) for f in rig.of(ClientIdentified)] == [("1001", "caller_id", "anna")]
    rig.pick_up(call)
    assert words(rig.new[0]) == "Dzień dobry."
    rig.heard(call)
    assert words(rig.new[0]) == "Faktury jeden, rozmowa zero."
    rig.press(call, "1")
    stop, pop, dial, announced = rig.new
    assert stop == StopPlay(leg=call)
    assert isinstance(pop, ScreenPop), "before the phone rings"
    assert (pop.agent, pop.client) == ("anna", "1001")
    assert isinstance(dial, Dial)
    assert (dial.leg, dial.line, dial.agent, dial.uri) == (f"{call}.1", "A", "anna", "sip:anna@127.0.0.1:5081")
    assert dial.display_name == f"Kowalski Sp. z o.o. ({KOWALSKI})"
    assert dict(dial.headers) == {
        "X-Gateway-Call": call,
        "X-Gateway-Client": "1001",
        "X-Gateway-Client-Name": "Kowalski Sp. z o.o.",
        "X-Gateway-Matter": "invoices",
        "X-Gateway-Wait": "0",
    }
    assert words(announced) == "Łączę z Anną Nowak"
    rig.ring(dial.leg)
    rig.heard(call)
    (music,) = rig.new
    assert music.loop
    assert music.clips[0].key == MUSIC
    rig.pass_time(4.8)
    rig.pick_up(dial.leg)
    assert rig.new == [StopPlay(leg=call), Bridge(leg=call, other=dial.leg)]
    assert rig.state("anna") == "talking"
    rig.pass_time(60)
    rig.hang_up(call)
    assert HangUp(leg=dial.leg) in rig.actions
    rig.end(dial.leg)
    record = rig.record(call)
    assert (record.outcome, record.answered_by, record.answered_stage) == ("answered", "anna", "manager")
    assert (record.wait_s, record.talk_s, record.ended_by) == (5.0, 60.0, "caller")
    assert record.path == ("welcome", "who", "matter", "human")
    assert record.keys == (("matter", "1"),)
    assert record.area == "invoices"
    assert record.offered == (("anna", "answered"),)
    kinds = [type(fact) for fact in rig.facts[1:]]
    assert kinds == [
        CallStarted, ClientIdentified, StepEntered, StepEntered, StepEntered, type(rig.facts[6]), StepEntered,
        QueueEntered, StageEntered, AgentChanged, AgentOffered, AgentChanged, CallBridged, QueueLeft, TalkEnded,
        WrapUpEnded, AgentChanged, CallEnded,
    ]  # fmt: skip
    assert rig.state("anna") == "idle"
    assert rig.board.next_deadline() is None


def test_silent_manager_passes_the_call_to_the_team_and_the_wait_goes_on():
    rig = Rig()
    call = rig.queue()
    first = rig.dialled()
    rig.ring(first.leg)
    rig.pass_time(20)
    assert rig.new[0] == HangUp(leg=first.leg)
    second = rig.dialled()
    assert second.agent == "jan"
    rig.end(first.leg, code=487)
    rig.ring(second.leg)
    rig.pass_time(3)
    rig.pick_up(second.leg)
    (bridged,) = rig.of(CallBridged)
    assert (bridged.agent, bridged.stage, bridged.team) == ("jan", "team", "office")
    assert abs(bridged.wait_s - 23.2) < 0.01
    assert [(f.stage, f.reason) for f in rig.of(StageEntered)] == [
        ("manager", "manager_free"),
        ("team", "manager_no_answer"),
    ]
    assert [(f.agent, f.why, f.rang_s) for f in rig.of(AgentDeclined)] == [("anna", "no_answer", 20.0)]
    rig.hang_up(second.leg)
    assert HangUp(leg=call) in rig.new
    rig.end(call)
    record = rig.record(call)
    assert (record.ended_by, record.outcome) == ("agent", "answered")
    assert record.offered == (("anna", "no_answer"), ("jan", "answered"))


def test_caller_who_hangs_up_in_the_queue_has_abandoned():
    rig = Rig()
    call = rig.queue()
    dial = rig.dialled()
    rig.ring(dial.leg)
    rig.pass_time(7)
    rig.hang_up(call)
    assert HangUp(leg=dial.leg) in rig.actions
    assert rig.record(call).outcome == "abandoned"
    assert [f.why for f in rig.of(AgentDeclined)] == ["cancelled"]
    rig.end(dial.leg, code=487)
    assert rig.state("anna") == "idle"
    assert rig.board.view().agents[0].free


def test_caller_who_hangs_up_in_the_menu_was_not_offered():
    rig = Rig()
    call = rig.call()
    rig.hang_up(call)
    assert rig.record(call).outcome == "in_menu"
    assert not rig.of(QueueEntered)
    assert not any(isinstance(action, Play) and action.loop for action in rig.actions)
