"""What callers leave, over real SIP and RTP: a message in its file at the level at which it was spoken."""

from __future__ import annotations

import stat
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from gateway.core.facts_desk import MessageLeft, RecordingEnded
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
    choices: {"1": leave_message}
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
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Phone]]:
    """(box, anna's desk phone)."""
    anna = Phone("anna")
    with Box(tmp_path_factory.mktemp("voice"), agents={"anna": anna.uri}, flow=FLOW) as box:
        yield box, anna
    anna.close()


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def samples(path: Path) -> np.ndarray:
    """int16, shape (n, channels)."""
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getsampwidth()) == (8000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


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
    assert ended.sound_s == pytest.approx(4, abs=0.3)
    assert ended.level_dbm0 == pytest.approx(-15, abs=1)
    file = box.state / left.file
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    sound = samples(file)
    assert sound.shape == (round(left.length_s * 8000), 1)
    middle = sound[len(sound) // 2 - 4000 : len(sound) // 2 + 4000, 0]
    assert tone_dbm0(middle, 440) == pytest.approx(-15, abs=1)


def test_a_caller_who_just_hangs_up_has_left_a_message(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, messages = len(box.records()), len(of(box, MessageLeft))
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


def test_a_disk_that_refuses_is_told_and_holds_no_caller(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, messages, folder = len(box.records()), len(of(box, MessageLeft)), box.state / "recordings"
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


def test_a_line_that_dies_leaves_the_message_so_far(office: tuple[Box, Phone]) -> None:
    box, _ = office
    before, folder = len(box.records()), box.state / "recordings"
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
    assert tone_dbm0(sound[-8000:, 0], 440) == pytest.approx(-15, abs=1)
