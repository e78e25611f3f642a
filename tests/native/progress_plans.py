"""The tone plans that the reference of the call-progress detector goes by, from ITU-T E.180, its supplement 2 and T.30.

They are written down once more, and not read from native/progress_plans.c: so a slip of the pen there is found, too.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.audio.progress import Signal

SILENCE, SOUND = "silence", "sound"
EVER = 10**9

COMMON_CENTRES = [950, 1400, 1800, 1100, 2100]
COMMON_TONES = {
    "sit1": (950, [(900, 1000)]),
    "sit2": (1400, [(1350, 1450)]),
    "sit3": (1800, [(1750, 1850)]),
    "cng": (1100, [(1062, 1138)]),
    "ced": (2100, [(2085, 2115)]),
}
DIAL_PAIR = (395, [(338, 362), (428, 452)])


@dataclass(frozen=True)
class Pattern:
    signal: Signal
    elements: list[tuple[str, int, int]]
    """(tone or SILENCE, least ms, most ms), following each other in a circle."""
    need: int
    """Elements that must fit, the last of which goes on and has lasted sure_ms."""
    sure_ms: int
    even: bool = False
    """On and off keep to E.180's rule for busy tones."""


@dataclass(frozen=True)
class Plan:
    centres: list[int]
    """Hz, of each band."""
    tones: dict[str, tuple[int, list[tuple[int, int]]]]
    """Name -> (centre of the band in which it is looked at, limits of its one or two frequencies); tried in order."""
    patterns: list[Pattern]


COMMON_PATTERNS = [
    Pattern(Signal.SIT, [("sit1", 280, 400), ("sit2", 280, 400), ("sit3", 280, 400), (SILENCE, 800, 1200)], 3, 250),
    Pattern(Signal.FAX_CNG, [("cng", 425, 575), (SILENCE, 2550, 3450)], 2, 200),
    Pattern(Signal.FAX_CED, [("ced", 0, 4600)], 1, 700),
]


def on_off(signal, tone, least, most, sure_ms):
    return Pattern(signal, [(tone, least, most), (SILENCE, least, most)], 4, sure_ms, even=True)


def ringback(tone):
    return Pattern(Signal.RINGBACK, [(tone, 670, 2500), (SILENCE, 2700, 6000)], 2, 1500)


def steady(signal, tone, sure_ms):
    return Pattern(signal, [(tone, 0, EVER)], 1, sure_ms)


def waiting(longest, gap):
    short = [("call", 100, longest), (SILENCE, 100, longest), ("call", 100, longest)]
    return Pattern(Signal.CALL_WAITING, [*short, (SILENCE, 3000, gap)], 4, 700)


PLANS = {
    "PL": Plan(
        [*COMMON_CENTRES, 425],
        {**COMMON_TONES, "call": (425, [(400, 450)])},
        [
            *COMMON_PATTERNS,
            steady(Signal.DIAL, "call", 2600),
            ringback("call"),
            on_off(Signal.BUSY, "call", 201, 690, 201),
            waiting(200, 5000),
        ],
    ),
    "EU": Plan(
        [*COMMON_CENTRES, 425],
        {**COMMON_TONES, "call": (425, [(400, 450)])},
        [
            *COMMON_PATTERNS,
            steady(Signal.DIAL, "call", 2600),
            ringback("call"),
            on_off(Signal.BUSY, "call", 340, 690, 300),
            on_off(Signal.CONGESTION, "call", 190, 339, 170),
            waiting(189, 10000),
        ],
    ),
    "US": Plan(
        [*COMMON_CENTRES, 395, 460, 550],
        {
            **COMMON_TONES,
            "dial": DIAL_PAIR,
            "ring": (460, [(428, 452), (468, 492)]),
            "busy": (550, [(468, 492), (605, 635)]),
        },
        [
            *COMMON_PATTERNS,
            steady(Signal.DIAL, "dial", 1000),
            ringback("ring"),
            on_off(Signal.BUSY, "busy", 375, 625, 300),
            on_off(Signal.CONGESTION, "busy", 187, 374, 150),
        ],
    ),
    "UK": Plan(
        [*COMMON_CENTRES, 395, 425],
        {
            **COMMON_TONES,
            "dial": DIAL_PAIR,
            "ring": (425, [(388, 412), (438, 462)]),
            "busy": (425, [(380, 420)]),
        },
        [
            *COMMON_PATTERNS,
            steady(Signal.DIAL, "dial", 1000),
            Pattern(
                Signal.RINGBACK,
                [("ring", 320, 480), (SILENCE, 150, 260), ("ring", 320, 480), (SILENCE, 1700, 2400)],
                4,
                1000,
            ),
            on_off(Signal.BUSY, "busy", 320, 450, 300),
            Pattern(
                Signal.CONGESTION,
                [("busy", 340, 460), (SILENCE, 290, 410), ("busy", 180, 270), (SILENCE, 440, 620)],
                4,
                420,
            ),
            steady(Signal.UNOBTAINABLE, "busy", 2000),
        ],
    ),
}
