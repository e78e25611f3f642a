"""The waiting music: a loop that nobody hears the end of, within the telephone band, at its level."""

from __future__ import annotations

import numpy as np

from gateway.audio import speech
from gateway.audio.music import LENGTH_S, MUSIC_DBM0, PEAK_DBM0, waiting_music


def test_length_level_and_peak():
    music = waiting_music()
    assert music.dtype == np.int16
    assert music.shape == (round(LENGTH_S * 8000),)
    assert 20 <= LENGTH_S <= 40
    assert abs(speech.rms_dbm0(music / 32768) - MUSIC_DBM0) < 0.1
    assert 20 * np.log10(np.abs(music / 32768).max()) + speech.FULL_SCALE_DBM0 <= PEAK_DBM0


def test_it_is_the_same_on_every_call():
    assert np.array_equal(waiting_music(), waiting_music())


def test_the_seam_is_as_smooth_as_the_rest():
    music = waiting_music().astype(float)
    steps = np.abs(np.diff(np.concatenate([music, music[:1]])))
    assert steps[-1] <= np.quantile(steps, 0.999)
    twice = np.concatenate([music[-4000:], music[:4000]])
    bend = np.abs(np.diff(twice, 2))
    assert bend[3998:4000].max() <= np.quantile(np.abs(np.diff(music, 2)), 0.9999)


def test_the_telephone_band_loses_nothing():
    music = waiting_music() / 32768
    power = np.abs(np.fft.rfft(music)) ** 2
    hz = np.fft.rfftfreq(music.size, 1 / 8000)
    assert power[hz > 3400].sum() / power.sum() < 1e-4
    assert power[hz < 40].sum() / power.sum() < 1e-4


def test_it_never_falls_silent_for_long():
    levels = speech.frame_levels_dbm0(waiting_music() / 32768, 500)
    assert levels.min() > MUSIC_DBM0 - 15
    assert levels.max() < MUSIC_DBM0 + 8


def test_it_is_never_taken_for_a_key():
    """No half second of it holds a DTMF pair that stands out: row and column tone both above everything else."""
    music = waiting_music() / 32768
    rows, columns = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
    frame = 400
    for start in range(0, music.size - frame, frame):
        piece = music[start : start + frame] * np.hanning(frame)
        spectrum = np.abs(np.fft.rfft(piece, 4096)) ** 2

        def near(hz, spectrum=spectrum):
            at = round(hz * 4096 / 8000)
            return spectrum[at - 8 : at + 9].sum()

        pair = max(near(hz) for hz in rows) + max(near(hz) for hz in columns)
        assert pair < 0.8 * spectrum.sum() or max(near(hz) for hz in columns) < 0.05 * spectrum.sum()
