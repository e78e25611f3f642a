"""What the demo's people say: speech from espeak-ng, and under it a pilot tone that is theirs alone.

The pilot makes "who heard whom, and how loud" a measurement: it lies above the DTMF bands (697 to 1633 Hz) and
inside the telephone band, so neither a key detector nor G.711 minds it.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import wave
from functools import cache

import numpy as np
import soxr

from gateway.demo.pcm import RATE, Pcm, amplitude, level_dbm0
from gateway.errors import SettingError

WORDS_PER_MINUTE = 155
"""As the gateway's prompts are spoken: speech of another pace would be no reference for them."""
PILOT_DBM0 = -20.0
SPEECH_DBM0 = -20.0
PILOTS_HZ = (1830.0, 1990.0, 2150.0, 2310.0, 2470.0, 2630.0, 2790.0, 2950.0, 3110.0, 3270.0)

_LOW_HZ = (697.0, 770.0, 852.0, 941.0)
_HIGH_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
_KEYPAD = ("123A", "456B", "789C", "*0#D")
DTMF_HZ = {
    key: (low, high) for low, row in zip(_LOW_HZ, _KEYPAD, strict=True) for high, key in zip(_HIGH_HZ, row, strict=True)
}
"""ITU-T Q.23."""


@cache
def speak(text: str, voice: str) -> Pcm:
    """`text` as espeak-ng's `voice` says it, shape (n,), 8 kHz, at SPEECH_DBM0. Raises SettingError without it."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise SettingError("the demo's people speak with espeak-ng, which is not installed: apt install espeak-ng")
    done = subprocess.run(
        [program, "-v", voice, "-s", str(WORDS_PER_MINUTE), "-b", "1", "--stdout", "--", text],
        capture_output=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode or len(done.stdout) < 1000:
        raise SettingError(f"espeak-ng could not say {text!r}: {done.stderr.decode(errors='replace').strip()}")
    with wave.open(io.BytesIO(done.stdout)) as file:
        rate = file.getframerate()
        raw = np.frombuffer(done.stdout[44:], dtype="<i2").astype(np.float64)
    samples: Pcm = np.asarray(soxr.resample(raw, rate, RATE), dtype=np.float64)
    return samples * 10 ** ((SPEECH_DBM0 - level_dbm0(samples)) / 20)


def party_voice(sentences: tuple[str, ...], voice: str, pilot_hz: float, *, length_s: float = 90.0) -> Pcm:
    """A person who talks for `length_s`: the sentences with pauses between, again and again, over the own pilot."""
    pause = np.zeros(RATE * 6 // 10)
    once = np.concatenate([piece for text in sentences for piece in (pause, speak(text, voice))])
    count = int(length_s * RATE)
    return np.resize(once, count) + tone(pilot_hz, PILOT_DBM0, length_s)


def tone(hz: float, level: float, length_s: float) -> Pcm:
    """A steady sine of `level` dBm0, shape (n,)."""
    return amplitude(level) * np.sin(2 * np.pi * hz * np.arange(int(length_s * RATE)) / RATE)


def key_tones(keys: str, *, tone_ms: int = 100, pause_ms: int = 100, level_dbm0_each: float = -9.0) -> Pcm:
    """`keys` (0-9, *, #, A-D) as in-band DTMF with silence before and after, both tones at `level_dbm0_each`."""
    pause = np.zeros(RATE * pause_ms // 1000)
    pieces = [pause]
    for key in keys:
        low, high = DTMF_HZ[key]
        pieces += [tone(low, level_dbm0_each, tone_ms / 1000) + tone(high, level_dbm0_each, tone_ms / 1000), pause]
    return np.concatenate(pieces)
