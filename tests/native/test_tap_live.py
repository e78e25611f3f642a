"""The tap in real calls: SIP and RTP on loopback, a line process here, a telephone there, each a program of its own.

What is proved: every frame passes through C with no Python, and a key stops a prompt while Python cannot run at all.
The line's only Python thread sleeps with the interpreter's lock held (live_line.freeze), so nothing in Python can have
helped; the same measurement with a Python port in the path shows that it would notice.
"""

from __future__ import annotations

import json
import math
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports import free_port

HERE = Path(__file__).resolve().parent
FRAME = 160

pytestmark = pytest.mark.sip


def call(scenario: str, **script) -> tuple[dict, dict]:
    """One call to a line of its own: what the line saw, what the telephone heard."""
    port = free_port()
    line = subprocess.Popen(
        [sys.executable, HERE / "live_line.py", scenario, str(port)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while (said := line.stderr.readline()) and said != "ready\n":
            pass
        phone = subprocess.run(
            [sys.executable, HERE / "phone.py", json.dumps({"port": port, **script})],
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
        assert phone.returncode == 0, phone.stderr
        out, err = line.communicate(timeout=120)
        assert line.returncode == 0, err
    finally:
        line.kill()
        line.wait()
    heard = json.loads(phone.stdout)
    assert heard["answered"]
    assert heard["let_go"]
    return json.loads(out.splitlines()[-1]), heard


def of_type(events, kind):
    return [e for e in events if e["type"] == kind]


def level_dbm0(rms: float) -> float:
    return 20 * math.log10(rms / 32768 * math.sqrt(2)) + 3.14


def test_every_frame_is_received_and_produced():
    seen, heard = call(
        "listen",
        voice_hz=600,
        keys=[
            {"at_ms": 600, "digit": "5", "how": "rfc4733", "ms": 100},
            {"at_ms": 1400, "digit": "A", "how": "inband", "ms": 100},
        ],
    )
    events = seen["events"]
    # Two clips of a second each, without interruption by the keys and without a seam.
    (ended,) = of_type(events, "PlayEnded")
    assert (ended["how"], ended["played"]) == ("end", 16000)
    loud = [i for i, rms in enumerate(heard["heard"]) if rms > 4000]
    assert len(loud) == 100
    assert loud[-1] - loud[0] == 99
    assert {round(level_dbm0(heard["heard"][i])) for i in loud} == {-9}
    # Each direction's windows follow each other from its command on. The clock may have turned between the command to
    # measure and the one to play, so the prompt begins and ends anywhere in a window: all others hold it or silence.
    sent = [e["level_dbm0"] for e in of_type(events, "Level") if e["direction"] == "sent"]
    whole = [level for level in sent if level == pytest.approx(-9.11, abs=0.02)]
    assert len(whole) >= 9
    assert len(whole) + sum(level == -99 for level in sent) >= len(sent) - 2
    received = [e["level_dbm0"] for e in of_type(events, "Level") if e["direction"] == "received"]
    assert statistics.median(received) == pytest.approx(-20, abs=0.3)
    begun = [(e["digit"], e["source"]) for e in of_type(events, "Digit") if e["phase"] == "begin"]
    assert begun == [("5", "rfc4733"), ("A", "inband")]
    assert {k: v for k, v in seen["overflows"].items() if k != "type"} == dict.fromkeys(
        ("commands", "received", "sent", "rfc4733", "echo", "recorded"), 0
    )
    assert seen["gone"]


KEYS = [
    {"digit": "7", "how": "inband", "ms": 100},
    {"digit": "7", "how": "rfc4733", "ms": 100},
    {"digit": "#", "how": "rfc4733", "ms": 200, "mischief": "reordered"},
    {"digit": "0", "how": "rfc4733", "ms": 100, "mischief": "first_lost"},
    {"digit": "*", "how": "rfc4733", "ms": 100, "mischief": "ends_lost"},
]


@pytest.mark.parametrize("key", KEYS, ids=lambda k: f"{k['how']} {k.get('mischief', '')}".strip())
def test_a_prompt_stops_at_a_key_while_python_is_frozen(key):
    # The line freezes for three seconds when the prompt begins; the key comes when most of them are still to go.
    seen, heard = call("barge", keys=[{"at_ms": 600, **key}])
    frozen = seen["seen"]  # taken in one go after the freeze, so all of it happened without Python
    begin = next(e for e in frozen if e["type"] == "Digit")
    (ended,) = of_type(frozen, "PlayEnded")
    assert (begin["digit"], begin["phase"], begin["source"]) == (key["digit"], "begin", key["how"])
    assert ended["how"] == "key"
    # In the same frame, on the media threads' own clock ...
    assert 0 <= ended["at"] - begin["at"] <= FRAME
    # ... with half a second and more of media still to pass before Python could run again.
    assert seen["began"] < ended["at"]
    assert seen["woke"] - ended["at"] >= 4000
    # The telephone heard as much of the prompt as the tap says it sent, and silence after it.
    loud = sum(rms > 1000 for rms in heard["heard"])
    assert abs(loud * FRAME - ended["played"]) <= FRAME
    assert max(heard["heard"][-20:]) < 100
    presses = [e for e in of_type(seen["events"], "Digit") if e["phase"] == "begin"]
    assert len(presses) == 1


def test_taps_come_and_go_on_a_live_call():
    seen, heard = call("many", voice_hz=600)
    assert seen["gone_taps"] == 150
    assert seen["ended"] == 150  # each play ended once, as stopped
    assert len(seen["slots"]) <= 3  # their places on the bridge are used again
    assert len(heard["heard"]) > 50


def test_no_python_runs_for_a_frame_and_a_python_port_would_be_noticed():
    # One second without the interpreter's lock is 50 frames. Nothing else differs between the two calls.
    native, _ = call("native", voice_hz=600)
    python, _ = call("python", voice_hz=600)
    assert python["python_frames"] > 50  # its port was in the path and did get frames
    print(f"\nframes in one frozen second: native {native['frames']}, with a Python port {python['frames']}")
    assert native["frames"] >= 25
    assert python["frames"] <= 5
