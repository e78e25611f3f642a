"""`make bench`, DTMF: nanoseconds a sample beside spandsp's, in the same run and over the same samples."""

from __future__ import annotations

import sys
import time

import numpy as np
from rich.console import Console
from rich.table import Table

from gateway.audio._native import ffi, lib
from gateway.audio.dtmf import DtmfDetector, DtmfGenerator, dtmf_feed_many
from tests.native import dtmf_material as m
from tests.native.spandsp_peer import MISSING, peer

SECONDS = 60
ROUNDS = 7
CHANNELS, FRAME = 100, 160


def main() -> None:
    console = Console(width=130 if not sys.stdout.isatty() else None, highlight=False)
    table = Table(
        "over",
        "ours, ns a sample",
        "spandsp",
        "times as fast",
        title="DTMF receiver, 8 kHz, 20 ms at a time",
        title_justify="left",
    )
    for name, samples in materials():
        mine, theirs = nanoseconds(samples)
        table.add_row(
            name,
            f"{mine:.2f}",
            "-" if theirs is None else f"{theirs:.2f}",
            "-" if theirs is None else f"{theirs / mine:.1f}",
        )
    console.print(table)
    console.print("aims: at most 2.0 ns a sample, at least 3 times as fast as spandsp")
    if peer() is None:
        console.print(MISSING)
    console.print(f"{CHANNELS} channels x 20 ms in one Python call: {many() * 1e6:.0f} us (aim: at most 50)")


def materials():
    rng = np.random.default_rng(1)
    n = SECONDS * m.RATE
    yield "silence", np.zeros(n, np.int16)
    yield "white noise", m.pcm(rng.standard_normal(n) * 2000)
    digits = DtmfGenerator().render("".join(rng.choice(list(m.KEYS), SECONDS * 5)), on_ms=100, off_ms=100)
    yield "digits, 100 / 100 ms", digits[:n]
    for language in m.languages():
        speech = m.recorded(language)
        yield f"speech, {language}", np.resize(speech, n)


def nanoseconds(samples):
    """Best of a few rounds, ours and spandsp taking turns, each in C over all frames: no Python between them."""
    whole, n = ffi.from_buffer("int16_t[]", samples), len(samples)
    events, room = ffi.new("gw_dtmf_event[]", FRAME), FRAME
    state, best = ffi.new("gw_dtmf *"), [np.inf, np.inf]
    for _ in range(ROUNDS):
        lib.gw_dtmf_init(state, m.RATE)
        began = time.perf_counter()
        for at in range(0, n, FRAME * CHANNELS):  # a crossing costs 250 ns: over 100 frames that is nothing
            lib.gw_dtmf_feed(state, whole + at, min(FRAME * CHANNELS, n - at), events, room)
        between = time.perf_counter()
        if peer() is not None:
            peer().dtmf(samples)
        best = [min(best[0], between - began), min(best[1], time.perf_counter() - between)]
    return best[0] / n * 1e9, best[1] / n * 1e9 if peer() is not None else None


def many():
    """Seconds for one frame of each channel, Python's part and all."""
    detectors = [DtmfDetector() for _ in range(CHANNELS)]
    block = (np.random.default_rng(2).standard_normal((CHANNELS, FRAME)) * 1000).astype(np.int16)
    best = np.inf
    for _ in range(200):
        began = time.perf_counter()
        for _ in range(5):
            dtmf_feed_many(detectors, block)
        best = min(best, (time.perf_counter() - began) / 5)
    return best


if __name__ == "__main__":
    main()
