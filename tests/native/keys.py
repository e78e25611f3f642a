"""DTMF tones made with numpy, independent of the generator under test (ITU-T Q.23)."""

from __future__ import annotations

import numpy as np

ROWS, COLUMNS = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
KEYS = "123A456B789C*0#D"


def digit_pcm(digit: str, ms: int, rate: int = 8000, low_dbm0: float = -8.0, high_dbm0: float = -6.0) -> np.ndarray:
    """int16 samples of one key, levels per tone."""
    row, column = divmod(KEYS.index(digit), 4)
    t = np.arange(ms * rate // 1000) / rate
    tones = ((ROWS[row], low_dbm0), (COLUMNS[column], high_dbm0))
    pcm = sum(32768 * 10 ** ((dbm0 - 3.14) / 20) * np.sin(2 * np.pi * hz * t) for hz, dbm0 in tones)
    return np.rint(pcm).astype(np.int16)
