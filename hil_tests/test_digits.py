"""All sixteen keys, by RFC 4733 and in-band: each arrives, as one key; with --mqtt, as the right one.

By ear alone: a key ends the echo, so each of them must switch it off. Which key the box took it for, only its facts
tell.
"""

from __future__ import annotations

import time

import pytest

from hil_tests.bench import ECHO_KEY, INBAND, RFC4733, TONE_KEY
from hil_tests.signals import ALL_KEYS

COMMANDS = "12#"
"""Keys that the menu of the test number obeys; the others it reports as no choice."""
OTHERS = "".join(key for key in ALL_KEYS if key not in COMMANDS)
PAUSE_S = 0.15
PATIENCE_S = 5.0

ways = pytest.mark.parametrize("way", [RFC4733, INBAND])


@ways
@pytest.mark.parametrize("keys", [ALL_KEYS[:8], ALL_KEYS[8:]])
def test_each_key_ends_the_echo(bench, keys, way):
    deaf = []
    for key in keys:
        bench.start_echo(way)
        bench.press(key, way)
        time.sleep(PAUSE_S)
        if bench.probe_comes_back():
            deaf.append(key)
            bench.press(ECHO_KEY, way)
    assert not deaf, f"the box did not take these keys by {way}: {' '.join(deaf)}"


@ways
@pytest.mark.parametrize("keys", [OTHERS[:7], OTHERS[7:]])
def test_the_box_names_each_key_right(bench, facts, keys, way):
    """The menu tells, in InputTaken, which key it took. 1 and then 1 lead through the echo back to the menu, which
    forgets the wrong choices before the third of them. Two calls: after ten tests the test number says goodbye."""
    assert bench.hears_the_box(), "the test number says nothing"
    expected = []
    for key in keys:
        for pressed in (key, ECHO_KEY, ECHO_KEY):  # the second 1 ends the echo and is no choice
            bench.press(pressed, way)
            time.sleep(PAUSE_S)
        expected += [key, ECHO_KEY]
    bench.press(TONE_KEY, way)
    expected.append(TONE_KEY)
    assert facts.wait_keys(len(expected), PATIENCE_S) == expected


def test_hash_ends_the_call(bench, facts):
    bench.press("#")
    assert facts.wait_keys(1, PATIENCE_S) == ["#"]
    assert bench.call.ended.wait(PATIENCE_S), "the box took # and did not hang up"
