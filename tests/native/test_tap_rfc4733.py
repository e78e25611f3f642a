"""RFC 4733 packets as the library reports them, in and out of order, become presses."""

from __future__ import annotations

import pytest

from tests.native.by_hand import digits

RFC4733 = {
    # name: (reports of (digit, timestamp ms, duration ms, end), expected (digit, phase, duration ms))
    "repeated end packets": (
        [("1", 10, 20, 0), ("1", 10, 40, 0), ("1", 10, 60, 1), ("1", 10, 60, 1), ("1", 10, 60, 1)],
        [("1", "begin", 20), ("1", "end", 60)],
    ),
    "the same key twice": (
        [("1", 10, 20, 0), ("1", 10, 60, 1), ("1", 300, 20, 0), ("1", 300, 60, 1)],
        [("1", "begin", 20), ("1", "end", 60), ("1", "begin", 20), ("1", "end", 60)],
    ),
    "end overtakes": (
        [("1", 10, 60, 1), ("1", 10, 20, 0), ("1", 10, 40, 0)],
        [("1", "begin", 60), ("1", "end", 60)],
    ),
    "first packets of a repeated key lost": (
        [("1", 10, 20, 0), ("1", 10, 60, 1), ("1", 300, 60, 1)],
        [("1", "begin", 20), ("1", "end", 60), ("1", "begin", 60), ("1", "end", 60)],
    ),
    "end lost, the next key ends it": (
        [("1", 10, 20, 0), ("1", 10, 40, 0), ("2", 300, 20, 0)],
        [("1", "begin", 20), ("1", "end", 40), ("2", "begin", 20)],
    ),
    "late packet of the key before": (
        [("1", 10, 20, 0), ("1", 10, 60, 1), ("2", 300, 20, 0), ("1", 10, 40, 0), ("2", 300, 60, 1)],
        [("1", "begin", 20), ("1", "end", 60), ("2", "begin", 20), ("2", "end", 60)],
    ),
    "a long press goes on in a second segment": (
        [("1", 10, 20, 0), ("1", 10, 8191, 0), ("1", 8201, 20, 0), ("1", 10, 8191, 0), ("1", 8201, 500, 1)],
        [("1", "begin", 20), ("1", "end", 500)],
    ),
    "the timestamp wraps inside a long press": (
        [("1", 2**29 - 1000, 20, 0), ("1", 7191, 500, 1)],
        [("1", "begin", 20), ("1", "end", 500)],
    ),
    "a hook flash is no key": ([("!", 10, 20, 0), ("!", 10, 60, 1)], []),
}


@pytest.mark.parametrize("name", RFC4733)
def test_rfc4733_packets_become_presses(tap, name):
    reports, expected = RFC4733[name]
    for digit, rtp_ms, duration_ms, end in reports:
        tap.hear_rfc4733(digit, rtp_ms, duration_ms, end=bool(end))
    assert [(e.digit, e.phase, e.duration_ms) for e in digits(tap)] == expected
