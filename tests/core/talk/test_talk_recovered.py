"""Transfers, talks of three and parked callers when the control process starts anew: whoever talks with the caller goes
on, whoever put him on hold has him again, and one whom nobody had begins his flow anew."""

from __future__ import annotations

import pytest

from gateway.core.actions import Bridge, HangUp, StopPlay, Unbridge
from gateway.core.events import CallOffered, CallsRecovered, LegAnswered, LegMediaChanged, LegSnapshot
from gateway.core.facts.calls import CallBridged, CallEnded, CallResumed, QueueEntered, QueueLeft, TalkEnded
from gateway.core.facts.talk import TransferAsked, TransferDone, TransferFailed, Unparked
from gateway.core.kpi.kpi import Kpi
from gateway.core.switchboard import Switchboard
from tests.core.wired import Wired

from .rig import bridged, refer, rung


def restarted(rig: Wired, *, gone: tuple[str, ...] = (), came_in: tuple[str, ...] = ()) -> Wired:
    """A new control process: the journal, and the line's legs as they are. `gone`: legs that ended meanwhile."""
    board = rig.board
    calls: dict[str, list] = {}
    for fact in rig.facts:
        if fact.call:
            calls.setdefault(fact.call, []).append(fact)
    ended = {fact.call for fact in rig.of(CallEnded)}
    for leg in gone:
        rig._over(leg)
    legs = tuple(
        LegSnapshot(
            leg=leg.id,
            call=leg.call.id if leg.call is not None else "",
            direction="out" if leg.agent and leg.id not in came_in else "in",
            state="answered" if leg.id in rig.answered else "ringing",
            agent=leg.agent if leg.id not in came_in else "",
            held=leg.held,
            bridged_with=rig.bridged.get(leg.id, ""),
        )
        for leg in board._ex.legs.values()
        if leg.id not in gone
    )
    rig.board = Switchboard(board._ex.site)
    rig.now += 2
    rig.actions.clear()
    rig.tell(CallsRecovered(calls=tuple(tuple(f) for call, f in calls.items() if call not in ended)))
    rig.line_up("A", legs=legs)
    return rig


def books(rig: Wired) -> None:
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    assert set(kpi.conservation().values()) <= {0}
    assert len(rig.of(QueueEntered)) - len(rig.of(QueueLeft)) in {0, 1}
    assert len(rig.of(CallBridged)) - len(rig.of(TalkEnded)) in {0, 1}


def handed(rig: Wired) -> list[tuple[str, str]]:
    """How each transfer that was asked for ended; every one has."""
    ends = [(f.reason, f.then) for f in rig.of(TransferFailed)] + [
        ("done", f.answered_by) for f in rig.of(TransferDone)
    ]
    assert len(ends) == len(rig.of(TransferAsked))
    return ends


def finished(rig: Wired, call: str) -> None:
    """The caller hangs up, every leg ends: the books are closed and everybody is free."""
    books(rig)
    rig.hang_up(call)
    for leg in list(rig.board._ex.legs):
        rig.end(leg)
    rig.pass_time(60)
    books(rig)
    assert len(rig.of(CallBridged)) == len(rig.of(TalkEnded))
    assert all(how for _, how in rig.record(call).offered)
    assert {seat.state for seat in rig.board.view().agents} == {"idle"}


@pytest.mark.parametrize("answered", [True, False])
def test_whoever_asked_somebody_has_the_caller_again(answered):
    rig, call, anna = bridged()
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    if answered:
        rig.pick_up(jan)
    restarted(rig)
    assert HangUp(leg=jan) in rig.actions
    assert Bridge(leg=call, other=anna) in rig.actions
    assert (Unbridge(leg=anna, other=jan) in rig.actions) == answered
    assert StopPlay(leg=call) in rig.actions
    assert rig.where(call) == "bridged"
    assert rig.state("anna") == "talking"
    assert [fact.by for fact in rig.of(CallResumed)] == ["agent"]
    assert handed(rig) == [("restart", "stays")]
    finished(rig, call)


def test_a_transfer_by_refer_whose_target_rang():
    rig, call, anna = bridged()
    refer(rig, anna, "sip:jan@127.0.0.1:5082")
    rung(rig, "jan")
    restarted(rig)
    assert rig.bridged[call] == anna
    finished(rig, call)


