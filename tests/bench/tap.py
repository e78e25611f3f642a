"""`make bench`, the tap: what one leg costs the media thread, with and without in-band detection.

The port's own functions are called by hand, frame after frame as the bridge calls them: put_frame with what the far
end says, get_frame while a prompt is played, once a second the loop's part (its events, the recording). So all of the
tap is in it, and nothing of SIP, RTP and the bridge, which "4 callers in the IVR" has. Each figure is the CPU time of
the best of many rounds, the ways taken in turns.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from gateway.audio.dtmf import DtmfGenerator
from gateway.audio.tap import Tap
from tests.bench.calls import Row
from tests.native import dtmf_material as material

RATE, FRAME = 8000, 160
SECONDS = 20
ROUNDS = 15

Samples = np.ndarray


class Way(NamedTuple):
    what: str
    heard: Samples
    begin: Callable[[Tap], None]
    """Switches the tap's parts."""


def whole_cost() -> list[Row]:
    """CPU per call and second of each way, and what in-band detection adds."""
    speech, digits = _speech(), _digits()
    ways = [
        Way("in-band detection off, speech heard", speech, lambda tap: tap.detect(on=False)),
        Way("in-band detection on, speech heard", speech, lambda tap: None),
        Way("in-band detection on, nothing but digits heard", digits, lambda tap: None),
        Way("all parts on, speech heard", speech, _everything),
    ]
    best = [float("inf")] * len(ways)
    for _ in range(ROUNDS):
        for i, way in enumerate(ways):
            best[i] = min(best[i], _us_a_second(way))
    rows = [
        Row(f"tap of one leg: {way.what}", f"{us:.0f} us CPU per call and second ({us / 1e4:.3f} % of a core)")
        for way, us in zip(ways, best, strict=True)
    ]
    added = [f"{best[i] - best[0]:.0f} us ({1000 * (best[i] - best[0]) / RATE:.2f} ns a sample)" for i in (1, 2)]
    return [*rows, Row("in-band detection adds, speech / digits", " / ".join(added))]


def _us_a_second(way: Way) -> float:
    """Microseconds of CPU for a second of one call."""
    tap = Tap("bench")
    prompt = np.resize(_speech()[::-1], SECONDS * RATE).copy()
    way.begin(tap)
    tap.play(1, [prompt], barge_in=False)
    parts = way.heard.reshape(SECONDS, RATE)
    began = time.thread_time_ns()
    for part in parts:
        tap.put_frames(part)
        tap.get_frames(RATE // FRAME)
        tap.events()
        tap.recorded("received")
        tap.recorded("sent")
    spent = time.thread_time_ns() - began
    tap.close()
    tap.events()
    return spent / 1000 / SECONDS


def _everything(tap: Tap) -> None:
    tap.detect_voice(on=True)
    tap.detect_progress(on=True)
    tap.measure(1000, repeat=True)
    tap.record("received", "sent")


def _speech() -> Samples:
    """Recorded speech where Debian's is installed, noise of its level otherwise."""
    names = material.languages()
    if names:
        return np.resize(material.recorded(names[0]), SECONDS * RATE)
    return material.pcm(np.random.default_rng(1).standard_normal(SECONDS * RATE) * 1500)


def _digits() -> Samples:
    keys = np.random.default_rng(1).choice(list(material.KEYS), SECONDS * 5)
    return DtmfGenerator().render("".join(keys), on_ms=100, off_ms=100)[: SECONDS * RATE]
