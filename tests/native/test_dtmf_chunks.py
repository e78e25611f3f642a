"""The result does not depend on how the samples were cut into calls, from 1 sample to 1 s, at both rates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.audio.dtmf import DtmfDetector, DtmfGenerator
from tests.native import dtmf_material as m

SECONDS = 3


def material(rate):
    """Digits of every length and pause over noise, some of them broken or off: the decisions are close ones."""
    rng = np.random.default_rng(rate)
    generator, parts, total = DtmfGenerator(rate), [], 0
    while total < SECONDS * rate:
        on, off = int(rng.integers(20, 90)), int(rng.integers(5, 60))
        low, twist = rng.uniform(-30, -5), rng.uniform(-12, 7)
        parts.append(
            generator.render(
                rng.choice(list(m.KEYS)), on_ms=on, off_ms=off, low_dbm0=low, high_dbm0=min(low + twist, 3.0)
            )
        )
        total += len(parts[-1])
    samples = np.concatenate(parts)[: SECONDS * rate].astype(np.float64)
    return m.pcm(samples + rng.standard_normal(len(samples)) * 150)


SAMPLES = {rate: material(rate) for rate in (8000, 16000)}


def heard(rate, lengths):
    """All onsets and digits when the samples are cut into these lengths, over and over."""
    detector, samples, begun, over, at, i = DtmfDetector(rate), SAMPLES[rate], [], [], 0, 0
    while at < len(samples):
        over += detector.feed(samples[at : at + lengths[i % len(lengths)]])
        begun += detector.begun
        at, i = at + lengths[i % len(lengths)], i + 1
    return begun, over


WHOLE = {rate: heard(rate, [len(SAMPLES[rate])]) for rate in SAMPLES}


@pytest.mark.parametrize("rate", [8000, 16000])
def test_there_is_something_to_hear(rate):
    begun, over = WHOLE[rate]
    assert len(begun) > 10
    assert [o.start for o in begun][: len(over)] == [d.start for d in over]


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize("length", [1, 2, 31, 32, 33, 64, 80, 159, 160, 161, 320, 7999])
def test_one_length_all_through(rate, length):
    assert heard(rate, [length]) == WHOLE[rate]


@pytest.mark.parametrize("rate", [8000, 16000])
@settings(max_examples=40, deadline=None)
@given(lengths=st.lists(st.integers(1, 16000), min_size=1, max_size=30))
def test_any_lengths(rate, lengths):
    assert heard(rate, lengths) == WHOLE[rate]
