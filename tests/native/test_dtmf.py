"""The DTMF receiver through gateway.audio: what a digit carries, when it comes, and what it refuses to be fed."""

from __future__ import annotations

import numpy as np
import pytest

from gateway.audio.dtmf import Digit, DtmfDetector, DtmfGenerator, dtmf_digits, dtmf_feed_many
from gateway.errors import AudioError, GatewayError
from tests.native import dtmf_material as m
from tests.native.spandsp_peer import MISSING, peer

ALL = m.KEYS


def placed(rng, which, begin, on_ms, *, snr=None):
    """One row a digit, from begin (samples) for on_ms; flat int16."""
    signal = m.tones(rng, which)
    signal *= m.envelope(begin, np.full(len(which), on_ms * 8.0))
    if snr is not None:
        signal += m.noise(rng, signal.shape, snr)
    return m.pcm(signal).ravel()


@pytest.mark.parametrize("rate", [8000, 16000])
@pytest.mark.parametrize(("on_ms", "off_ms"), [(40, 32), (80, 80), (500, 60)])
def test_every_digit_is_heard(rate, on_ms, off_ms):
    samples = DtmfGenerator(rate).render(ALL + ALL, on_ms=on_ms, off_ms=off_ms)
    assert dtmf_digits(samples, rate) == ALL + ALL


def test_repeated_digits_stay_apart_and_a_long_press_is_one():
    generator = DtmfGenerator()
    assert dtmf_digits(generator.render("11111", on_ms=40, off_ms=40)) == "11111"
    assert dtmf_digits(generator.render("5", on_ms=20_000)) == "5"


@pytest.mark.parametrize("rate", [8000, 16000])
def test_a_digit_carries_when_and_how_loud_it_was(rate):
    rng, which = np.random.default_rng(3), np.arange(16)
    length, begin = rate // 5, rng.uniform(0.05, 0.06, 16) * rate
    signal = m.tones(rng, which, -12.0, -15.0, length=length, rate=rate)
    signal *= m.envelope(begin, np.full(16, rate / 10), length)
    found = DtmfDetector(rate).feed(m.pcm(signal).ravel())
    assert "".join(digit.digit for digit in found) == ALL
    for row, digit in enumerate(found):
        start, end = row * length + begin[row], row * length + begin[row] + rate / 10
        assert abs(digit.start - start) < 0.0025 * rate
        assert abs(digit.end - end) < 0.0025 * rate
        assert digit.low_dbm0 == pytest.approx(-12.0, abs=0.8)
        assert digit.high_dbm0 == pytest.approx(-15.0, abs=0.8)
        assert digit.twist_db == pytest.approx(digit.high_dbm0 - digit.low_dbm0, abs=1e-4)
        assert 0.5 < digit.confidence <= 1.0


def test_confidence_falls_with_noise():
    rng, which, begin = np.random.default_rng(4), np.tile(np.arange(16), 4), np.full(64, 400.0)

    def middle(snr):
        return np.median([digit.confidence for digit in DtmfDetector().feed(placed(rng, which, begin, 80, snr=snr))])

    assert middle(40) > middle(20) > middle(12) > 0.0


def test_a_digit_is_told_within_45_ms_of_its_first_sample_at_frames_of_20_ms():
    rng = np.random.default_rng(5)
    which, begin = m.pairs(rng, 400), rng.uniform(400.0, 560.0, 400)
    samples = placed(rng, which, begin, 60, snr=20)
    detector, late = DtmfDetector(), []
    for at in range(0, len(samples), 160):
        detector.feed(samples[at : at + 160])
        for onset in detector.begun:
            row = onset.start // m.LENGTH
            late.append((at + 160 - row * m.LENGTH - begin[row]) / 8)
    assert len(late) == 400
    assert np.median(late) <= 45.0
    assert max(late) <= 60.0


def test_what_is_no_digit_is_not_heard():
    rng = np.random.default_rng(6)
    for samples in (
        np.zeros(80_000, np.int16),
        np.full(80_000, -32768, np.int16),
        np.full(80_000, 32767, np.int16),
        np.tile(np.array([32767, -32768], np.int16), 40_000),
        rng.integers(-32768, 32768, 800_000).astype(np.int16),
        m.pcm(rng.standard_normal(800_000) * 300),
        m.pcm(sum(m.sines(rng, np.full(1, hz), -10.0, 80_000) for hz in (350.0, 440.0))).ravel(),
        m.pcm(m.sines(rng, np.full(1, 425.0), 0.0, 80_000)).ravel(),
        m.pcm(m.sines(rng, np.full(1, 1100.0), 0.0, 80_000)).ravel(),
    ):
        assert dtmf_digits(samples) == ""


