"""A real pjsua2 endpoint with native taps, as a program of its own, because pjsua2 wants a process to end with it.

Run as `python live_line.py SCENARIO PORT`; it takes one call and prints one JSON object.
"""

from __future__ import annotations

import ctypes
import json
import os
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import pjsua2 as pj
from pjsua2 import _pjsua2

from gateway.audio import tap as native

USLEEP = ctypes.PyDLL(None).usleep  # PyDLL: the GIL stays held, so no Python whatever can run meanwhile


def freeze(ms: int) -> None:
    """The only Python thread sleeps and lets no other one in."""
    USLEEP(ms * 1000)


class Call(pj.Call):
    def __init__(self, line: Line, call_id: int) -> None:
        super().__init__(line.account, call_id)
        self.line = line
        self.tap = line.tap_of(self)
        self.slot: int | None = None
        self.up = True
        self.streams: list[int] = []

    def onCallState(self, prm):
        self.up = self.getInfo().state != pj.PJSIP_INV_STATE_DISCONNECTED

    def onStreamCreated(self, prm):
        self.tap.watch_stream(int(prm.stream))
        self.streams.append(int(prm.stream))

    def onStreamDestroyed(self, prm):
        native.unwatch_stream(int(prm.stream))

    def onCallMediaState(self, prm):
        self.slot = self.getAudioMedia(-1).getPortId()
        native.connect(self.slot, self.tap.slot)
        native.connect(self.tap.slot, self.slot)


class Account(pj.Account):
    def __init__(self, line: Line) -> None:
        super().__init__()
        self.line = line

    def onIncomingCall(self, prm):
        call = self.line.call = Call(self.line, prm.callId)
        answer = pj.CallOpParam()
        answer.statusCode = 200
        call.answer(answer)


class PythonPort(pj.AudioMediaPort):
    """What must not be in the path: a port whose frames run through Python."""

    def __init__(self) -> None:
        super().__init__()
        self.frames = 0

    def onFrameRequested(self, frame):
        self.frames += 1
        frame.type = pj.PJMEDIA_FRAME_TYPE_NONE

    def onFrameReceived(self, frame):
        self.frames += 1


class Line:
    def __init__(self, port: int) -> None:
        self.call: Call | None = None
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.medConfig.clockRate = 8000
        config.medConfig.sndClockRate = 8000
        config.medConfig.audioFramePtime = 20
        config.medConfig.noVad = True
        config.medConfig.ecTailLen = 0
        config.medConfig.threadCnt = 1
        self.endpoint.libInit(config)
        self.version = native.bind(_pjsua2.__file__)
        transport = pj.TransportConfig()
        transport.port = port
        transport.boundAddress = "127.0.0.1"
        self.endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, transport)
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        account = pj.AccountConfig()
        account.idUri = f"sip:test@127.0.0.1:{port}"
        account.mediaConfig.transportConfig.boundAddress = "127.0.0.1"
        self.account = Account(self)
        self.account.create(account)
        self.tap = native.Tap("leg")
        self.bell = native.Wake(native.notify_fd())
        self.events: list[native.TapEvent] = []

    def tap_of(self, call: Call) -> native.Tap:
        return self.tap

    def turn(self) -> None:
        self.bell.arm()
        self.endpoint.libHandleEvents(20)
        self.take()

    def take(self) -> None:
        native.notify_clear()
        self.events += self.tap.events()

    def until(self, condition) -> None:
        """Handles events until the condition holds; a test that hangs here is ended by its caller."""
        while not condition():
            self.turn()

    def hearing(self) -> bool:
        """The call is up and its audio has flowed for half a second."""
        return self.call is not None and self.call.slot is not None and self.tap.received > 4000

    def pass_by(self, ms: int) -> None:
        """On the bridge's clock."""
        until = self.tap.received + 8 * ms
        self.until(lambda: self.tap.received >= until)

    def hang_up(self, *calls: Call) -> None:
        """Ends the calls and waits until the far ends have agreed."""
        for call in calls or (self.call,):
            call.hangup(pj.CallOpParam())
        self.until(lambda: not any(call.up for call in calls or (self.call,)))

    def seen(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]

    def leave(self, result: dict) -> None:
        self.tap.close()
        self.until(lambda: any(isinstance(e, native.Gone) for e in self.events))
        self.bell.close()
        result |= {"version": self.version, "gone": True, "events": [dump(e) for e in self.events]}
        print(json.dumps(result), flush=True)
        os._exit(0)


