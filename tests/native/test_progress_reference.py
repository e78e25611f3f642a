"""Call progress: what the C code reports is what the numpy reference does, over tones, noise, speech and music."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.progress import PLANS, ProgressDetector
from tests.native import progress_reference as reference
from tests.native import vad_material as material
from tests.native.test_progress import ALL, SIGNALS, made


def check(samples, plan):
    """The same signals at the same samples; how many there were."""
    got, expected = ProgressDetector(8000, plan).feed(samples), reference.signals(samples, plan)
    assert [(e.signal, e.start, e.end) for e in got] == [(e.signal, e.start, e.end) for e in expected]
    for mine, its in zip(got, expected, strict=True):
        assert mine.hz == pytest.approx(its.hz, abs=0.05)
        assert mine.level_dbm0 == pytest.approx(its.level_dbm0, abs=0.01)
    return len(got)


@pytest.mark.parametrize("plan, signal", ALL)
def test_signals(plan, signal):
    """Nominal, and off by up to twice what a plan allows: some are signals, some are none, both must say the same."""
    elements, times = SIGNALS[plan][signal]
    rng = np.random.default_rng([list(PLANS).index(plan), signal])
    found = check(made(elements, times), plan)
    assert found >= 1
    for trial in range(4):
        shift, slower = rng.uniform(-50, 50), rng.uniform(0.75, 1.3)
        changed = [(tuple(f + shift for f in hz), ms * slower) for hz, ms in elements]
        check(made(changed, times, rng.uniform(-40, 0), snr=rng.uniform(3, 30), seed=trial), plan)


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_one_signal_after_another(plan):
    """All of the plan's, cut short or not, with little between them: segments end in every state."""
    rng = np.random.default_rng(len(plan) + ord(plan[0]))
    parts = []
    for elements, times in SIGNALS[plan].values():
        part = made(elements, times, rng.uniform(-25, -6), snr=25, lead=0.05, seed=len(parts))
        parts.append(part[: int(rng.uniform(0.6, 1.0) * len(part))])
    assert check(np.concatenate(parts), plan) >= len(parts) - 2


@pytest.mark.parametrize("seed", range(4))
def test_random_tones(seed):
    """Tones of any frequency and length from the plans' range, alone and in pairs, over noise."""
    rng, elements = np.random.default_rng(seed), []
    for _ in range(120):
        hz = tuple(rng.uniform(330, 640, rng.integers(0, 3)))
        elements.append((hz, rng.uniform(20, 700)))
    check(made(elements, 1, -15, snr=float(rng.uniform(8, 30)), seed=seed), sorted(PLANS)[seed])


@pytest.mark.parametrize("plan", sorted(PLANS))
def test_speech(plan):
    voice = material.SOUNDS / material.FIT_VOICES[0]
    if not voice.is_dir():
        pytest.skip("Debian's asterisk-core-sounds-en-wav is not installed")
    check(np.concatenate(material.prompts(voice.name)[:60]).astype(np.int16), plan)


@pytest.mark.parametrize("length", [0, 1, 39, 40, 41, 399])
def test_hardly_anything(length):
    assert check(np.full(length, 1000, np.int16), "EU") == 0