def test_a_digit_that_is_still_on_has_begun_and_is_not_over():
    detector = DtmfDetector()
    assert detector.feed(DtmfGenerator().render("7", on_ms=200, off_ms=0)) == []
    assert [onset.digit for onset in detector.begun] == ["7"]
    (digit,) = detector.feed(np.zeros(800, np.int16))
    assert detector.begun == []
    assert (digit.digit, digit.start) == ("7", pytest.approx(0, abs=32))
    assert digit.end == pytest.approx(1600, abs=32)


def test_one_digit_straight_after_another():
    generator = DtmfGenerator()
    samples = np.concatenate([generator.render("1", on_ms=60, off_ms=0), generator.render("6", on_ms=60, off_ms=40)])
    one, six = DtmfDetector().feed(samples)
    assert (one.digit, six.digit) == ("1", "6")
    assert one.end <= six.start + 8


def test_read_only_samples_are_read_where_they_lie():
    samples = DtmfGenerator().render("42")
    samples.flags.writeable = False
    assert dtmf_digits(samples) == "42"


def test_empty_input():
    assert DtmfDetector().feed(np.zeros(0, np.int16)) == []
    assert dtmf_digits(np.zeros(0, np.int16)) == ""
    assert dtmf_feed_many([], np.zeros((0, 160), np.int16)) == []
    assert dtmf_feed_many([DtmfDetector()], np.zeros((1, 0), np.int16)) == [[]]


def test_many_channels_in_one_crossing_hear_what_each_hears_alone():
    rng = np.random.default_rng(7)
    texts = ["".join(rng.choice(list(ALL), 6)) for _ in range(30)]
    block = np.stack([DtmfGenerator().render(text, on_ms=45, off_ms=45) for text in texts])
    together, alone = [DtmfDetector() for _ in texts], [DtmfDetector() for _ in texts]
    heard: list[list[Digit]] = [[] for _ in texts]
    for at in range(0, block.shape[1], 160):
        part = block[:, at : at + 160]
        for c, digits in enumerate(dtmf_feed_many(together, part)):
            heard[c] += digits
            assert digits == alone[c].feed(np.ascontiguousarray(part[c]))
            assert together[c].begun == alone[c].begun
    assert ["".join(digit.digit for digit in digits) for digits in heard] == texts


@pytest.mark.parametrize(
    "samples",
    [[1, 2, 3], np.zeros(160), np.zeros(160, np.int32), np.zeros((2, 160), np.int16), np.zeros(320, np.int16)[::2]],
)
def test_other_samples_are_refused(samples):
    with pytest.raises(AudioError, match="samples must be"):
        DtmfDetector().feed(samples)


@pytest.mark.parametrize(
    "block",
    [
        np.zeros((2, 160)),
        np.zeros((3, 160), np.int16),
        np.zeros(160, np.int16),
        np.zeros((2, 320), np.int16)[:, ::2],
        np.zeros((160, 2), np.int16).T,
        [[0] * 160] * 2,
    ],
)
def test_other_blocks_are_refused(block):
    with pytest.raises(AudioError, match="of block must be|block must"):
        dtmf_feed_many([DtmfDetector(), DtmfDetector()], block)


@pytest.mark.parametrize("rate", [0, 11025, 44100, 8000.5, "8000", None])
def test_other_rates_are_refused(rate):
    with pytest.raises(GatewayError, match="8000 or 16000"):
        DtmfDetector(rate)
    with pytest.raises(AudioError, match="8000 or 16000"):
        DtmfGenerator(rate)


@pytest.mark.skipif(peer() is None, reason=MISSING)
def test_spandsp_and_we_agree_on_plain_digits():
    samples = DtmfGenerator().render(ALL * 4, on_ms=70, off_ms=70)
    assert "".join(map(chr, peer().dtmf(samples)[0])) == dtmf_digits(samples) == ALL * 4


def test_at_16_khz_what_lies_above_4_khz_does_not_disturb():
    rng, which = np.random.default_rng(8), m.pairs(np.random.default_rng(8), 64)
    signal = m.tones(rng, which, length=3200, rate=16000)
    signal *= m.envelope(np.full(64, 800.0), np.full(64, 40 * 16.0), 3200)
    image = 8000.0 - m.HIGH_HZ[which % 4]  # folds onto a tone of the digit if it is let through
    signal += m.sines(rng, image, m.LEVEL, 3200, 16000)
    assert dtmf_digits(m.pcm(signal).ravel(), 16000) == "".join(m.KEYS[k] for k in which)


@pytest.mark.parametrize("offset", [-8000, -500, 500, 8000])
def test_a_dc_offset_does_not_disturb(offset):
    samples = DtmfGenerator().render(ALL, on_ms=40, off_ms=40, low_dbm0=-20.0, high_dbm0=-20.0)
    assert dtmf_digits(samples + np.int16(offset)) == ALL
