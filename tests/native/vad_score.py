"""Balanced accuracy of the voice activity detector beside webrtcvad's:  python -m tests.native.vad_score

Reports on voices, noise and music that the weights were not fitted on (see tests/native/vad_material.py). Balanced
accuracy: the mean of the share of speech frames found and of the share of other frames left alone. webrtcvad gets the
same 20 ms frames, in each of its modes 0 to 3.
"""

from __future__ import annotations

import sys

import numpy as np
import webrtcvad

from gateway.audio.vad import is_speech
from tests.native import vad_material as material

MODES = (0, 1, 2, 3)
STREAMS_EACH = 3
SECONDS = 60.0
FIRST_SEED = 700_000  # away from the fitting part's


def webrtc(samples, mode):
    vad = webrtcvad.Vad(mode)
    frames = samples.reshape(-1, material.FRAME)
    return np.array([vad.is_speech(frame.tobytes(), material.RATE) for frame in frames])


def balanced(found, speech):
    return (found[speech].mean() + (~found[~speech]).mean()) / 2


def score_condition(kind, snr, voices, *, streams_each=STREAMS_EACH, seconds=SECONDS, first_seed=FIRST_SEED):
    """Balanced accuracy of ours and of each mode of webrtcvad over all streams of one condition, and our two halves."""
    decided, labels = {name: [] for name in ("ours", *MODES)}, []
    for voice_number, voice in enumerate(voices):
        for number in range(streams_each):
            stream = material.stream(voice, kind, snr, seconds, first_seed + 1000 * voice_number + number)
            labels.append(stream.speech)
            decided["ours"].append(is_speech(stream.samples, material.RATE))
            for mode in MODES:
                decided[mode].append(webrtc(stream.samples, mode))
    speech = np.concatenate(labels)
    found = {name: np.concatenate(parts) for name, parts in decided.items()}
    scores = {name: balanced(which, speech) for name, which in found.items()}
    return scores, found["ours"][speech].mean(), found["ours"][~speech].mean(), len(speech)


def table(voices, out=sys.stdout):
    """Prints the table; returns the mean of each column over the conditions."""
    print(f"voices: {', '.join(voices)}", file=out)
    print(
        f"{'condition':<14}{'frames':>8}{'ours':>8}{'(found':>9}{'false)':>8}"
        + "".join(f"{f'rtc {m}':>8}" for m in MODES),
        file=out,
    )
    rows = []
    for kind, snr in material.conditions():
        scores, found, false, count = score_condition(kind, snr, voices)
        rows.append([scores[name] for name in ("ours", *MODES)])
        label = kind if kind == "clean" else f"{kind} {snr} dB"
        print(
            f"{label:<14}{count:>8}{100 * scores['ours']:>8.2f}{100 * found:>9.2f}{100 * false:>8.2f}"
            + "".join(f"{100 * scores[m]:>8.2f}" for m in MODES),
            file=out,
            flush=True,
        )
    means = np.mean(rows, axis=0)
    print(
        f"{'mean':<14}{'':>8}{100 * means[0]:>8.2f}{'':>17}" + "".join(f"{100 * m:>8.2f}" for m in means[1:]), file=out
    )
    return dict(zip(("ours", *MODES), means, strict=True))


def music_table(out=sys.stdout):
    """Music alone at -20 dBm0: the share of frames taken for speech, for music the weights have not seen."""
    print(f"{'music':<32}{'frames':>8}{'ours':>8}" + "".join(f"{f'rtc {m}':>8}" for m in MODES), file=out)
    for name in material.REPORT_MUSIC:
        piece = material.music(name)
        piece = piece[: len(piece) // material.FRAME * material.FRAME]
        samples = material.coded(piece * material.amplitude(-20) / np.sqrt(np.mean(piece**2)))
        shares = [is_speech(samples, material.RATE).mean(), *(webrtc(samples, mode).mean() for mode in MODES)]
        print(f"{name:<32}{len(samples) // material.FRAME:>8}" + "".join(f"{100 * s:>8.1f}" for s in shares), file=out)


if __name__ == "__main__":
    table(material.REPORT_VOICES)
    music_table()
