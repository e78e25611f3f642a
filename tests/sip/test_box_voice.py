"""What callers leave, over real SIP and RTP: a message in its file at the level at which it was spoken."""

from __future__ import annotations

import stat
import subprocess
import sys
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gateway.core.facts.calls import StepEntered
from gateway.core.facts.desk import (
    ConsentRefused,
    MessageDone,
    MessageLeft,
    RecordingEnded,
    RecordingStarted,
    SurveyAnswered,
)
from gateway.status import render
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine, tone_dbm0

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'
FLOW = """
flow: main
language: en
start: ask
steps:
  ask:
    menu: "A message, one."
    choices: {"1": leave_message, "2": may_we}
  may_we:
    consent: "May we record?"
    yes: human
    no: human
  human:
    queue: by_client
    team: office
    gave_up: thanks
    served: how_was_it
  how_was_it:
    survey: csat
    say: "How was it?"
    then: thanks
  leave_message:
    voicemail: by_client
    team: office
    say: "Speak."
    longest: 20s
    then: thanks
  thanks:
    hang_up: "Thanks."
"""
BEEP_HZ = 1000


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Phone]]:
    """One box for the module, and anna's desk phone."""
    anna = Phone("anna")
    with Box(tmp_path_factory.mktemp("voice"), agents={"anna": anna.uri}, flow=FLOW) as box:
        yield box, anna
    anna.close()


