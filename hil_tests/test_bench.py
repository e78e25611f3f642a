"""The bench's own instruments, without a box: what they measure must be right before anything is measured with them."""

from __future__ import annotations

import numpy as np
import pytest

from hil_tests.signals import (
    ALAW_TO_LINEAR,
    ALL_KEYS,
    RATE,
    alaw_decode,
    alaw_encode,
    decode_dtmf,
    dtmf,
    rms_dbm0,
    sine,
    sine_dbm0,
    steady,
)
from hil_tests.ua import parse_target


def through_alaw(samples):
    return alaw_decode(alaw_encode(samples))


@pytest.mark.parametrize("level", [3.0, 0.0, -10.0, -20.0, -30.0, -40.0])
def test_alaw_moves_a_level_by_less_than_a_tenth_of_a_decibel(level):
    assert sine_dbm0(through_alaw(sine(1004, level, 1)), 1004) == pytest.approx(level, abs=0.1)


def test_alaw_values_of_g711():
    """ITU-T G.711 table 1a: the largest values, the smallest, and the code of each sign with even bits inverted."""
    assert ALAW_TO_LINEAR[0xAA] == 32256
    assert ALAW_TO_LINEAR[0x2A] == -32256
    assert ALAW_TO_LINEAR[0xD5] == 8
    assert ALAW_TO_LINEAR[0x55] == -8
    assert sorted(set(ALAW_TO_LINEAR)) == sorted(-ALAW_TO_LINEAR)
    assert alaw_encode(ALAW_TO_LINEAR.astype(float)) == bytes(range(256))


def test_full_scale_is_3_14_dbm0():
    peak = sine(1000, 3.14, 1)
    assert np.abs(peak).max() == pytest.approx(32768, rel=1e-3)
    assert rms_dbm0(peak) == pytest.approx(3.14, abs=0.01)


def test_all_keys_are_decoded():
    assert decode_dtmf(through_alaw(dtmf(ALL_KEYS))) == ALL_KEYS
    assert decode_dtmf(through_alaw(dtmf("1155##", tone_ms=60, pause_ms=60))) == "1155##"


@pytest.mark.parametrize(
    "samples", [np.zeros(8000), np.random.default_rng(4).normal(0, 2000, 80000), sine(1004, 0, 2), sine(697, 0, 2)]
)
def test_what_is_no_key_is_not_decoded(samples):
    assert decode_dtmf(samples) == ""


def test_steady_finds_the_tone_and_not_the_noise():
    noise = np.random.default_rng(5).normal(0, 2000, RATE)
    found = steady(np.concatenate([noise, sine(1004.3, -7, 2), noise]), 1004)
    assert found is not None
    assert found.start_s == pytest.approx(1.0, abs=0.11)
    assert found.level_dbm0 == pytest.approx(-7, abs=0.1)
    assert found.hz == pytest.approx(1004.3, abs=0.05)
    assert steady(noise, 1004) is None
    assert steady(sine(1700, -7, 2), 1004) is None


@pytest.mark.parametrize("target", ["sip:1004@192.0.2.1", "sip:1004@box.example:5070"])
def test_targets(target):
    assert parse_target(target)[0] == "1004"


@pytest.mark.parametrize("target", ["1004", "sip:box", "sip:1004@", "http://box"])
def test_what_is_no_target(target):
    with pytest.raises(ValueError, match="sip:number@host"):
        parse_target(target)
