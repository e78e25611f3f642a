"""G.711 against the ITU's own vectors, and against the law written out in numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gateway.audio.g711 import alaw_decode, alaw_encode, ulaw_decode, ulaw_encode
from gateway.errors import AudioError

VECTORS = Path(__file__).resolve().parents[1] / "data" / "g711_itu_g191.npz"
ANY = hnp.arrays(np.int16, st.integers(0, 300), elements=st.integers(-32768, 32767))


@pytest.fixture(scope="module")
def itu():
    with np.load(VECTORS) as file:
        return {name: file[name] for name in file.files}


@pytest.mark.parametrize(
    "law, encode, decode", [("alaw", alaw_encode, alaw_decode), ("ulaw", ulaw_encode, ulaw_decode)]
)
def test_all_inputs_and_all_codes_are_the_itus(itu, law, encode, decode):
    assert len(np.unique(itu["src"])) == 65536
    assert len(np.unique(itu[f"{law}_codes"])) == 256
    assert np.array_equal(encode(itu["src"]), itu[f"{law}_codes"])
    assert np.array_equal(decode(itu[f"{law}_codes"]), itu[f"{law}_dec"])


def test_a_code_survives_decoding_and_encoding():
    codes = np.arange(256, dtype=np.uint8)
    assert np.array_equal(alaw_encode(alaw_decode(codes)), codes)
    again = ulaw_encode(ulaw_decode(codes))
    assert np.array_equal(np.flatnonzero(again != codes), [0x7F])  # u-law has two zeros, a sample has one
    assert again[0x7F] == 0xFF


def alaw_in_numpy(samples):
    """The law by its definition: 13 segments, 16 steps each, even bits inverted."""
    m = np.where(samples < 0, ~samples, samples).astype(int) >> 4
    segment = np.maximum(np.floor(np.log2(np.maximum(m, 1))).astype(int) - 3, 0)
    step = np.where(segment == 0, m, (m >> np.maximum(segment - 1, 0)) & 15)
    return ((segment << 4 | step) | np.where(samples < 0, 0, 0x80)).astype(np.uint8) ^ 0x55


def ulaw_in_numpy(samples):
    m = np.minimum((np.where(samples < 0, ~samples, samples).astype(int) >> 2) + 33, 8191)
    segment = np.floor(np.log2(m)).astype(int) - 5
    return (~((segment << 4) | ((m >> (segment + 1)) & 15)) & 0x7F | np.where(samples < 0, 0, 0x80)).astype(np.uint8)


@given(ANY)
def test_any_samples_in_any_number_as_numpy_says(samples):
    assert np.array_equal(alaw_encode(samples), alaw_in_numpy(samples))
    assert np.array_equal(ulaw_encode(samples), ulaw_in_numpy(samples))


@given(ANY, st.integers(0, 300))
def test_where_samples_are_cut_changes_nothing(samples, cut):
    for encode, decode in ((alaw_encode, alaw_decode), (ulaw_encode, ulaw_decode)):
        whole = encode(samples)
        assert np.array_equal(whole, np.concatenate([encode(samples[:cut]), encode(samples[cut:])]))
        values = decode(whole)
        assert np.array_equal(values, np.concatenate([decode(whole[:cut]), decode(whole[cut:])]))


def test_the_error_is_at_most_half_a_step():
    samples = np.arange(-32768, 32768).astype(np.int16)
    for values, largest in ((alaw_decode(alaw_encode(samples)), 32256), (ulaw_decode(ulaw_encode(samples)), 32124)):
        inside = np.abs(samples.astype(int)) <= largest
        error = np.abs(values.astype(int) - samples)[inside]
        assert np.all(error <= np.abs(samples.astype(int))[inside] / 32 + 16)  # 16: what a 12-bit sample leaves out


@pytest.mark.parametrize(
    "codes", [np.zeros(4), np.zeros(4, np.int8), np.zeros((2, 2), np.uint8), np.zeros(8, np.uint8)[::2], b"\0"]
)
def test_other_things_than_codes_are_refused(codes):
    for decode in (alaw_decode, ulaw_decode):
        with pytest.raises(AudioError, match="codes must be"):
            decode(codes)


@pytest.mark.parametrize("samples", [np.zeros(4), np.zeros((2, 2), np.int16), np.zeros(8, np.int16)[::2], [0]])
def test_other_things_than_samples_are_refused(samples):
    for encode in (alaw_encode, ulaw_encode):
        with pytest.raises(AudioError, match="samples must be"):
            encode(samples)
