"""A small edition of `make dtmf-grid` and `make talkoff`: every cell, seeded, with the same limits."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.dtmf import DtmfDetector
from tests.native import dtmf_material as m
from tests.native import dtmf_reference
from tests.native.dtmf_cells import CELLS
from tests.native.dtmf_score import holds, missing, ours, percent

TRIALS = 100
NAMED = [pytest.param(number, id=f"{cell.group}: {cell.name}") for number, cell in enumerate(CELLS)]


@pytest.mark.parametrize("number", NAMED)
def test_grid(number):
    cell = CELLS[number]
    if lacking := missing(cell):
        pytest.skip(f"{lacking} is not installed")
    rows = cell.make(np.random.default_rng(7000 + number), max(25, int(TRIALS * cell.weight)))
    value = percent(ours(rows), rows, cell.kind)
    assert holds(value, cell), f"{value:.2f} %, limit {cell.limit} %"


@pytest.mark.parametrize("number", NAMED)
def test_the_numpy_reference_hears_the_same(number):
    cell = CELLS[number]
    if lacking := missing(cell):
        pytest.skip(f"{lacking} is not installed")
    rows = cell.make(np.random.default_rng(8000 + number), 12)
    found, expected = DtmfDetector().feed(rows.samples), dtmf_reference.digits(rows.samples)
    assert [digit.digit for digit in found] == [digit.digit for digit in expected]
    for a, b in zip(found, expected, strict=True):
        assert abs(a.start - b.start) <= 2
        assert abs(a.end - b.end) <= 2
        assert a.low_dbm0 == pytest.approx(b.low_dbm0, abs=0.05)
        assert a.high_dbm0 == pytest.approx(b.high_dbm0, abs=0.05)


def test_the_grid_would_notice_a_deaf_receiver():
    accepting = [cell for cell in CELLS if cell.kind == "accept" and not missing(cell)]
    for cell in accepting:
        rows = cell.make(np.random.default_rng(1), 25)
        assert not holds(percent([""] * len(rows.digits), rows, cell.kind), cell)


@pytest.mark.parametrize("language", ["en_US_f_Allison", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU"])
def test_recorded_speech_holds_no_digit(language):
    samples = m.recorded(language) if (m.SOUNDS / language).is_dir() else np.zeros(0, np.int16)
    if not len(samples):
        pytest.skip(f"no recordings of {language}: the packages asterisk-core-sounds-*-wav bring them")
    detector = DtmfDetector()
    detector.feed(samples)
    assert detector.begun == []
