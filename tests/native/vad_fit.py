"""Fits the weights of the voice activity detector:  python -m tests.native.vad_fit > native/vad_weights.h

One hidden layer on the features that the C code itself computes, logistic loss in which speech and the rest weigh
the same in each condition, Adam. Material: the fitting part of tests/native/vad_material.py. Seeded: the same run
gives the same weights on the same machine.
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.signal import lfilter

from gateway.audio._native import ffi, lib
from tests.native import vad_material as material

HIDDEN = 20
STREAMS_EACH = 16
SECONDS = 45.0
EPOCHS = 16
BATCH = 2048
DIGITS = 5
LOGIT_MAX = 6.0


def features_of(samples):
    """What the detector's network gets for each frame, shape (frames, 32)."""
    vad, out = ffi.new("gw_vad *"), ffi.new("gw_vad_frame *")
    lib.gw_vad_init(vad, material.RATE)
    rows = np.empty((len(samples) // material.FRAME, lib.GW_VAD_FEATURES), np.float32)
    whole = np.frombuffer(ffi.buffer(vad.features), np.float32)
    for row, start in zip(rows, range(0, len(samples), material.FRAME), strict=True):
        lib.gw_vad_feed(
            vad, ffi.from_buffer("int16_t[]", samples[start : start + material.FRAME]), material.FRAME, out, 1
        )
        row[:] = whole
    return rows


def negatives(rng):
    """Streams without speech: music, tones, hum alone, noise that jumps."""
    for name in material.FIT_MUSIC:
        piece = material.music(name)[: 240 * material.RATE]
        piece = piece[: len(piece) // material.FRAME * material.FRAME]
        yield "music", material.coded(piece * material.amplitude(rng.uniform(-35, -15)) / np.sqrt(np.mean(piece**2)))
    time = np.arange(30 * material.RATE) / material.RATE
    for pair in ((425,), (350, 440), (440, 480), (697, 1209), (941, 1477), (1004,), (2100,), (50, 150)):
        on, off = rng.uniform(0.1, 1.5, 2)
        gate = (time % (on + off)) < on
        tone = gate * sum(np.sin(2 * np.pi * hz * time) for hz in pair) * material.amplitude(rng.uniform(-30, -8))
        yield "tones", material.coded(tone + material.amplitude(-60) * rng.normal(size=len(time)))
    for kind in ("white", "pink", "hum"):
        steps = np.repeat(rng.uniform(-55, -20, 10), len(time) // 10)
        gains = np.array([material.amplitude(step) for step in steps])
        yield "steps", material.coded(gains * material.noise(kind, len(time), material.FIT_VOICES[0], rng))


def gather():
    """Features, labels and weights of all streams; each condition weighs 1, half of it speech."""
    rows, labels, weights = [], [], []
    groups = {}
    for voice_number, voice in enumerate(material.FIT_VOICES):
        for kind, snr in material.conditions():
            for number in range(STREAMS_EACH):
                seed = 1000 * voice_number + number
                stream = material.stream(voice, kind, snr, SECONDS, seed, varied=True)
                groups.setdefault((kind, snr), []).append((features_of(stream.samples), stream.speech))
        print(voice, file=sys.stderr)
    for parts in groups.values():
        x = np.concatenate([features for features, _ in parts])
        y = np.concatenate([speech for _, speech in parts])
        rows.append(x)
        labels.append(y)
        weights.append(np.where(y, 0.5 / y.sum(), 0.5 / (~y).sum()))
    for kind, share in (("music", 0.5), ("tones", 0.25), ("steps", 0.25)):
        x = np.concatenate([features_of(s) for name, s in negatives(np.random.default_rng(5)) if name == kind])
        rows.append(x)
        labels.append(np.zeros(len(x), bool))
        weights.append(np.full(len(x), share / len(x)))
    return np.concatenate(rows), np.concatenate(labels), np.concatenate(weights)


def fit(x, y, w, seed=1):
    """Weights of the network on features with mean 0 and deviation 1."""
    rng = np.random.default_rng(seed)
    params = [
        rng.normal(0, np.sqrt(2 / x.shape[1]), (x.shape[1], HIDDEN)).astype(np.float32),
        np.zeros(HIDDEN, np.float32),
        rng.normal(0, np.sqrt(1 / HIDDEN), HIDDEN).astype(np.float32),
        np.zeros(1, np.float32),
    ]
    first, second = [np.zeros_like(p) for p in params], [np.zeros_like(p) for p in params]
    w = (w / w.mean()).astype(np.float32)
    step, steps = 0, EPOCHS * (len(x) // BATCH)
    for epoch in range(EPOCHS):
        order, total = rng.permutation(len(x)), 0.0
        for start in range(0, len(x) - BATCH + 1, BATCH):
            pick = order[start : start + BATCH]
            a, target, weight = x[pick], y[pick], w[pick]
            before = a @ params[0] + params[1]
            hidden = np.maximum(before, 0)
            logit = hidden @ params[2] + params[3]
            error = (1 / (1 + np.exp(-logit)) - target) * weight / BATCH
            total += float(np.sum(weight * (np.logaddexp(0, logit) - target * logit)))
            back = error[:, None] * params[2] * (before > 0)
            gradients = [a.T @ back, back.sum(0), hidden.T @ error, np.array([error.sum()], np.float32)]
            step += 1
            rate = 4e-3 * 0.5 * (1 + np.cos(np.pi * step / steps))
            for k, g in enumerate(gradients):
                first[k] = 0.9 * first[k] + 0.1 * g
                second[k] = 0.999 * second[k] + 0.001 * g * g
                params[k] -= rate * (first[k] / (1 - 0.9**step)) / (np.sqrt(second[k] / (1 - 0.999**step)) + 1e-8)
        print(f"epoch {epoch + 1}: loss {total / len(x):.4f}", file=sys.stderr)
    return params


def header(params, beta, begin, stay):
    weights, bias, out, out_bias = params
    lines = [
        "/*",
        " * Written by `python -m tests.native.vad_fit`: the network of the voice activity detector, fitted on English",
        " * and Spanish prompts with pauses, clean and with white, pink, babble noise and hum at 2 to 25 dB SNR.",
        " */",
        f"enum {{ GW_VAD_HIDDEN = {HIDDEN} }};",
        "",
        f"static const float BEGIN_LOGIT = {begin}F; /* above it speech begins, */",
        f"static const float STAY_LOGIT = {stay}F; /* and goes on until it falls below this one */",
    ]

    def row(values):
        return ", ".join(
            f"{v:.{DIGITS}g}" + ("F" if any(c in f"{v:.{DIGITS}g}" for c in ".e") else ".0F") for v in values
        )

    lines += [f"static const float OUTPUT_BIAS = {row(out_bias)};"]
    lines += [f"static const float TRACE_BIAS = {row(beta[-1:])};"]
    lines += [f"static const float TRACE_WEIGHTS[GW_VAD_TRACES] = {{{row(beta[:-1])}}};"]
    for name, values in (("HIDDEN_BIAS", bias), ("OUTPUT_WEIGHTS", out)):
        lines += [f"static const float {name}[GW_VAD_HIDDEN] = {{", *halves(row, values), "};"]
    lines += ["static const float HIDDEN_WEIGHTS[GW_VAD_FEATURES][GW_VAD_HIDDEN] = {"]
    for values in weights:
        parts = halves(row, values)
        lines += ["    {" + parts[0].strip(), *parts[1:-1], parts[-1].rstrip(",") + "},"]
    return "\n".join([*lines, "};"])


def halves(row, values):
    return ["    " + row(values[i : i + 8]) + "," for i in range(0, len(values), 8)]


def traces(logits):
    """The C code's averages of the network's answers and their held peak, shape (frames, 5)."""
    now = np.clip(logits, -LOGIT_MAX, LOGIT_MAX)
    columns = [lfilter([1 - s], [1, -s], now) for s in (0.0, 0.5, 0.75, 0.88)]
    held, peak = np.empty_like(now), -LOGIT_MAX
    for i, value in enumerate(now.tolist()):
        peak = max(value, 0.9 * (peak + LOGIT_MAX) - LOGIT_MAX)
        held[i] = peak
    return np.stack([*columns, held], axis=1)


def weigh(t, y, w):
    """Logistic regression by Newton's method; weights of the traces and the bias."""
    x = np.column_stack([t, np.ones(len(t))])
    beta, w = np.zeros(x.shape[1]), w / w.sum()
    for _ in range(25):
        p = 1 / (1 + np.exp(-x @ beta))
        hessian = (x * (w * p * (1 - p))[:, None]).T @ x + 1e-9 * np.eye(x.shape[1])
        beta += np.linalg.solve(hessian, x.T @ (w * (y - p)))
    return beta


def choose_hysteresis(values, y, w):
    """Thresholds with the least weight of wrong frames."""
    found = []
    for stay in (-0.6, -0.4, -0.2, 0.0):
        for apart in (0.0, 0.2, 0.4, 0.6, 0.8):
            state, decided = False, np.empty(len(values), bool)
            for i, value in enumerate(values.tolist()):
                state = value > (stay if state else stay + apart)
                decided[i] = state
            found.append((1 - float(w[decided != y].sum() / w.sum()), round(stay + apart, 2), stay))
    return max(found)


def main():
    x, y, w = gather()
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    params = fit(((x - mean) / deviation).astype(np.float32), y.astype(np.float32), w)
    hidden = params[0] / deviation[:, None]
    raw = [hidden, params[1] - mean @ hidden, params[2], params[3]]
    t = traces(np.maximum(x @ raw[0] + raw[1], 0) @ raw[2] + raw[3])
    beta = weigh(t, y, w)
    score, begin, stay = choose_hysteresis(t @ beta[:-1] + beta[-1], y, w)
    print(f"traces {beta.round(3)}, begin {begin}, stay {stay}: balanced accuracy {100 * score:.2f} %", file=sys.stderr)
    print(header(raw, beta, begin, stay))


if __name__ == "__main__":
    main()
