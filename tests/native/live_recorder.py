"""Recordings on a real bridge, as a program of its own. Run as `python live_recorder.py SCENARIO PORT PATH`.

both     two calls on a bridge, each with its tap: a stereo file, with a pause in the middle
late     one call, two taps that hear it, the second of which comes to the bridge a second after the first
clock    no call: one tap plays, another hears it; what both have kept, with its place on the bridge's clock
own      the same, with the media clock of the native core in place of PJMEDIA's
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from gateway.audio import tap as native
from gateway.audio.clock import start_clock
from gateway.audio.recorder import Recorder
from tests.native.live_line import Call, Line, dump


class BridgeLine(Line):
    def __init__(self, port: int) -> None:
        self.calls: list[Call] = []
        self.recorder: Recorder | None = None
        super().__init__(port)
        self.other = native.Tap("other")

    def tap_of(self, call: Call) -> native.Tap:
        self.calls.append(call)
        return self.tap if len(self.calls) == 1 else self.other

    def take(self) -> None:
        super().take()
        self.events += self.other.events()
        if self.recorder is not None:
            assert self.recorder.drain() == []

    def finish(self, result: dict) -> None:
        self.other.close()
        self.leave(result)


def both(line: BridgeLine, path: str) -> dict:
    line.until(lambda: len(line.calls) == 1)
    print("caller", file=sys.stderr, flush=True)
    line.until(lambda: len(line.calls) == 2 and all(call.slot is not None for call in line.calls))
    line.until(lambda: min(line.tap.received, line.other.received) > 4000)
    caller, agent = (call.slot for call in line.calls)
    native.connect(caller, agent)
    native.connect(agent, caller)
    marks: list[int] = []  # before and after each command: the clock goes on however long Python takes

    def mark(command: Callable[[], object]) -> None:
        marks.append(line.tap.received)
        command()
        marks.append(line.tap.received)

    def begin() -> None:
        line.recorder = Recorder(path, line.tap, line.other)

    mark(begin)
    line.pass_by(1500)
    mark(line.recorder.pause)
    line.pass_by(1000)
    mark(line.recorder.resume)
    line.pass_by(1500)
    mark(line.recorder.close)
    assert line.recorder.close() == []
    written, line.recorder = line.recorder.written, None
    line.hang_up(*line.calls)
    return {"written": written, "marks": marks, "overflows": [dump(line.tap.overflows), dump(line.other.overflows)]}


def late(line: BridgeLine, path: str) -> dict:
    line.until(line.hearing)
    line.recorder = Recorder(path, line.tap, line.other)
    line.pass_by(1000)
    native.connect(line.calls[0].slot, line.other.slot)
    line.pass_by(1500)
    assert line.recorder.close() == []
    line.recorder = None
    line.hang_up(line.calls[0])
    return {}


def clock(line: BridgeLine, path: str) -> dict:
    player, listener = line.tap, line.other
    player.record("sent")
    listener.record("received")
    kept: dict[str, dict[int, int]] = {"sent": {}, "received": {}}

    def keep() -> None:
        for tap, direction in ((player, "sent"), (listener, "received")):
            for tick, samples in tap.recorded(direction):
                kept[direction] |= {tick + i: int(x) for i, x in enumerate(samples)}

    native.connect(player.slot, listener.slot)
    line.until(lambda: listener.received > 1600)
    noise = np.random.default_rng(3).integers(-8000, 8000, 4000).astype(np.int16)
    player.play(1, [noise])
    line.until(lambda: any(isinstance(e, native.PlayEnded) for e in line.events))
    keep()
    native.disconnect(player.slot, listener.slot)  # nobody asks the player for anything now
    there = listener.received
    line.until(lambda: listener.received > there + 4000)
    player.play(2, [noise])
    native.connect(player.slot, listener.slot)
    line.until(lambda: sum(isinstance(e, native.PlayEnded) for e in line.events) == 2)
    line.until(lambda: listener.received > there + 12000)
    keep()
    common = sorted(kept["sent"].keys() & kept["received"].keys())
    return {
        "noise": sum(map(abs, noise.tolist())),
        "sent": sum(abs(kept["sent"][tick]) for tick in common),
        "received": sum(abs(kept["received"][tick]) for tick in common),
        "differing": sum(kept["sent"][tick] != kept["received"][tick] for tick in common),
        "compared": len(common),
        "gap": max(b - a for a, b in zip(common, common[1:], strict=False)),
    }


def own(line: BridgeLine, path: str) -> dict:
    start_clock(int(line.endpoint.audDevManager().setNoDev()), sample_rate=8000, frame_samples=160)
    return clock(line, path)


SCENARIOS = {"both": both, "late": late, "clock": clock, "own": own}


def main() -> None:
    scenario, port, path = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    line = BridgeLine(port)
    print("ready", file=sys.stderr, flush=True)
    line.finish(SCENARIOS[scenario](line, path))


if __name__ == "__main__":
    main()