def dump(event: native.TapEvent) -> dict:
    return {"type": type(event).__name__, **{f: getattr(event, f) for f in event.__struct_fields__}}


def prompt(seconds: int) -> np.ndarray:
    t = np.arange(8000 * seconds)
    return (8000 * np.sin(2 * np.pi * 440 * t / 8000)).astype(np.int16)


def barge(line: Line) -> dict:
    """A prompt of 20 s; the phone presses its key while this process is frozen for three seconds."""
    line.until(line.hearing)
    line.tap.play(1, [prompt(20)])
    began = line.tap.received
    freeze(3000)
    woke = line.tap.received  # before the first event is taken
    line.take()
    seen = [dump(e) for e in line.events]
    line.pass_by(1000)
    line.hang_up()
    return {"began": began, "woke": woke, "seen": seen}


def listen(line: Line) -> dict:
    """Plays two short clips back to back, waits until two keys are over, reports everything."""
    line.until(line.hearing)
    line.tap.measure(200, repeat=True)
    line.tap.play(1, [prompt(1), prompt(1)], barge_in=False)
    line.until(lambda: line.seen(native.PlayEnded) and [e.phase for e in line.seen(native.Digit)].count("end") == 2)
    line.pass_by(1000)
    line.hang_up()
    return {"overflows": dump(line.tap.overflows)}


def frames_while_frozen(line: Line, ms: int) -> int:
    before = line.tap.received
    freeze(ms)
    return (line.tap.received - before) // 160


def frozen(line: Line, python_port: bool) -> dict:
    """Counts the frames that pass while no Python can run, with or without a Python port in the path."""
    port = PythonPort() if python_port else None
    line.until(line.hearing)
    if port is not None:
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, 8000, 1, 20000, 16)
        port.createPort("python", form)
        media = line.call.getAudioMedia(-1)
        media.startTransmit(port)
        port.startTransmit(media)
        line.until(lambda: port.frames > 20)
    passed = frames_while_frozen(line, 1000)
    line.pass_by(1000)
    line.hang_up()
    return {"frames": passed, "python_frames": 0 if port is None else port.frames}


def many(line: Line) -> dict:
    """Taps come and go on a live call: on the bridge for a while, or taken off before the clock has seen them."""
    line.until(line.hearing)
    gone, slots, ended = 0, set(), 0
    for i in range(150):
        tap = native.Tap(f"guest {i}")
        slots.add(tap.slot)
        tap.play(1, [prompt(1)], loop=True)
        native.connect(line.call.slot, tap.slot)
        native.connect(tap.slot, line.call.slot)
        if i % 3:
            while tap.received < 160 * (i % 4):
                line.turn()
        tap.close()
        last: list[native.TapEvent] = []
        while not (last and isinstance(last[-1], native.Gone)):
            line.turn()
            last += tap.events()
        gone += 1
        ended += sum(isinstance(e, native.PlayEnded) and e.how == "stopped" for e in last)
    line.hang_up()
    return {"gone_taps": gone, "slots": sorted(slots), "ended": ended}


SCENARIOS = {
    "many": many,
    "barge": barge,
    "listen": listen,
    "native": lambda line: frozen(line, python_port=False),
    "python": lambda line: frozen(line, python_port=True),
}


def main() -> None:
    scenario, port = sys.argv[1], int(sys.argv[2])
    line = Line(port)
    print("ready", file=sys.stderr, flush=True)
    began = time.process_time()
    result = SCENARIOS[scenario](line)
    line.leave(result | {"cpu_s": time.process_time() - began})


if __name__ == "__main__":
    main()
