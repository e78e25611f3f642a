"""The DTMF grid: what a receiver must accept and what it must refuse, one cell a condition, each with its limit.

A cell makes rows of 200 ms (strings: longer), one trial a row, and says which digits each row holds. A row is right
when exactly those digits come out, in order. Limits in percent are this project's, from ITU-T Q.24, ETSI
ES 201 235-3, MT8870 and RFC 2833, tightened.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from tests.native import dtmf_material as m
from tests.native.spandsp_peer import peer

ACCEPT, REJECT = "accept", "reject"


@dataclass(frozen=True)
class Rows:
    samples: np.ndarray
    """int16, shape (trials * length,)."""
    length: int
    digits: list[str]
    """What each row holds; for a REJECT cell nothing."""


@dataclass(frozen=True)
class Cell:
    group: str
    name: str
    kind: str
    limit: float
    """Percent: at least this many rows right (accept), at most this many with any digit (reject)."""
    make: Callable[[np.random.Generator, int], Rows]
    weight: float = 1.0
    """Share of the trials asked for: costly cells take fewer."""
    needs: frozenset[str] = field(default_factory=frozenset)
    """What must be installed: "spandsp" (as a codec), "speech"."""


def rows(signal, which, *, digits_each=1, through=None):
    samples = m.pcm(signal).ravel()
    if through is not None:
        samples = through(samples)
    return Rows(samples, signal.shape[1], [m.KEYS[k] * digits_each for k in which])


def single(
    *,
    on_ms=40.0,
    low=m.LEVEL,
    high=m.LEVEL,
    low_off=None,
    high_off=None,
    rise_ms=0.0,
    snr=None,
    add=None,
    through=None,
    change=None,
):
    """A maker of one digit a row. Offsets: functions of (rng, trials, nominal hz); add: of (rng, trials, length)."""

    def make(rng, trials):
        which = m.pairs(rng, trials)
        off = [
            f(rng, trials, hz) if f else 0.0
            for f, hz in ((low_off, m.LOW_HZ[which // 4]), (high_off, m.HIGH_HZ[which % 4]))
        ]
        on = np.full(trials, on_ms * 8.0)
        signal = m.tones(rng, which, low, high, off=off)
        signal *= m.envelope(m.starts(rng, trials), on, rise=rise_ms * 8.0)
        if change is not None:
            signal = change(rng, signal)
        if snr is not None:
            signal += m.noise(rng, signal.shape, snr, (low + high) / 2)
        if add is not None:
            signal += add(rng, trials, signal.shape[1])
        return rows(signal, which, through=through)

    return make


def share(size):
    return lambda rng, trials, hz: m.either(rng, trials, size)


def upto(size):
    return lambda rng, trials, hz: rng.uniform(-size, size, trials)


def q24(rng, trials, hz):
    """1.5 % + 2 Hz of either sign: the wider of the limits to accept."""
    return m.either(rng, trials, 1.0) * (0.015 + 2.0 / hz)


def steady(hz, over_db):
    """Tones of these frequencies all through the row, over_db above one tone of the digit."""
    return lambda rng, trials, length: sum(m.sines(rng, np.full(trials, f), m.LEVEL + over_db, length) for f in hz)


def talk(under_db):
    """Recorded speech, under_db below the pair of tones."""
    return lambda rng, trials, length: (
        m.speech(rng, trials, m.languages(), length) * m.amplitude(m.LEVEL) * 10.0 ** (-under_db / 20.0)
    )


def broken(total_ms, break_ms, snr=None):
    """One digit with a break somewhere, 10 ms of tone at least on either side."""

    def make(rng, trials):
        which, begin = m.pairs(rng, trials), m.starts(rng, trials)
        first = rng.uniform(10.0, total_ms - 10.0, trials) * 8.0
        gate = m.envelope(begin, first) + m.envelope(begin + first + break_ms * 8.0, total_ms * 8.0 - first)
        signal = m.tones(rng, which) * gate
        return rows(signal + m.noise(rng, signal.shape, snr) if snr else signal, which)

    return make


def twice(on_ms, pause_ms, snr=None):
    """The same digit twice: the hardest pause to hear."""

    def make(rng, trials):
        which, begin, on = m.pairs(rng, trials), m.starts(rng, trials) - 250.0, np.full(trials, on_ms * 8.0)
        gate = m.envelope(begin, on) + m.envelope(begin + (on_ms + pause_ms) * 8.0, on)
        signal = m.tones(rng, which) * gate
        return rows(signal + m.noise(rng, signal.shape, snr) if snr else signal, which, digits_each=2)

    return make


def strings(on_ms, off_ms, under_db, latest_ms, count=8):
    """Strings of eight digits, four in ten of them repeated, with an echo."""

    def make(rng, trials):
        each, lead = int((on_ms + off_ms) * 8), 400
        length, on = lead + count * each + 800, int(on_ms * 8)
        signal, digits = np.zeros((trials, length)), []
        which = m.pairs(rng, trials)
        texts = [[] for _ in range(trials)]
        for i in range(count):
            which = np.where((rng.random(trials) < 0.4) & (i > 0), which, m.pairs(rng, trials))
            signal[:, lead + i * each : lead + i * each + on] = m.tones(rng, which, length=on)
            for text, k in zip(texts, which, strict=True):
                text.append(m.KEYS[k])
        digits = ["".join(text) for text in texts]
        return Rows(m.pcm(m.echoed(rng, signal, under_db, latest_ms)).ravel(), length, digits)

    return make


def chirps(rng, trials):
    """One tone that sweeps through the band, or one in each group that does."""
    t = np.arange(m.LENGTH) / m.RATE
    signal = np.zeros((trials, m.LENGTH))
    for low, high, share_of_rows in ((300.0, 3000.0, 1.0), (500.0, 1100.0, 0.5)):
        first, last = rng.uniform(low, high, (2, trials))
        rate = (last - first)[:, None] / t[-1]
        swing = np.sin(2 * np.pi * (first[:, None] * t + rate * t * t / 2))
        # a slope below 4 Hz a ms is hardly a chirp over the 28 ms that a receiver looks at
        signal += m.amplitude(m.LEVEL) * swing * ((np.abs(rate) > 4000.0) & (rng.random((trials, 1)) < share_of_rows))
    return Rows(m.pcm(signal).ravel(), m.LENGTH, [""] * trials)


def third(over_db):
    """Three tones: a third one from the other group members, over_db above each of the pair."""

    def make(rng, trials):
        which = m.pairs(rng, trials)
        every = np.concatenate([m.LOW_HZ, m.HIGH_HZ])
        other = np.array([rng.choice(np.delete(every, [k // 4, 4 + k % 4])) for k in which])
        signal = m.tones(rng, which) + m.sines(rng, other, m.LEVEL + over_db)
        return rows(signal * m.envelope(m.starts(rng, trials), np.full(trials, 800.0)), which)

    return make


def _gsm(samples):
    return peer().gsm(samples)


def _g711(a_law):
    return lambda samples: peer().g711(samples, a_law=a_law)


SPANDSP, SPEECH = frozenset({"spandsp"}), frozenset({"speech"})
FAR = -90.0  # dBm0: nothing

CELLS = [
    Cell("frequency", "both 1.5 % + 2 Hz off, 40 ms", ACCEPT, 99.9, single(low_off=q24, high_off=q24)),
    Cell("frequency", "both 1.8 % off, 40 ms", ACCEPT, 99.9, single(low_off=share(0.018), high_off=share(0.018))),
    Cell("frequency", "low tone 3.5 % off", REJECT, 0.1, single(on_ms=100, low_off=share(0.035), high_off=upto(0.018))),
    Cell(
        "frequency", "high tone 3.5 % off", REJECT, 0.1, single(on_ms=100, low_off=upto(0.018), high_off=share(0.035))
    ),
    Cell("frequency", "low tone 3.0 % off", REJECT, 1.0, single(on_ms=100, low_off=share(0.03), high_off=upto(0.018))),
    Cell("frequency", "high tone 3.0 % off", REJECT, 1.0, single(on_ms=100, low_off=upto(0.018), high_off=share(0.03))),
    Cell("twist", "+4 dB", ACCEPT, 100.0, single(low=-12.0, high=-8.0)),
    Cell("twist", "-8 dB", ACCEPT, 100.0, single(low=-8.0, high=-16.0)),
    Cell("twist", "+5 dB", ACCEPT, 99.0, single(low=-12.0, high=-7.0)),
    Cell("twist", "-9 dB", ACCEPT, 99.0, single(low=-8.0, high=-17.0)),
    Cell(
        "twist",
        "-8 dB, both 1.8 % off",
        ACCEPT,
        99.0,
        single(low=-8.0, high=-16.0, low_off=share(0.018), high_off=share(0.018)),
    ),
    Cell("level", "0 dBm0 a tone, clipped", ACCEPT, 99.9, single(low=0.0, high=0.0)),
    Cell("level", "-25 dBm0 a tone", ACCEPT, 99.9, single(low=-25.0, high=-25.0)),
    Cell("level", "-36 dBm0 a tone", ACCEPT, 99.9, single(low=-36.0, high=-36.0)),
    Cell("level", "-36 dBm0, A-law", ACCEPT, 99.9, single(low=-36.0, high=-36.0, through=_g711(True)), needs=SPANDSP),
    Cell("level", "-55 dBm0 a tone", REJECT, 0.1, single(on_ms=100, low=-55.0, high=-55.0)),
    Cell("length", "tone of 40 ms", ACCEPT, 100.0, single()),
    Cell("length", "tone of 40 ms, 5 ms rise and fall", ACCEPT, 99.9, single(rise_ms=5.0)),
    Cell("length", "tone of 23 ms", REJECT, 0.1, single(on_ms=23.0)),
    Cell("length", "tone of 23 ms, SNR 12 dB", REJECT, 0.1, single(on_ms=23.0, snr=12.0)),
    Cell("length", "tone of 20 ms", REJECT, 0.1, single(on_ms=20.0)),
    Cell("pause", "32 ms, same digit twice", ACCEPT, 100.0, twice(40, 32)),
    Cell("pause", "32 ms, SNR 12 dB", ACCEPT, 99.5, twice(40, 32, snr=12.0)),
    Cell("pause", "break of 10 ms is bridged", ACCEPT, 99.9, broken(60, 10)),
    Cell("pause", "break of 15 ms is bridged", ACCEPT, 99.9, broken(60, 15)),
    Cell("pause", "break of 15 ms, SNR 12 dB", ACCEPT, 99.5, broken(60, 15, snr=12.0)),
    Cell("noise", "white, SNR 12 dB, 40 ms", ACCEPT, 99.5, single(snr=12.0)),
    Cell(
        "noise",
        "white, SNR 12 dB, both 1.8 % off",
        ACCEPT,
        99.0,
        single(snr=12.0, low_off=share(0.018), high_off=share(0.018)),
    ),
    Cell("noise", "50 Hz hum as loud as a tone", ACCEPT, 99.9, single(add=steady([50.0], 0.0))),
    Cell("noise", "third tone -16 dB", ACCEPT, 99.9, single(add=steady([2000.0], -16.0))),
    Cell("dial tone", "425 Hz, 6 dB over a tone", ACCEPT, 99.9, single(add=steady([425.0], 6.0))),
    Cell("dial tone", "350 + 440 Hz, 6 dB over", ACCEPT, 99.9, single(add=steady([350.0, 440.0], 6.0))),
    Cell("dial tone", "400 + 450 Hz, 6 dB over", ACCEPT, 99.9, single(add=steady([400.0, 450.0], 6.0))),
    Cell("speech", "6 dB under, 40 ms", ACCEPT, 85.0, single(add=talk(6.0)), needs=SPEECH),
    Cell("speech", "6 dB under, 70 ms", ACCEPT, 85.0, single(on_ms=70, add=talk(6.0)), needs=SPEECH),
    Cell("echo", "-16 dB to 30 ms, 40 / 40 ms strings", ACCEPT, 100.0, strings(40, 40, 16.0, 30.0), weight=0.25),
    Cell("echo", "-16 dB to 30 ms, 100 / 100 ms", ACCEPT, 100.0, strings(100, 100, 16.0, 30.0), weight=0.1),
    Cell("echo", "-10 dB to 20 ms, 40 / 40 ms strings", ACCEPT, 90.0, strings(40, 40, 10.0, 20.0), weight=0.25),
    Cell("echo", "-10 dB to 20 ms, 100 / 100 ms", ACCEPT, 90.0, strings(100, 100, 10.0, 20.0), weight=0.1),
    Cell("codec", "A-law, 40 ms", ACCEPT, 99.9, single(through=_g711(True)), needs=SPANDSP),
    Cell("codec", "u-law, 40 ms", ACCEPT, 99.9, single(through=_g711(False)), needs=SPANDSP),
    Cell("codec", "GSM 06.10, 40 ms", ACCEPT, 90.0, single(through=_gsm), weight=0.5, needs=SPANDSP),
    Cell("codec", "GSM 06.10, 70 ms", ACCEPT, 99.0, single(on_ms=70, through=_gsm), weight=0.5, needs=SPANDSP),
    Cell("other", "low tone alone", REJECT, 0.1, single(on_ms=100, high=FAR)),
    Cell("other", "high tone alone", REJECT, 0.1, single(on_ms=100, low=FAR)),
    Cell("other", "three tones, equal", REJECT, 0.1, third(0.0)),
    Cell("other", "three tones, third 3 dB under", REJECT, 1.0, third(-3.0)),
    Cell("other", "chirps", REJECT, 0.1, chirps),
]