def test_a_talk_of_three_goes_on_without_the_third():
    rig, call, anna = bridged()
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.press(anna, "*5")
    restarted(rig)
    assert HangUp(leg=jan) in rig.actions
    assert rig.bridged[call] == anna
    assert not [action for action in rig.actions if isinstance(action, Bridge)]
    finished(rig, call)


@pytest.mark.parametrize("keys", ["*211#", "*7", "*230#"])
def test_one_whom_nobody_has_begins_his_flow_anew(keys):
    rig, call, anna = bridged()
    rig.press(anna, keys)
    rig.hang_up(anna)
    restarted(rig)
    assert rig.where(call) == "queued"
    assert rig.board._ex.parked == {}
    assert handed(rig) == ([] if keys == "*7" else [("restart", "anew")])
    assert [(f.how, f.parked_s >= 2) for f in rig.of(Unparked)] == ([("restart", True)] if keys == "*7" else [])
    rig.pick_up(rung(rig, "anna"))
    assert rig.where(call) == "bridged"
    finished(rig, call)


def test_who_was_on_hold_and_whose_agent_is_gone_begins_anew():
    rig, call, anna = bridged()
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    restarted(rig, gone=(anna, jan))
    assert rig.where(call) == "queued"
    assert [fact.by for fact in rig.of(TalkEnded)] == ["line"]
    assert handed(rig) == [("restart", "anew")]
    finished(rig, call)


def test_a_talk_that_was_handed_over_while_the_journal_did_not_hear_of_it():
    rig, call, anna = bridged()
    rig.press(anna, "*211#")
    jan = rung(rig, "jan")
    rig.hang_up(anna)
    before = len(rig.facts)
    rig.pick_up(jan)
    del rig.facts[before:]
    restarted(rig)
    assert rig.bridged[call] == jan
    assert rig.where(call) == "bridged"
    assert rig.of(CallBridged)[-1].agent == "jan"
    assert handed(rig) == [("done", "jan")]
    finished(rig, call)


def test_a_transfer_of_which_the_journal_has_nothing_at_all():
    rig, call, anna = bridged()
    before = len(rig.facts)
    rig.press(anna, "*311#")
    jan = rung(rig, "jan")
    rig.pick_up(jan)
    rig.hang_up(anna)
    del rig.facts[before:]
    restarted(rig)
    assert [fact.agent for fact in rig.of(TalkEnded)] == ["anna"]
    assert [(fact.agent, fact.after) for fact in rig.of(CallBridged)] == [("anna", ""), ("jan", "transfer")]
    finished(rig, call)


@pytest.mark.parametrize("keys", ["*211#", "*311#", "*7"])
def test_a_caller_who_is_gone_when_the_program_is_back(keys):
    rig, call, anna = bridged()
    rig.press(anna, keys)
    restarted(rig, gone=tuple(rig.board._ex.legs))
    assert handed(rig) == ([] if keys == "*7" else [("restart", "gone")])
    assert [fact.how for fact in rig.of(Unparked)] == (["gone"] if keys == "*7" else [])
    assert [fact.record.outcome for fact in rig.of(CallEnded)] == ["lost"]
    books(rig)


def test_an_agent_who_took_a_parked_caller_back_from_his_phone_goes_on_talking():
    rig, call, anna = bridged()
    rig.press(anna, "*7")
    rig.hang_up(anna)
    leg = "A-b1-99"
    rig.tell(CallOffered(line="A", leg=leg, caller="jan", called="*71", source="127.0.0.1:5082"))
    rig.tell(LegAnswered(leg=leg))
    assert rig.bridged[call] == leg
    restarted(rig, came_in=(leg,))
    assert rig.bridged[call] == leg
    assert rig.state("jan") == "talking"
    assert rig.where(leg) == ""
    rig.press(leg, "*211#")
    finished(rig, call)


def test_hold_music_of_the_one_who_asked_goes_on_when_his_phone_holds():
    rig, call, anna = bridged()
    rig.tell(LegMediaChanged(leg=anna, codec="PCMA", held=True))
    refer(rig, anna, "sip:jan@127.0.0.1:5082")
    rung(rig, "jan")
    restarted(rig)
    assert rig.bridged[call] == anna
    assert not rig.of(CallResumed)
    assert StopPlay(leg=call) not in rig.actions
    finished(rig, call)
