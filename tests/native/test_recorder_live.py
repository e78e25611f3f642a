"""Recordings of real calls: each voice on its side at its level, and both sides on the bridge's one clock."""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager

import numpy as np
import pytest

from gateway.audio.level import level_dbm0
from tests.native.recordings import read
from tests.native.test_tap_live import FRAME, HERE
from tests.ports import free_port

pytestmark = pytest.mark.sip


@contextmanager
def line(scenario, path):
    """The program that records, ready to be called; at the end `seen` holds what it printed."""
    port, seen = free_port(), {}
    program = subprocess.Popen(
        [sys.executable, HERE / "live_recorder.py", scenario, str(port), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        hear(program, "ready")
        yield port, program, seen
        out, err = program.communicate(timeout=120)
        assert program.returncode == 0, err
        seen |= json.loads(out.splitlines()[-1])
    finally:
        program.kill()
        program.wait()


def hear(program, word):
    """Waits until the program says this word on a line of its own."""
    while (said := program.stderr.readline()) and said != f"{word}\n":
        pass


def phone(port, **script):
    return subprocess.Popen(
        [sys.executable, HERE / "phone.py", json.dumps({"port": port, **script})],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def heard_by(phone):
    out, err = phone.communicate(timeout=150)
    assert phone.returncode == 0, err
    heard = json.loads(out)
    assert heard["answered"]
    assert heard["let_go"]
    return heard["heard"]


def level_at(samples, hz):
    """dBm0 of one frequency in one second."""
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) * 4 / len(samples)
    return 20 * np.log10(max(spectrum[hz - 3 : hz + 4].max(), 1e-3) / 32768) + 3.14


def test_each_voice_is_on_its_side_at_its_level(tmp_path):
    with line("both", tmp_path / "call.wav") as (port, program, seen):
        caller = phone(port, voice_hz=600)
        hear(program, "caller")  # or which call is the first would be chance
        agent = phone(port, voice_hz=1500)
        heard = heard_by(caller), heard_by(agent)
    assert all(max(levels[-100:]) > 1000 for levels in heard)  # they did talk to each other
    assert [o["recorded"] for o in seen["overflows"]] == [0, 0]
    got = read(tmp_path / "call.wav")
    assert len(got) == seen["written"]
    # Each command was carried out at some moment between its two marks, to the frame that was under way then.
    begun, begun_by, paused, paused_by, resumed, resumed_by, closed, closed_by = seen["marks"]
    assert closed - begun_by - 2 * FRAME <= len(got) <= closed_by - begun + 2 * FRAME
    first = got[FRAME : paused - begun_by - FRAME]
    hidden = got[paused_by - begun + FRAME : resumed - begun_by - FRAME]
    last = got[resumed_by - begun + FRAME : closed - begun_by - FRAME]
    assert min(map(len, (first, hidden, last))) >= 6000
    for part in (first, last):
        for side, own, other in ((0, 600, 1500), (1, 1500, 600)):
            samples = np.ascontiguousarray(part[:8000, side])
            assert level_dbm0(samples) == pytest.approx(-20, abs=0.3)
            assert level_at(samples, own) == pytest.approx(-20, abs=0.5)
            assert level_at(samples, other) < -60
    for side in (0, 1):
        assert level_dbm0(np.ascontiguousarray(hidden[:, side])) == pytest.approx(-30, abs=0.1)


def test_two_taps_that_hear_the_same_keep_the_same_at_the_same_place(tmp_path):
    with line("late", tmp_path / "call.wav") as (port, _, _):
        heard_by(phone(port, voice_hz=600))
    left, right = read(tmp_path / "call.wav").T
    begun = int(np.flatnonzero(right)[0])
    assert begun >= 7000
    assert len(right) - begun >= 11000
    assert not right[:begun].any()
    assert np.array_equal(left[begun:], right[begun:])
    assert level_dbm0(np.ascontiguousarray(left[begun:])) == pytest.approx(-20, abs=0.3)


@pytest.mark.parametrize("whose", ["clock", "own"])
def test_what_is_sent_and_what_is_received_lie_on_one_clock(whose, tmp_path):
    with line(whose, tmp_path / "none.wav") as (_, _, seen):
        pass
    assert seen["compared"] > 8000
    assert seen["differing"] == 0
    assert seen["sent"] == 2 * seen["noise"]
    assert seen["gap"] >= 4000  # the time in which the player was asked for nothing
