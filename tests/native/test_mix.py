"""Mixing against numpy: exact sums, held at full scale."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.audio.mix import mix, mix_many, stereo
from gateway.errors import AudioError

SAMPLE = st.one_of(st.integers(-32768, 32767), st.sampled_from([-32768, 32767, -1, 0, 1]))


def held(sums):
    return np.clip(sums, -32768, 32767).astype(np.int16)


@given(st.integers(0, 100).flatmap(lambda n: hnp.arrays(np.int16, (2, n), elements=SAMPLE)))
def test_two(pair):
    a, b = pair[0].copy(), pair[1].copy()
    assert np.array_equal(mix(a, b), held(a.astype(int) + b))
    assert np.array_equal(stereo(a, b), np.stack([a, b], axis=1))


@given(hnp.arrays(np.int16, st.tuples(st.integers(1, 20), st.integers(0, 70)), elements=SAMPLE), st.randoms())
def test_many_in_any_order(channels, random):
    expected = held(channels.astype(int).sum(0))
    assert np.array_equal(mix_many(channels), expected)
    order = list(range(len(channels)))
    random.shuffle(order)
    assert np.array_equal(mix_many(channels[order]), expected)


def test_rows_may_lie_apart():
    wide = np.arange(-3000, 3000, dtype=np.int16).reshape(10, 600)
    assert np.array_equal(mix_many(wide[::2, 100:333]), held(wide[::2, 100:333].astype(int).sum(0)))


def test_the_most_channels_do_not_overflow():
    loudest = np.broadcast_to(np.int16(-32768), (65536, 9)).copy()
    assert np.array_equal(mix_many(loudest), np.full(9, -32768, np.int16))


@pytest.mark.parametrize(
    "channels",
    [np.zeros(4, np.int16), np.zeros((0, 4), np.int16), np.zeros((2, 4)), np.zeros((2, 8), np.int16)[:, ::2], [[0]]],
)
def test_what_is_no_block_of_channels_is_refused(channels):
    with pytest.raises(AudioError):
        mix_many(channels)


def test_two_of_different_length_are_refused():
    with pytest.raises(AudioError, match="3 and 4"):
        mix(np.zeros(3, np.int16), np.zeros(4, np.int16))
    with pytest.raises(AudioError, match="3 and 4"):
        stereo(np.zeros(3, np.int16), np.zeros(4, np.int16))
