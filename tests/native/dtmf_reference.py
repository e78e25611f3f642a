"""The DTMF receiver once more, in numpy and float64: what native/dtmf*.c computes, written for the reader.

Same rules and thresholds, other arithmetic: exact sines instead of int16 tables, one dense least-squares problem
instead of two folded ones, lstsq instead of Cholesky. Digits are the same; positions and levels differ by rounding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

NATIVE = Path(__file__).resolve().parents[2] / "native"
RATE, BLOCK, WINDOW, FIT = 8000, 32, 4, 7
HZ = np.array([697.0, 770.0, 852.0, 941.0, 1209.0, 1336.0, 1477.0, 1633.0])
KEYS = "123A456B789C*0#D"


def thresholds():
    """The named constants of the C files, so that both sides are tuned in one place."""
    found = {}
    for name in ("dtmf_gate.c", "dtmf_judge.c", "dtmf_track.c", "dtmf_residue.c", "dtmf_fit.c"):
        for key, value in re.findall(r"static const \w+ (\w+) = ([-0-9.e]+)F?;", (NATIVE / name).read_text()):
            found[key] = float(value)
    return found


T = thresholds()


@dataclass
class Found:
    digit: str
    start: int
    end: int
    low_dbm0: float
    high_dbm0: float


@dataclass
class Fitted:
    hz: np.ndarray
    peak: np.ndarray
    residue: float
    rest: np.ndarray
    fill: np.ndarray
    """Shape (2, FIT)."""


def dbm0(peak):
    return 3.14 + 20 * np.log10(np.maximum(peak, 0.01) / 32768)


def fit(x, hz, *, hum, dial_tone):
    """Two tones in x, shape (224,), by Gauss-Newton from hz, beside hum and dial tone where asked; None: ran away."""
    t = (np.arange(len(x)) - len(x) / 2 + 0.5) / RATE
    fixed = [np.ones_like(t), t * RATE / len(x) * 2] if hum else []
    bands = [T["HUM_HZ"]] * hum + list(T["DIAL_HZ"] + T["DIAL_STEP_HZ"] * np.arange(7)) * dial_tone
    fixed += [wave for f in bands for wave in (np.cos(2 * np.pi * f * t), np.sin(2 * np.pi * f * t))]
    ridge = [T["RIDGE"]] * len(fixed)
    start, hz = hz, hz.copy()

    def solve(columns):
        a = np.array(columns).T
        weights = np.array(ridge + [0.0] * (len(columns) - len(ridge)))
        damping = np.diag(np.sqrt(weights * np.sum(a * a, axis=0)))
        return a, np.linalg.lstsq(np.vstack([a, damping]), np.concatenate([x, np.zeros(len(weights))]), rcond=None)[0]

    for _ in range(int(T["ROUNDS"])):
        waves = [w for f in hz for w in (np.cos(2 * np.pi * f * t), np.sin(2 * np.pi * f * t))]
        _, c = solve([*fixed, *waves, *(t * w for w in waves)])
        a, b = c[len(fixed) : len(fixed) + 4 : 2], c[len(fixed) + 1 : len(fixed) + 4 : 2]
        v, u = c[len(fixed) + 4 :: 2], c[len(fixed) + 5 :: 2]
        step = (b * v - a * u) / (a * a + b * b + 1e-6) / (2 * np.pi)
        if not np.all(np.abs(hz + step - start) < T["RUNAWAY"] * start):
            return None
        used, hz = hz, hz + step
        if np.all(np.abs(step) < T["SETTLED_HZ"]):
            break
    waves = [w for f in used for w in (np.cos(2 * np.pi * f * t), np.sin(2 * np.pi * f * t))]
    a, c = solve([*fixed, *waves])
    clean = x - a[:, : len(fixed)] @ c[: len(fixed)]
    tone = np.array([a[:, -4:-2] @ c[-4:-2], a[:, -2:] @ c[-2:]])
    rest = clean - tone.sum(axis=0)
    parts, left = tone.reshape(2, FIT, BLOCK), rest.reshape(FIT, BLOCK)
    fill = 1 + np.sum(parts * left, axis=2) / (np.sum(parts**2, axis=2) + 1e-6)
    return Fitted(hz, np.hypot(c[-4::2], c[-3::2]), float(rest @ rest / (clean @ clean + 1e-6)), rest, fill)


def third_tone(f):
    """Whether what the fit left is one more tone."""
    if f.residue <= T["THIRD_TONE_SHARE"]:
        return False
    n = np.arange(len(f.rest))
    for hz in HZ:
        if np.all(np.abs(hz - f.hz) > T["APART_HZ"]):
            share = np.abs(f.rest @ np.exp(-2j * np.pi * hz / RATE * n)) ** 2 * 2 / len(n) / (f.rest @ f.rest)
            if share > T["THIRD_KEY_SHARE"]:
                return True
    outer, middle = f.rest[2:] + f.rest[:-2], f.rest[1:-1]
    c = outer @ middle / (middle @ middle)
    missed = np.sum((outer - c * middle) ** 2) / (middle @ middle)
    sine = max(np.sqrt(1 - min(c * c / 4, 1.0)), 0.03)
    width, centre = (
        np.sqrt(missed) / (2 * sine) * RATE / (2 * np.pi),
        np.arccos(np.clip(c / 2, -1, 1)) * RATE / (2 * np.pi),
    )
    return bool(width < T["THIRD_TONE_WIDTH_HZ"] and centre > T["THIRD_TONE_LEAST_HZ"])


def doubt(f, nominal, without_dial_tone):
    off = np.abs(f.hz / nominal - 1)
    low, high = dbm0(f.peak)
    twist = high - low
    if (
        np.any(off > T["FREQUENCY_LIMIT"])
        or min(low, high) < T["LEVEL_LEAST_DBM0"]
        or not T["TWIST_LEAST_DB"] <= twist <= T["TWIST_MOST_DB"]
        or f.fill[:, [0, -1]].min() < T["EDGE_FILL"]
        or f.fill[:, 1:-1].min() < T["INNER_FILL"]
    ):
        return 9.0
    offset = off.sum() / T["OFFSET_UNIT"]
    both = T["BOTH_DIAL_WEIGHT"] if without_dial_tone else T["BOTH_WEIGHT"]
    return (
        f.residue / (T["RESIDUE_DIAL"] if without_dial_tone else T["RESIDUE_FULL"])
        + T["OFFSET_WEIGHT"] * offset
        + both * f.residue * offset
        + T["TWIST_WEIGHT"] * ((twist - T["TWIST_CENTRE_DB"]) / T["TWIST_UNIT_DB"]) ** 2
        + T["WAVER_WEIGHT"] * float(np.sum(np.var(f.fill, axis=1)))
    )


class Reference:
    """All digits of int16 samples at 8 kHz, shape (n,)."""

    def __init__(self, samples):
        count = len(samples) // BLOCK
        self.x = samples[: count * BLOCK].astype(np.float64)
        blocks = self.x.reshape(count, BLOCK)
        centre = np.arange(BLOCK) - BLOCK / 2 + 0.5
        level = blocks - blocks.mean(axis=1, keepdims=True)
        self.sums = level @ np.exp(-2j * np.pi * np.outer(centre, HZ) / RATE)
        self.sums *= np.exp(-2j * np.pi * np.outer(np.arange(count) * BLOCK, HZ) / RATE)
        dial = np.exp(2j * np.pi * centre * 400 / RATE)
        dial -= dial.mean()
        self.dial = (level @ dial.real) ** 2 / (dial.real @ dial.real) + (level @ dial.imag) ** 2 / (
            dial.imag @ dial.imag
        )
        self.hum = blocks.sum(axis=1) ** 2 / BLOCK
        rest = np.sum(blocks**2, axis=1) - self.hum - self.dial
        self.energy = np.maximum(rest, 0.0)
        self.leaders = [self._leader(b) for b in range(count)]
        self.found, self.on = [], None
        self.ended = (-1, 0)
        self.probable = self.third = -16
        led, before = 0, -1
        for b, pair in enumerate(self.leaders):
            if self.on:
                self._follow(b)
            led = led + 1 if pair >= 0 and pair == before else 1
            before = pair
            if pair >= 0 and (not self.on or self.on["pair"] != pair) and led >= T["GATE_WINDOWS"] and b >= FIT - 1:
                led = self._examine(b, pair, led)

    def _leader(self, b):
        window = slice(max(b - WINDOW + 1, 0), b + 1)
        power, energy = np.abs(self.sums[window].sum(axis=0)) ** 2, self.energy[window].sum()
        low, high = power[:4].max(), power[4:].max()
        if (
            energy < T["GATE_ENERGY"]
            or (low + high) * 2 / (WINDOW * BLOCK) < T["GATE_SHARE"] * energy
            or not T["GATE_TWIST_LEAST"] * low <= high <= T["GATE_TWIST_MOST"] * low
        ):
            return -1
        return int(power[:4].argmax() * 4 + power[4:].argmax())

    def _examine(self, b, pair, led):
        window, columns = slice(b - FIT + 1, b + 1), [pair // 4, 4 + pair % 4]
        sums, energy, nominal = self.sums[window][:, columns], self.energy[window].sum(), HZ[columns]
        turn = np.angle(np.sum(sums[1:] * np.conj(sums[:-1]), axis=0)) / (2 * np.pi) * RATE / BLOCK
        guess = nominal + np.clip(turn, -T["GUESS_MOST"] * nominal, T["GUESS_MOST"] * nominal)
        back = np.exp(-2j * np.pi * np.outer(np.arange(FIT) * BLOCK, guess - nominal) / RATE)
        power = np.sum((np.abs(np.sum(sums * back, axis=0)) * 2 / (FIT * BLOCK)) ** 2)
        block = np.sum(np.abs(sums) ** 2, axis=1) * 4 / BLOCK**2
        if power * FIT * BLOCK / 2 < T["FIT_SHARE"] * energy or min(block[0], block[-1]) < T["FIT_EDGE"] * power:
            return led
        tries = [False, True] if self.dial[window].sum() > T["DIAL_SHARE"] * energy else [False]
        for without in tries:
            hum = bool(without or self.hum[window].sum() > T["HUM_SHARE"] * energy)
            f = fit(self.x[(b - FIT + 1) * BLOCK : (b + 1) * BLOCK], guess, hum=hum, dial_tone=without)
            if f is None:
                continue
            if third_tone(f):
                self.third = b
                return led
            uncertain = doubt(f, nominal, without)
            if uncertain < 1:
                sure = f.residue < T["SURE_RESIDUE"] or f.fill[:, [0, -1]].min() > T["SURE_EDGE"]
                if self.probable == b - 1 or (sure and b - self.third > T["THIRD_TONE_BLOCKS"]):
                    led = self._begin(b, pair, f, led)
                self.probable = b
                return led
            outer, middle = f.rest[2:] + f.rest[:-2], f.rest[1:-1]
            centre = np.arccos(np.clip(outer @ middle / (middle @ middle) / 2, -1, 1)) * RATE / (2 * np.pi)
            if f.residue >= T["WORTH_A_LOOK"] and centre > T["DIAL_MOST_HZ"]:
                return led
        return led

    def _begin(self, b, pair, f, led):
        columns, first = [pair // 4, 4 + pair % 4], b - FIT + 1
        start = first * BLOCK
        for earlier in range(first - 1, max(first - 10, -1), -1):
            level = np.mean(np.abs(self.sums[earlier][columns]) / (BLOCK / 2 * f.peak))
            if level < T["BLOCK_FULL"]:
                start -= int(level * BLOCK) if level > T["BLOCK_EMPTY"] else 0
                break
            start -= BLOCK
        if pair == self.ended[0] and start - self.ended[1] < T["PAUSE"]:
            return 0
        if self.on:
            self._finish(self.on["below"] if 0 <= self.on["below"] < start else start)
        levels = dbm0(f.peak)
        self.on = {
            "pair": pair,
            "start": start,
            "below": -1,
            "gain": 1.0,
            "columns": columns,
            "levels": levels,
            "step": 2 * np.pi * (f.hz - HZ[columns]) * BLOCK / RATE,
            "full": f.peak / 2 * WINDOW * BLOCK,
        }
        return led

    def _finish(self, end):
        on, self.on = self.on, None
        self.ended = (on["pair"], end)
        self.found.append(Found(KEYS[on["pair"]], on["start"], max(end, on["start"] + 1), *on["levels"]))

    def _follow(self, b):
        on = self.on
        turned = np.exp(1j * np.outer(np.arange(WINDOW - 1, -1, -1), on["step"]))
        level = np.abs(np.sum(self.sums[b - WINDOW + 1 : b + 1][:, on["columns"]] * turned, axis=0))
        gain, centre = float(np.min(level / on["full"])), (b + 1) * BLOCK - WINDOW * BLOCK // 2
        if gain >= T["HALF"]:
            on["below"] = -1
            on["full"] = on["full"] + T["REFERENCE_STEP"] * (level - on["full"])
        else:
            if on["below"] < 0:
                fall = on["gain"] - gain
                back = (T["HALF"] - gain) / fall if fall > T["HALF"] - gain else 1.0
                on["below"] = centre - int(back * BLOCK)
            if centre - on["below"] >= T["PAUSE"]:
                self._finish(on["below"])
        if self.on:
            on["gain"] = gain


def digits(samples):
    """Digits that ended in these int16 samples at 8 kHz."""
    return Reference(samples).found
