"""Voicemail in the core: what is recorded for whom, what counts as a message, and that none is lost."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import Play, StartRecording, StopRecording, Tone
from gateway.core.events import ActionFailed, CallOffered, CallsRecovered, LegAnswered, LegSnapshot, LineDown, Recorded
from gateway.core.events_desk import DeskCommanded, DeskRecovered, RecordingRemoved
from gateway.core.facts.calls import QueueLeft
from gateway.core.facts.desk import (
    MessageDone,
    MessageLeft,
    RecordingDeleted,
    RecordingEnded,
    RecordingStarted,
    is_of_desk,
)
from gateway.core.flow.model import HangUpStep, Queue, Retry, Voicemail
from gateway.core.kpi.kpi import OFFICE, Kpi
from tests.core.factory import KOWALSKI, START, STRANGER, Rig, command, flow, prompt, site, words


def step(**changes: object) -> Voicemail:
    base = Voicemail(
        name="message",
        to="by_client",
        whose="agent",
        team="office",
        prompt=prompt("Po sygnale."),
        then="thanks",
        too_short=Retry(prompt=prompt("Głośniej."), tries=2, then="sorry"),
        failed="sorry",
    )
    return replace(base, **changes)


def rig(first: object = None, **changes: object) -> Rig:
    steps = [step(**changes), HangUpStep(name="thanks", prompt=prompt("Dziękujemy.")),
             HangUpStep(name="sorry", prompt=prompt("Przepraszamy."))]  # fmt: skip
    if first is not None:
        steps.insert(0, first)
    return Rig(site(flows={"reception": flow(*steps)}))


def recording(r: Rig, caller: str = KOWALSKI) -> str:
    """A caller who has heard the text and the beep."""
    call = r.call(caller)
    r.heard(call)
    assert isinstance(r.new[-1], Tone)
    r.pass_time(0.4)
    assert isinstance(r.new[-1], StartRecording)
    return call


def over(r: Rig, call: str, *, how: str = "stopped", length_s: float = 9.0, sound_s: float = 8.0) -> None:
    started = r.of(RecordingStarted, call)[-1]
    r.tell(
        Recorded(
            leg=call,
            recording=started.recording,
            how=how,
            length_ms=round(length_s * 1000),
            sound_ms=round(sound_s * 1000),
            level_dbm0=-20.0,
        )
    )


def test_a_message_for_the_manager_is_stopped_by_its_key_and_counts():
    r = rig()
    call = recording(r)
    r.press(call, "5")
    assert not any(isinstance(action, StopRecording) for action in r.actions)
    r.press(call, "#")
    assert isinstance(r.actions[-1], StopRecording)
    over(r, call)
    assert words(r.new[-1]) == "Dziękujemy."
    (left,) = r.of(MessageLeft)
    assert (left.whose, left.to, left.client, left.length_s, left.queued) == ("agent", "anna", "1001", 9.0, False)
    assert left.due_at == left.at + 24 * 3600
    assert left.file == f"recordings/{left.message}.wav" == r.of(RecordingStarted)[0].file
    r.heard(call)
    r.end(call)
    assert r.record(call).outcome == "voicemail"


@pytest.mark.parametrize(
    ("changes", "whose", "to"),
    [({}, "team", "office"), ({"to": "sales", "whose": "team"}, "team", "sales"),
     ({"to": "ola", "whose": "agent"}, "agent", "ola"), ({"to": "orders", "whose": "box"}, "box", "orders")],
)  # fmt: skip
def test_for_whom_the_message_of_a_stranger_is(changes, whose, to):
    r = rig(**changes)
    over(r, recording(r, STRANGER))
    assert [(left.whose, left.to) for left in r.of(MessageLeft)] == [(whose, to)]


def test_silence_and_short_ones_are_asked_for_again_and_then_given_up():
    r = rig()
    call = recording(r)
    over(r, call, length_s=30.0, sound_s=0.1)
    assert words(r.new[-1]) == "Głośniej."
    r.heard(call)
    r.pass_time(0.4)
    over(r, call, length_s=1.9, sound_s=1.9)
    assert words(r.new[-1]) == "Przepraszamy."
    assert not r.of(MessageLeft)
    assert len(r.of(RecordingStarted)) == len(r.of(RecordingEnded)) == 2


def test_a_key_skips_the_text_but_not_the_beep():
    r = rig()
    call = r.call(KOWALSKI)
    r.press(call, "1")
    assert isinstance(r.actions[-1], Tone)


def test_who_hangs_up_after_speaking_has_left_a_message():
    r = rig()
    call = recording(r)
    over(r, call, how="leg_over")
    assert not any(isinstance(action, Play) and words(action) == "Dziękujemy." for action in r.actions)
    r.hang_up(call)
    assert r.record(call).outcome == "voicemail"


def test_a_recording_that_ended_while_nobody_listened_is_a_message():
    r = rig()
    call = recording(r)
    r.press(call, "#")
    r.tell(ActionFailed(leg=call, action="StopRecording", code=500, reason="it is not running"))
    assert [fact.how for fact in r.of(RecordingEnded)] == ["lost"]
    assert r.of(MessageLeft)[0].length_s is None
    assert words(r.new[-1]) == "Dziękujemy."


def test_a_line_that_cannot_record_leads_to_the_failed_exit():
    r = rig()
    call = recording(r)
    r.tell(ActionFailed(leg=call, action="StartRecording", code=500, reason="No space left on device"))
    assert words(r.new[-1]) == "Przepraszamy."
    (ended,) = r.of(RecordingEnded)
    assert (ended.how, ended.reason) == ("failed", "No space left on device")
    assert r.board.desk(r.now).recording_trouble == "No space left on device"


def test_a_good_recording_ends_the_trouble():
    r = rig()
    call = recording(r)
    over(r, call, how="failed")
    call = recording(r)
    over(r, call)
    assert r.board.desk(r.now).recording_trouble == ""


def test_a_line_that_never_tells_of_the_end_holds_nobody():
    r = rig(longest_s=20.0)
    call = recording(r)
    r.pass_time(31)
    assert r.of(RecordingEnded)[0].how == "lost"
    assert r.of(MessageLeft)[0].length_s is None
    assert words(r.new[-1]) == "Dziękujemy."
    assert r.where(call) == "flow"


def test_the_message_on_a_line_that_dies_is_one():
    r = rig()
    call = recording(r)
    r.tell(LineDown(line="A", reason="killed"))
    assert r.of(MessageLeft)[0].length_s is None
    assert r.record(call).outcome == "lost"


def test_a_message_that_was_being_left_over_a_restart_is_ended_and_counts():
    before = rig()
    call = recording(before)
    after = Rig(before.board._ex.site, up=False)
    after.now = before.now
    after.tell(CallsRecovered(calls=(tuple(f for f in before.facts if f.call == call),)))
    after.line_up("A", legs=(LegSnapshot(leg=call, call=call, direction="in", state="answered", caller=KOWALSKI),))
    assert any(isinstance(action, StopRecording) for action in after.actions)
    started = before.of(RecordingStarted)[0]
    after.tell(Recorded(leg=call, recording=started.recording, how="stopped", length_ms=5000, sound_ms=5000))
    assert after.of(MessageLeft)[0].message == started.recording


def test_a_message_of_a_call_that_nobody_has_any_more_counts():
    before = rig()
    call = recording(before)
    after = Rig(before.board._ex.site, up=False)
    after.now = before.now
    after.tell(CallsRecovered(calls=(tuple(f for f in before.facts if f.call == call),)))
    after.line_up("A", boot="b2")
    assert [fact.how for fact in after.of(RecordingEnded)] == ["lost"]
    assert after.of(MessageLeft)[0].message == before.of(RecordingStarted)[0].recording


def test_a_contact_that_the_queue_gave_up_ends_as_voicemail_and_sums_stay_in_balance():
    r = rig(Queue(name="human", to="by_client", team="office", gave_up="message"))
    kpi = Kpi(site())
    for agent in ("anna", "jan", "ewa", "ola", "piotr"):
        command(r, agent, "logout")
    call = recording(r)
    assert [fact.outcome for fact in r.of(QueueLeft)] == ["overflowed"]
    for fact in r.facts:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.overflowed, figures.voicemail, figures.in_progress) == (1, 1, 0, 0)
    seen = len(r.facts)
    over(r, call)
    r.heard(call)
    r.end(call)
    for fact in r.facts[seen:]:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.overflowed, figures.voicemail, figures.in_progress) == (1, 0, 1, 0)
    assert figures.sl == 0.0
    assert set(kpi.conservation().values()) == {0}
    assert r.of(MessageLeft)[0].queued
    assert r.record(call).outcome == "voicemail"


def test_the_desk_knows_what_is_left_to_do_and_a_restart_changes_nothing():
    r = rig()
    over(r, recording(r))
    over(r, recording(r, STRANGER))
    first, second = (left.message for left in r.of(MessageLeft))
    assert (r.board.desk(START).messages, r.board.desk(START + 2 * 86400).messages_overdue) == (2, 2)
    done = DeskCommanded(what="message", id=first, deed="done", who="anna")
    assert r.board.desk_problem(done) == ""
    r.tell(done)
    r.tell(done)
    assert [(fact.message, fact.who) for fact in r.of(MessageDone)] == [(first, "anna")]
    assert "before" in r.board.desk_problem(done)
    assert "no message" in r.board.desk_problem(DeskCommanded(what="message", id="x", deed="done"))
    r.tell(RecordingRemoved(file=r.of(MessageLeft)[1].file, recorded_at=START))
    assert r.of(RecordingDeleted)
    assert r.board.desk(START).messages == 0
    again = rig()
    again.tell(DeskRecovered(facts=tuple(fact for fact in r.facts if is_of_desk(fact))))
    assert again.board.desk(START) == r.board.desk(START)
    assert second in again.board._ex.desk.messages


def test_names_of_files_stay_in_their_folder():
    r = rig()
    leg = "../../A b1"
    r.tell(CallOffered(line="A", leg=leg, caller=KOWALSKI, called="100"))
    r.tell(LegAnswered(leg=leg))
    r.heard(leg)
    r.pass_time(0.4)
    (started,) = r.of(RecordingStarted)
    assert started.file == "recordings/______A_b1.1.wav"
