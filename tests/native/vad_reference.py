"""The voice activity detector once more, in numpy and double precision, from the description in native/vad*.c.

The weights are read from native/vad_weights.h, the filter coefficients are designed anew.
"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from scipy.signal import lfilter, remez

WEIGHTS = Path(__file__).resolve().parents[2] / "native" / "vad_weights.h"
FRAME = 160
TAPS = remez(8, [0, 0.36], [1], fs=1.0, maxiter=200, grid_density=64)
TAPS = TAPS / TAPS.sum()


def weights():
    """Name -> numbers of the header, in the order of the file."""
    found = {}
    for name, body in re.findall(r"static const float (\w+)(?:\[\w+\])* = (.+?);", WEIGHTS.read_text(), re.DOTALL):
        found[name] = np.array([float(n) for n in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?(?=F)", body)])
    return found


def split(x):
    """Lower and upper half of the band: a delay and a half-sample delay, added and subtracted."""
    even, odd = x[::2], x[1::2]
    half, on = lfilter(TAPS, 1, odd), np.concatenate([np.zeros(3), even[: len(even) - 3]])
    return (on + half) / 2, (on - half) / 2


def bands(x):
    """Log energies, shape (frames, 8), and the 0 to 1 kHz band at 2 kHz."""
    a, b = split(x)
    b34, b23 = split(b)
    a01, a12 = split(a)
    a1520, a1015 = split(a12)
    low, upper = split(a01)
    u75, u50 = split(upper)
    l00, l25 = split(low)
    frames = len(x) // FRAME

    def energy(y, *, remove_mean=False):
        rows = y.reshape(frames, -1)
        return rows.var(axis=1) if remove_mean else (rows**2).mean(axis=1)

    parts = [energy(l00, remove_mean=True), *map(energy, (l25, u50, u75, a1015, a1520, b23, b34))]
    return np.log2(np.stack(parts, axis=1) + 1), a01


def pitch(low):
    """Greatest normalised autocorrelation of the last 40 ms of differences, for each frame."""
    line = np.concatenate([np.zeros(40), np.diff(low, prepend=0.0)])
    best = []
    for start in range(0, len(low), 40):
        x = line[start : start + 80]
        now, scores = x[32:], []
        for lag in range(5, 33):
            past = x[32 - lag : 80 - lag]
            scores.append(now @ past / np.sqrt((now @ now + 48) * (past @ past + 48)))
        best.append(max(scores))
    return np.array(best)


def smoothed(x, keep, first=0.0):
    return lfilter([1 - keep], [1, -keep], x, axis=0, zi=np.broadcast_to(keep * first, x[:1].shape))[0]


def features(samples):
    log_energy, low = bands(samples.astype(float))
    frames = len(log_energy)
    slow = smoothed(log_energy, 0.7, log_energy[0])
    snr = np.empty_like(log_energy)
    for i in range(frames):
        first = max(0, i // 25 - 5) * 25
        snr[i] = np.minimum(log_energy[i] - slow[first : i + 1].min(axis=0), 14)
    level, mean = log_energy.mean(axis=1), snr.mean(axis=1)
    periodic, off = pitch(low), np.empty(frames)
    slow_level = level[0]
    held, voice, helds, voices = 0.0, 0.0, [], []
    for i in range(frames):
        off[i] = level[i] - slow_level
        slow_level = 0.95 * slow_level + 0.05 * level[i]
        held = max(mean[i], 0.93 * held)
        voice = max(periodic[i] * min(mean[i] / 4, 1), 0.93 * voice)
        helds.append(held)
        voices.append(voice)
    step = np.diff(level, prepend=level[0])
    return np.column_stack([
        snr, smoothed(snr, 0.7), log_energy - level[:, None], level, periodic, smoothed(periodic, 0.6), off,
        smoothed(abs(off), 0.95), smoothed(abs(step), 0.6), helds, step, smoothed(mean, 0.9), voices,
        np.maximum(snr.max(axis=1), 0), np.concatenate([[0], mean[:-1]]),
    ])  # fmt: skip


def logits(samples):
    w = weights()
    hidden = w["HIDDEN_WEIGHTS"].reshape(36, -1)
    x = np.maximum(features(samples) @ hidden + w["HIDDEN_BIAS"], 0) @ w["OUTPUT_WEIGHTS"] + w["OUTPUT_BIAS"]
    now = np.clip(x, -6, 6)
    total, peak = np.full(len(now), w["TRACE_BIAS"][0]), 0.0
    for weight, keep in zip(w["TRACE_WEIGHTS"], (0, 0.5, 0.75, 0.88), strict=False):
        total += weight * smoothed(now, keep, -6.0)
    for i, value in enumerate(now):
        peak = max(value + 6, 0.9 * peak)
        total[i] += w["TRACE_WEIGHTS"][4] * (peak - 6)
    return total


def decisions(values):
    w, state, out = weights(), False, []
    for value in values:
        state = value > (w["STAY_LOGIT"][0] if state else w["BEGIN_LOGIT"][0])
        out.append(state)
    return np.array(out)
