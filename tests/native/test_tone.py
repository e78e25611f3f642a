"""The sine that tests lines and masks recordings: its frequency, level and continuity."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.audio.level import level_dbm0
from gateway.audio.tone import MASK_DBM0, MASK_HZ, Tone
from gateway.errors import AudioError


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("hz, dbm0", [(MASK_HZ, MASK_DBM0), (300.0, 0.0), (3400.0, -10.0), (1004.0, 3.0)])
def test_is_the_sine_that_numpy_makes(rate, hz, dbm0):
    amplitude = 32768 * 10 ** ((dbm0 - 3.14) / 20)
    expected = amplitude * np.sin(2 * np.pi * hz * np.arange(2 * rate) / rate)
    got = Tone(rate, hz, dbm0).render(2 * rate)
    assert np.abs(got - np.minimum(expected, 32767)).max() <= 0.51
    assert level_dbm0(got) == pytest.approx(dbm0, abs=0.01)


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=10))
def test_portions_join_without_a_step(lengths):
    tone = Tone(8000, 1004.0, -10.0)
    parts = np.concatenate([tone.render(n) for n in lengths])
    assert np.abs(parts.astype(int) - Tone(8000, 1004.0, -10.0).render(len(parts))).max(initial=0) <= 1


def test_hours_later_it_is_as_loud():
    tone = Tone(8000, 1004.0, -10.0)
    for _ in range(360):
        tone.render(80000)
    assert level_dbm0(tone.render(8000)) == pytest.approx(-10.0, abs=0.001)


@pytest.mark.parametrize(
    "hz, dbm0", [(0.0, -10.0), (4000.0, -10.0), (-5.0, -10.0), (1000.0, 3.2), (1000.0, -71.0), (float("nan"), 0.0)]
)
def test_what_is_no_tone_is_refused(hz, dbm0):
    with pytest.raises(AudioError, match="no tone of"):
        Tone(8000, hz, dbm0)
