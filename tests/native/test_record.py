"""The ring of a recording: nothing is lost or moved in time, silence stands where there was no room."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audio.level import level_dbm0
from gateway.errors import AudioError
from tests.native.record_face import Recorder, StereoRecorder
from tests.native.test_sanitize import MEMORY, NATIVE, THREADS, build, run

HERE = Path(__file__).resolve().parent
COUNTING = (np.arange(200_000) % 30000 + 1).astype(np.int16)  # never 0: silence is


@given(st.lists(st.tuples(st.sampled_from(["put", "silence", "take"]), st.integers(0, 1500)), max_size=60))
def test_the_timeline_is_kept(steps):
    """Against a list: what was put comes out in its place, or silence does; a capacity of 1024 samples."""
    recorder, put, taken = Recorder(8000, 0.128), [], []
    for what, n in steps:
        if what == "take":
            taken.extend(recorder.take(n).tolist())
        elif what == "silence":
            recorder.put_silence(n)
            put += [0] * n
        else:
            recorder.put(COUNTING[len(put) : len(put) + n])
            put += COUNTING[len(put) : len(put) + n].tolist()
        assert recorder.waiting <= 1024
    while recorder.waiting or recorder.put_silence(0) or recorder.waiting:  # what is owed is made up for
        taken.extend(recorder.take().tolist())
    assert len(taken) == len(put)
    differing = [i for i, (a, b) in enumerate(zip(taken, put, strict=True)) if a != b]
    assert all(taken[i] == 0 for i in differing)
    assert len(differing) <= recorder.lost
    if not recorder.lost:
        assert taken == put


def test_samples_are_lost_only_when_there_is_no_room():
    recorder = Recorder(8000, 0.128)
    recorder.put(COUNTING[:1024])
    assert (recorder.waiting, recorder.lost) == (1024, 0)
    recorder.put(COUNTING[1024:1030])
    assert (recorder.waiting, recorder.lost) == (1024, 6)
    first = recorder.take()
    recorder.put(COUNTING[1030:1100])
    rest = recorder.take()
    assert np.array_equal(first, COUNTING[:1024])
    assert not rest[:6].any()
    assert np.array_equal(rest[6:], COUNTING[1030:1100])


def test_a_mask_hides_what_is_said():
    recorder, secret = Recorder(8000), np.full(4000, 12345, np.int16)
    recorder.put(COUNTING[:800])
    recorder.mask(on=True)
    recorder.put(secret)
    recorder.put_silence(160)
    recorder.mask(on=False)
    recorder.put(COUNTING[4960:5000])
    got = recorder.take()
    assert np.array_equal(got[:800], COUNTING[:800])
    assert np.array_equal(got[4960:], COUNTING[4960:5000])
    masked = got[800:4960]
    assert not np.any(masked == 12345)
    assert level_dbm0(masked.copy()) == pytest.approx(-30, abs=0.05)
    spectrum = np.abs(np.fft.rfft(masked[:4000].astype(float)))
    assert np.argmax(spectrum) == 500  # 1000 Hz


def test_stereo_takes_what_both_have():
    both = StereoRecorder(8000)
    both.left.put(COUNTING[:500])
    both.right.put_silence(300)
    pairs = both.take()
    assert pairs.shape == (300, 2)
    assert np.array_equal(pairs[:, 0], COUNTING[:300])
    assert not pairs[:, 1].any()
    both.right.put(COUNTING[:400])
    assert both.take().shape == (200, 2)
    assert (both.left.waiting, both.right.waiting, both.lost) == (0, 200, 0)


@pytest.mark.parametrize("flags", [MEMORY, THREADS], ids=["memory", "threads"])
def test_two_threads(flags, tmp_path):
    sources = [HERE / "sanitize" / "record_threads.c", NATIVE / "record.c", NATIVE / "tone.c"]
    assert run(build(tmp_path / "record", *sources, flags=flags)).startswith("all accounted for")


def test_a_ring_without_its_barriers_is_noticed(tmp_path):
    """The counter-proof: plain loads and stores must not pass the thread sanitizer."""
    broken = (NATIVE / "record.c").read_text().replace("__ATOMIC_RELEASE", "__ATOMIC_RELAXED")
    (tmp_path / "record.c").write_text(broken.replace("__ATOMIC_ACQUIRE", "__ATOMIC_RELAXED"))
    sources = [HERE / "sanitize" / "record_threads.c", tmp_path / "record.c", NATIVE / "tone.c"]
    with pytest.raises(AssertionError, match="data race"):
        run(build(tmp_path / "record", *sources, flags=THREADS))


def test_other_things_are_refused():
    with pytest.raises(AudioError, match="8000 or 16000"):
        Recorder(44100)
    with pytest.raises(AudioError, match="up to 600 seconds"):
        Recorder(8000, 0)
    with pytest.raises(AudioError, match="samples must be"):
        Recorder(8000).put(np.zeros(8))
