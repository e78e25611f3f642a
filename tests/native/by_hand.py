"""Driving a tap frame by frame, as the bridge would, and reading what it tells."""

from __future__ import annotations

import numpy as np

from gateway.audio.tap import Digit, PlayEnded
from tests.native.keys import digit_pcm

FRAME = 160


def ramp(n, first=1):
    """Samples that are all different from their neighbours and from silence."""
    return ((np.arange(n) + first) % 30000 + 1).astype(np.int16)


def tick(tap, received=None):
    """One 20 ms turn of the bridge: it asks the port first, then hands over what the far end sent."""
    sent, sound = tap.get_frames(1)
    tap.put_frames(received)
    return sent if sound else None


def ends(tap):
    return [(e.play_id, e.how, e.played) for e in tap.events() if isinstance(e, PlayEnded)]


def digits(tap):
    return [e for e in tap.events() if isinstance(e, Digit)]


def press(tap, digit, ms=100):
    """Sends in-band digit frames through the bridge's turn; what was sent meanwhile, frame by frame."""
    pcm = digit_pcm(digit, ms)
    pcm = np.concatenate([pcm, np.zeros(-len(pcm) % FRAME, np.int16)])
    return [tick(tap, frame) for frame in pcm.reshape(-1, FRAME)]
