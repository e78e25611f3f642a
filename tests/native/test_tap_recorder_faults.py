"""What goes wrong around a recording: a late loop, a crash, a full disk, taps that cannot be recorded."""

from __future__ import annotations

import resource
import select
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

from gateway.audio.recorder import Recorder
from gateway.audio.tap import Tap, notify_clear, notify_fd
from gateway.errors import AudioError
from tests.native.by_hand import FRAME, ramp, tick
from tests.native.recordings import frames, read

QUIET = np.zeros(FRAME, np.int16)


def test_a_loop_that_is_late_loses_counted_samples_and_no_time(tap, tmp_path):
    recorder = Recorder(tmp_path / "leg.wav", tap, sent=False)
    said = ramp(150 * FRAME)
    for i, frame in enumerate(frames(said)):
        tick(tap, frame)
        if i == 129:  # two seconds and six tenths: the ring holds 102 frames
            recorder.drain()
    recorder.close()
    got = read(tmp_path / "leg.wav")[:, 0]
    assert tap.overflows.recorded == 28 * FRAME
    lost = slice(102 * FRAME, 130 * FRAME)
    assert not got[lost].any()
    expected = said.copy()
    expected[lost] = 0
    assert np.array_equal(got, expected)


def test_the_bell_rings_before_the_ring_is_full(tap, tmp_path):
    recorder = Recorder(tmp_path / "leg.wav", tap)
    notify_clear()
    for _ in range(40):
        tick(tap, QUIET)
    assert select.select([notify_fd()], [], [], 0)[0] == []
    for _ in range(30):
        tick(tap, QUIET)
    assert select.select([notify_fd()], [], [], 0)[0] != []
    assert tap.overflows.recorded == 0
    recorder.close()


def test_a_crash_leaves_a_file_that_plays_up_to_the_last_drain(two, tmp_path):
    recorder = Recorder(tmp_path / "both.wav", *two)
    copies = []
    for i in range(20):
        for tap in two:
            tick(tap, ramp(FRAME, i))
        if i % 5 == 4:
            recorder.drain()
            copies.append(shutil.copy(tmp_path / "both.wav", tmp_path / f"crashed{i}.wav"))
    lengths = [len(read(copy)) for copy in copies]
    assert lengths == [n * FRAME for n in (5, 10, 15, 20)]
    assert np.array_equal(frames(read(copies[-1])[:, 1].copy())[17], ramp(FRAME, 17))
    recorder.close()
    assert len(read(tmp_path / "both.wav")) == 20 * FRAME


KILLED = """
import os, signal, sys
import numpy as np
from gateway.audio.recorder import Recorder
from gateway.audio.tap import Tap
tap = Tap("leg")
recorder = Recorder(sys.argv[1], tap)
for i in range(50):
    tap.put_frames(np.full(160, i + 1, np.int16))
    if i % 8 == 7:
        recorder.drain()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_killed_process_leaves_a_file_that_plays(tmp_path):
    done = subprocess.run([sys.executable, "-c", KILLED, tmp_path / "leg.wav"], check=False)
    assert done.returncode == -signal.SIGKILL
    got = frames(read(tmp_path / "leg.wav")[:, 0].copy())
    assert len(got) >= 46  # what the last drain found, but for what it held back for the side that was not asked
    assert [set(part.tolist()) for part in got] == [{i + 1} for i in range(len(got))]


def test_a_full_disk_ends_the_recording_and_is_told_once(tap, tmp_path):
    recorder = Recorder(tmp_path / "leg.wav", tap, sent=False)
    tick(tap, ramp(FRAME))
    assert recorder.drain() == []
    before, handler = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (44 + 5 * FRAME + 1, before[1]))  # two frames and a half, and a byte
    try:
        tap.put_frames(ramp(3 * FRAME, 50))
        (failed,) = recorder.drain()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert failed.path.endswith("leg.wav")
    assert "large" in failed.reason
    assert failed.written == recorder.written == 5 * FRAME // 2
    got = read(tmp_path / "leg.wav")[:, 0]
    assert np.array_equal(got, np.concatenate([ramp(FRAME), ramp(3 * FRAME, 50)])[: 5 * FRAME // 2])
    for _ in range(300):
        tick(tap, ramp(FRAME))
    assert recorder.drain() == []
    assert recorder.close() == []
    assert tap.overflows.recorded == 0  # the tap keeps nothing any more
    Recorder(tmp_path / "again.wav", tap).close()


def test_a_file_that_cannot_be_made_is_told_and_the_call_goes_on(tap, tmp_path):
    recorder = Recorder(tmp_path / "missing" / "leg.wav", tap)
    tick(tap, ramp(FRAME))
    (failed,) = recorder.drain()
    assert "No such file" in failed.reason
    assert failed.written == 0
    assert recorder.drain() == recorder.close() == []
    (tmp_path / "old.wav").write_bytes(b"yesterday's call")
    (failed,) = Recorder(tmp_path / "old.wav", tap).drain()
    assert "exists" in failed.reason
    assert (tmp_path / "old.wav").read_bytes() == b"yesterday's call"


def test_taps_that_cannot_be_recorded_are_refused(tap, tmp_path):
    recorder = Recorder(tmp_path / "1.wav", tap)
    with pytest.raises(AudioError, match="being recorded already"):
        Recorder(tmp_path / "2.wav", tap)
    recorder.close()
    with pytest.raises(AudioError, match="being recorded already"):
        Recorder(tmp_path / "2.wav", tap, tap)
    wide, shut = Tap("wide", 16000, 320), Tap("shut")
    shut.close()
    with pytest.raises(AudioError, match="8000 Hz"):
        Recorder(tmp_path / "2.wav", tap, wide)
    with pytest.raises(AudioError, match="closed"):
        Recorder(tmp_path / "2.wav", tap, shut)
    Recorder(tmp_path / "2.wav", tap).close()  # the refusal has left nothing behind
    assert (tmp_path / "2.wav").stat().st_mode & 0o777 == 0o600
    wide.close()
    wide.events()
    shut.events()
