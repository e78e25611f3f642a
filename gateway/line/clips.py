"""Clips of the site, read from disk once and kept while there is room: raw int16 little-endian mono 8 kHz.

The bound is on what is kept here. A clip that plays is held by its play, so it stays where it lies even after it has
been put out of the store.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from pathlib import Path

import numpy as np

_KEY = re.compile(r"[A-Za-z0-9_-]{1,128}")
_ROOM_SAMPLES = 16 * 1024 * 1024
"""32 MB: about 35 minutes of sound."""


class Clips:
    """`get(key)`; least recently used clips go first."""

    def __init__(self, folder: str, room_samples: int = _ROOM_SAMPLES) -> None:
        self._folder, self._room = Path(folder), room_samples
        self._kept: OrderedDict[str, np.ndarray] = OrderedDict()
        self._samples = 0

    def get(self, key: str) -> np.ndarray:
        """Samples, int16, shape (n,), read-only.

        Raises LookupError with a sentence when the key is no key, or the file is missing, empty or torn.
        """
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        if not _KEY.fullmatch(key):
            raise LookupError("a clip's key is made of letters, digits, - and _")
        path = self._folder / f"{key}.pcm"
        try:
            data = path.read_bytes()
        except OSError as error:
            raise LookupError(f"clip {key} cannot be read: {error.strerror}") from error
        if not data or len(data) % 2:
            raise LookupError(f"clip {key} holds {len(data)} bytes, which is no 16-bit sound")
        samples = np.frombuffer(data, dtype="<i2")
        self._kept[key] = samples
        self._samples += len(samples)
        while self._samples > self._room and len(self._kept) > 1:
            _, old = self._kept.popitem(last=False)
            self._samples -= len(old)
        return samples
