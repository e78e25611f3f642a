"""Reading a recording back, with the standard library's reader and not with our own."""

from __future__ import annotations

import wave

import numpy as np

from tests.native.by_hand import FRAME


def read(path):
    """int16, shape (n, channels)."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getcomptype()) == (8000, 2, "NONE")
        data = file.readframes(file.getnframes())
        assert len(data) == file.getnframes() * file.getnchannels() * 2
        return np.frombuffer(data, "<i2").reshape(-1, file.getnchannels())


def frames(samples):
    return samples.reshape(-1, FRAME)