@pytest.fixture
def office(running: tuple[Box, Phone]) -> tuple[Box, Phone]:
    """(box, anna's desk phone), when nothing is left of the test before."""
    box, anna = running
    wait_until(lambda: not box.status()["board"]["calls"] and box.agent("anna") == "idle", 20, "somebody is left busy")
    wait_until(lambda: box.status()["board"]["lines"][0]["legs"] == 0, 15, "a leg is left")
    anna.received.clear()
    anna.incoming, anna.remote_tag = None, ""
    return box, anna


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def samples(path: Path) -> np.ndarray:
    """int16, shape (n, channels)."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


def level(sound: np.ndarray, hz: float) -> float:
    """dBm0 of one frequency: the middle one of the levels of 100 ms pieces, so that a busy machine's gaps and the
    silence at the ends do not count."""
    return float(np.median([tone_dbm0(sound[i : i + 800], hz) for i in range(0, len(sound) - 799, 800)]))


def test_a_message_is_in_its_file(office: tuple[Box, Phone]) -> None:
    box, _ = office
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        caller.rtp.press("1")
        wait_until(lambda: caller.rtp._last(BEEP_HZ) > -20, 15, "no beep came")
        assert caller.rtp.falls_silent(BEEP_HZ)
        caller.rtp.say(sine(440, -15, 4))
        wait_until(lambda: caller.rtp._position >= 4 * 8000, 15, "the caller could not speak")
        caller.rtp.press("#")
        caller.wait_for("BYE", 20)
    finally:
        caller.close()
    (record,) = box.ended(1)
    (left,), (ended,) = of(box, MessageLeft), of(box, RecordingEnded)
    assert record.outcome == "voicemail"
    assert (left.whose, left.to, left.client, left.caller) == ("agent", "anna", "1001", "+48220000201")
    assert ended.how == "stopped"
    assert 3 < ended.sound_s < 4.5
    assert ended.level_dbm0 == pytest.approx(-15, abs=1)
    file = box.state / left.file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sound = samples(file)
    assert sound.shape == (round(left.length_s * 8000), 1)
    assert level(sound[:, 0], 440) == pytest.approx(-15, abs=1)
    run = [sys.executable, "-m", "gateway", "messages"]
    state = ["--state", str(box.state)]
    assert subprocess.check_output([*run, "path", left.message, *state], text=True).strip() == str(file)
    subprocess.check_call([*run, "done", left.message, "--who", "anna", *state])
    wait_until(lambda: bool(of(box, MessageDone)), 10, "nobody knows that it is done")
    assert (of(box, MessageDone)[0].message, of(box, MessageDone)[0].who) == (left.message, "anna")
    assert "no messages" in subprocess.check_output([*run, *state], text=True)


def test_a_caller_who_just_hangs_up_has_left_a_message(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, messages = box.so_far(), len(of(box, MessageLeft))
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100")).code == 200
        caller.rtp.press("1")
        wait_until(lambda: caller.rtp._last(BEEP_HZ) > -20, 15, "no beep came")
        assert caller.rtp.falls_silent(BEEP_HZ)
        caller.rtp.say(sine(440, -15, 60))
        wait_until(lambda: caller.rtp._position >= 3 * 8000, 15, "the caller could not speak")
        caller.bye()
        box.ended(before + 1)
    finally:
        caller.close()
    left = of(box, MessageLeft)
    assert len(left) == messages + 1
    assert (left[-1].whose, left[-1].to) == ("team", "office")
    assert left[-1].length_s >= 2
    assert box.status()["desk"]["messages"] >= 1


def test_after_a_yes_both_sides_are_recorded_side_by_side(office: tuple[Box, Phone]) -> None:
    box, anna = office
    before = box.so_far()
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        caller.rtp.press("21")
        wait_until(lambda: box.agent("anna") == "talking", 15)
        caller.rtp.say(sine(700, -10, 60))
        anna.rtp.say(sine(1500, -16, 60))
        wait_until(lambda: min(caller.rtp._position, anna.rtp._position) >= 4 * 8000, 20, "nobody could speak")
        caller.bye()
        box.ended(before + 1)
    finally:
        caller.close()
    started, ended = of(box, RecordingStarted)[-1], of(box, RecordingEnded)[-1]
    assert (started.purpose, started.agent, ended.how) == ("conversation", "anna", "leg_over")
    sound = samples(box.state / ended.file)
    assert sound.shape == (round(ended.length_s * 8000), 2)
    assert len(sound) > 3 * 8000
    left, right = sound[:, 0], sound[:, 1]
    assert level(left, 700) == pytest.approx(-10, abs=1)
    assert level(right, 1500) == pytest.approx(-16, abs=1)
    assert max(level(left, 1500), level(right, 700)) < -50


def test_the_caller_is_asked_when_the_agent_has_hung_up(office: tuple[Box, Phone]) -> None:
    box, anna = office
    before = box.so_far()
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        caller.rtp.press("22")
        wait_until(lambda: box.agent("anna") == "talking", 15)
        anna.bye()
        wait_until(lambda: of(box, StepEntered)[-1].step == "how_was_it", 10, "the flow did not go on")
        caller.rtp.press("4")
        caller.wait_for("BYE", 20)
        (record,) = box.ended(before + 1)[before:]
    finally:
        caller.close()
    (answer,) = of(box, SurveyAnswered)
    assert (answer.kind, answer.score, answer.agent, answer.team, answer.client) == (
        "csat",
        4,
        "anna",
        "office",
        "1001",
    )
    assert (record.outcome, record.answered_by, record.ended_by) == ("answered", "anna", "flow")
    assert record.path[-2:] == ("how_was_it", "thanks")
    wait_until(lambda: box.status()["figures"]["office"]["csat_n"] == 1, 10, "no figure came")
    assert box.status()["figures"]["office"]["csat"] == 1.0
    wait_until(lambda: box.agent("anna") == "idle", 10)


def test_without_a_yes_nothing_is_recorded(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, files = box.so_far(), set((box.state / "recordings").glob("*"))
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        caller.rtp.press("22")
        wait_until(lambda: box.agent("anna") == "talking", 15)
        caller.bye()
        box.ended(before + 1)
    finally:
        caller.close()
    assert of(box, ConsentRefused)[-1].reason == "no"
    assert set((box.state / "recordings").glob("*")) == files


def test_a_disk_that_refuses_is_told_and_holds_no_caller(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, messages, folder = box.so_far(), len(of(box, MessageLeft)), box.state / "recordings"
    folder.rename(box.state / "aside")
    folder.write_text("no folder")
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100")).code == 200
        caller.rtp.press("1")
        caller.wait_for("BYE", 20)
        box.ended(before + 1)
        assert (of(box, RecordingEnded)[-1].how, len(of(box, MessageLeft))) == ("failed", messages)
        assert box.status()["desk"]["recording_trouble"] == of(box, RecordingEnded)[-1].reason != ""
        assert "NOT WRITTEN" in render(box.status())
    finally:
        caller.close()
        folder.unlink()
        (box.state / "aside").rename(folder)


def test_a_message_outlives_the_control_process(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, folder = box.so_far(), box.state / "recordings"
    known = set(folder.glob("*.wav"))
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100")).code == 200
        caller.rtp.press("1")
        wait_until(lambda: set(folder.glob("*.wav")) - known, 15, "no recording was begun")
        (file,) = set(folder.glob("*.wav")) - known
        wait_until(lambda: any(fact.file.endswith(file.name) for fact in of(box, RecordingStarted)), 10)
        box.kill()
        caller.rtp.say(sine(440, -15, 60), loop=True)
        wait_until(lambda: len(samples(file)) > 3 * 8000, 20, "the line does not go on by itself")
        caller.bye()
        caller.wait(lambda message: message.cseq[1] == "BYE" and message.code == 200, 10)
        box.start()
        box.ended(before + 1, 20)
    finally:
        caller.close()
    left = of(box, MessageLeft)[-1]
    assert (box.state / left.file, left.length_s) == (file, None)
    assert level(samples(file)[:, 0], 440) == pytest.approx(-15, abs=1)


def test_a_line_that_dies_leaves_the_message_so_far(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, folder = box.so_far(), box.state / "recordings"
    known = set(folder.glob("*.wav"))
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100")).code == 200
        caller.rtp.press("1")
        wait_until(lambda: set(folder.glob("*.wav")) - known, 15, "no recording was begun")
        caller.rtp.say(sine(440, -15, 60), loop=True)
        (file,) = set(folder.glob("*.wav")) - known
        wait_until(lambda: len(samples(file)) > 3 * 8000, 20, "nothing is written while the caller speaks")
        box.kill_line()
        box.ended(before + 1, 20)
    finally:
        caller.close()
    left = of(box, MessageLeft)[-1]
    assert left.length_s is None
    assert box.state / left.file == file
    sound = samples(file)
    assert len(sound) > 3 * 8000
    assert level(sound[:, 0], 440) == pytest.approx(-15, abs=1)
