"""Consent to be recorded: only a clear yes is one, the client's row wins, and what follows from it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import StartRecording, StopRecording
from gateway.core.events import ActionFailed, CallsRecovered, LegSnapshot, Recorded
from gateway.core.facts.desk import ConsentGiven, ConsentRefused, MessageLeft, RecordingEnded, RecordingStarted
from gateway.core.flow.model import Collect, Consent, HangUpStep, Queue, Retry
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site


def rig(**of_client: object) -> Rig:
    of = site(
        flows={
            "reception": flow(
                Consent(
                    name="consent",
                    prompt=prompt("Zgoda, jeden."),
                    yes="human",
                    no="human",
                    no_input=Retry(tries=1, then="human"),
                    no_match=Retry(tries=2, then="human"),
                ),
                Queue(name="human", to="by_client", team="office", gave_up="sorry"),
                HangUpStep(name="sorry"),
            )
        }
    )
    clients = {**of.clients, "1001": replace(of.clients["1001"], **of_client)}
    return Rig(replace(of, clients=clients))


def talk(r: Rig, keys: str, caller: str = KOWALSKI, agent: str = "anna") -> tuple[str, str]:
    """(caller's leg, agent's leg) of a talk after these keys; none: silence."""
    call = r.call(caller)
    if keys:
        r.press(call, keys)
    elif any(fact.call == call for fact in r.of(ConsentRefused)):
        pass  # nobody asked
    else:
        r.heard(call)
        r.pass_time(6)
    leg = r.dialled(agent).leg
    r.pick_up(leg)
    return call, leg


def begun(r: Rig) -> list[StartRecording]:
    return [action for action in r.actions if isinstance(action, StartRecording)]


def test_after_a_yes_the_talk_is_recorded_with_both_sides():
    r = rig()
    call, leg = talk(r, "1")
    assert [(fact.step, fact.client) for fact in r.of(ConsentGiven)] == [("consent", "1001")]
    (action,) = begun(r)
    assert (action.leg, action.other) == (call, leg)
    (started,) = r.of(RecordingStarted)
    assert (started.purpose, started.agent, started.file) == ("conversation", "anna", action.file)
    r.tell(Recorded(leg=call, recording=action.recording, how="leg_over", length_ms=61_000))
    r.hang_up(call)
    assert [(fact.how, fact.length_s) for fact in r.of(RecordingEnded)] == [("leg_over", 61.0)]
    assert not r.of(MessageLeft)
    assert r.record(call).outcome == "answered"


@pytest.mark.parametrize(("keys", "why"), [("2", "no"), ("", "no_input"), ("77", "no_match"), ("*#", "no_match")])
def test_what_is_no_clear_yes_is_a_no(keys, why):
    r = rig()
    talk(r, keys)
    assert [fact.reason for fact in r.of(ConsentRefused)] == [why]
    assert not begun(r)
    assert not r.of(ConsentGiven)


def test_a_client_who_must_not_be_recorded_is_not_asked():
    r = rig(do_not_record=True)
    talk(r, "")
    assert [fact.reason for fact in r.of(ConsentRefused)] == ["do_not_record"]
    assert not begun(r)
    assert not r.of(ConsentGiven)


def test_the_row_wins_when_it_is_known_only_after_the_yes():
    of = rig(do_not_record=True).board._ex.site
    steps = of.flows["reception"].steps
    who = Collect(name="who", variable="who", prompt=prompt("Numer."), digits_min=4, digits_max=4, find="client",
                  then="human", no_input=Retry(then="human"), no_match=Retry(then="human"))  # fmt: skip
    consent = replace(steps["consent"], yes="who")
    r = Rig(replace(of, flows={"reception": flow(consent, who, steps["human"], steps["sorry"])}))
    call = r.call(STRANGER)
    r.press(call, "11001")
    r.pick_up(r.dialled("anna").leg)
    assert r.of(ConsentGiven)
    assert not begun(r)


def test_the_recording_stops_when_we_end_the_talk():
    r = rig()
    call, _ = talk(r, "1")
    r.board._ex.calls[call].hang_up(by="line", reason="test")
    r.pass_time(0.1)
    recording = begun(r)[0].recording
    assert [a.recording for a in r.board._ex.turn.actions + r.actions if isinstance(a, StopRecording)] == [recording]


def test_a_phone_that_is_hung_up_at_once_is_no_trouble_with_recordings():
    r = rig()
    call, _ = talk(r, "1")
    r.tell(ActionFailed(leg=call, action="StartRecording", code=481, reason="the leg is over"))
    assert [fact.how for fact in r.of(RecordingEnded)] == ["failed"]
    assert r.board.desk(r.now).recording_trouble == ""
    call, _ = talk(r, "1", STRANGER, "jan")
    r.tell(ActionFailed(leg=call, action="StartRecording", code=500, reason="disk full"))
    assert r.board.desk(r.now).recording_trouble == "disk full"


def test_it_goes_on_over_a_restart_of_the_control_process():
    before = rig()
    call, leg = talk(before, "1")
    after = Rig(before.board._ex.site, up=False)
    after.now = before.now
    after.tell(CallsRecovered(calls=(tuple(f for f in before.facts if f.call == call),)))
    after.line_up(
        "A",
        legs=(
            LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=KOWALSKI, bridged_with=leg),
            LegSnapshot(leg=leg, call=call, direction="out", state="answered", agent="anna", bridged_with=call),
        ),
    )
    assert not any(isinstance(action, StartRecording | StopRecording) for action in after.actions)
    after.tell(Recorded(leg=call, recording=begun(before)[0].recording, how="leg_over", length_ms=5000))
    assert after.of(RecordingEnded)[0].length_s == 5.0
