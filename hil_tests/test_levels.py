"""Levels at 1004 Hz, both ways: what the box sends, and what comes back of what it is sent.

Limits: the path is digital, so a level may only move by what G.711 rounds (below 0.1 dB at these levels, see
test_bench.py). 0.5 dB is what is left to jitter buffers that stretch a tone, and to the instrument.
"""

from __future__ import annotations

import numpy as np
import pytest

from hil_tests.bench import MILLIWATT_HZ, ROUND_TRIP_S
from hil_tests.signals import RATE, rms_dbm0, sine, steady

LEVEL_LIMIT_DB = 0.5
FREQUENCY_LIMIT_HZ = 1.0
QUIET_LIMIT_DBM0 = -60.0
LEVELS_DBM0 = (0.0, -10.0, -20.0, -30.0)


def test_tone_of_the_box(bench, record_property):
    tone = bench.tone_of_the_box()
    assert tone is not None, "the box sent no steady 1004 Hz after key 2"
    record_property("level_dbm0", round(tone.level_dbm0, 2))
    print(f"\nbox sends {tone.hz:.2f} Hz at {tone.level_dbm0:+.2f} dBm0, steady for {tone.length_s:.1f} s")
    assert tone.length_s >= 1.0
    assert tone.hz == pytest.approx(MILLIWATT_HZ, abs=FREQUENCY_LIMIT_HZ)
    assert tone.level_dbm0 == pytest.approx(0.0, abs=LEVEL_LIMIT_DB)


def test_loop_level(bench):
    bench.start_echo()
    print()
    errors = []
    for sent_dbm0 in LEVELS_DBM0:
        back = steady(bench.echo_of(sine(MILLIWATT_HZ, sent_dbm0, 1.5)), MILLIWATT_HZ)
        assert back is not None, f"1004 Hz at {sent_dbm0:+.0f} dBm0 did not come back"
        print(f"sent {sent_dbm0:+6.1f} dBm0, back {back.level_dbm0:+6.2f} dBm0, {back.hz:.2f} Hz")
        errors.append(back.level_dbm0 - sent_dbm0)
    assert errors == pytest.approx([0.0] * len(errors), abs=LEVEL_LIMIT_DB)


def test_echo_of_silence_is_silent(bench):
    bench.start_echo()
    heard = bench.echo_of(np.zeros(RATE))
    level = rms_dbm0(heard[int(ROUND_TRIP_S * RATE) :])
    print(f"\nidle noise {level:.1f} dBm0")
    assert level < QUIET_LIMIT_DBM0


def test_nothing_is_lost_on_the_way(bench):
    bench.start_echo()
    bench.echo_of(sine(MILLIWATT_HZ, -10.0, 3.0))
    got = bench.call.rtp.received()
    print(f"\n{got.packets} packets, {got.lost} lost")
    assert got.packets > 150
    assert got.lost <= got.packets // 100
