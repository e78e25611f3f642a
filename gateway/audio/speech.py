"""Texts become speech while a site is loaded, never while a caller waits. One interface; espeak-ng is here.

The engine speaks; trimming, resampling to 8 kHz and the level are done here, the same for every engine.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
import soxr

from gateway.audio import g711
from gateway.core.speech.wav import WavError, WavHead, wav_head
from gateway.errors import SpeechError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RATE = 8000
"""Hz: what the telephone network carries (ITU-T G.711)."""
SPEECH_DBM0 = -19.0
"""Level to which every prompt is brought, rendered or recorded: RMS over its active parts. Near what a talker's voice
measures on a digital trunk (the nominal active level of speech, -26 dBov in ITU-T P.830, is -20 dBm0), so that a caller
who hears the box and then the agent does not reach for the volume."""
PEAK_DBM0 = -3.0
"""No sample goes beyond the peak of a sine of that level: headroom for lossy codecs, which overshoot."""
FULL_SCALE_DBM0 = 3.14
"""A sine of full scale (ITU-T G.711, A-law)."""
MARGIN_MS = 20
"""Silence left at both ends, so that joined clips do not run into each other."""
ACTIVE_BELOW_DB = 26.0
"""A 10 ms frame counts as active when it is at most that far below the loudest one (cf. the margins of ITU-T P.56)."""
SILENT_DBM0 = -60.0
TIMEOUT_S = 30.0
_FADE_MS = 4

Samples = npt.NDArray[np.int16]


class SpeechEngine(Protocol):
    """Speaks texts. `voice` is what gateway.yaml names; each engine has its own way of naming."""

    def refuses(self, voice: str) -> str:
        """Why no text can be spoken in this voice, with the remedy; empty when it can."""
        ...

    def render(self, text: str, language: str, voice: str) -> Samples:
        """The text as int16, shape (n,), mono, 8 kHz, at SPEECH_DBM0, trimmed. Raises SpeechError."""
        ...

    def render_all(self, texts: Sequence[str], language: str, voice: str) -> Iterator[Samples | SpeechError]:
        """The same for many texts, in their order; a text that cannot be said gives its SpeechError."""
        ...


class EspeakNg:
    """espeak-ng of the distribution, one process a text (about 10 ms of work)."""

    def __init__(self, program: str = "espeak-ng", words_per_minute: int = 155) -> None:
        self._program, self._speed = program, words_per_minute
        self._voices: frozenset[str] | None = None

    def voices(self) -> frozenset[str]:
        """The languages that espeak-ng lists, and its names for voices. Raises SpeechError."""
        rows = self._run(["--voices"]).decode("utf-8", "replace").splitlines()[1:]
        found: set[str] = set()
        for row in rows:
            columns = row.split()
            if len(columns) >= 5:
                found |= {columns[1], columns[3], columns[4]}
                found |= {word.strip("()") for word in columns[5:] if not word.strip("()").isdigit()}
        return frozenset(found)

    def refuses(self, voice: str) -> str:
        """See SpeechEngine. A variant stands behind a +."""
        if self._voices is None:
            try:
                self._voices = self.voices()
            except SpeechError as error:
                return str(error)
        known = voice.split("+", maxsplit=1)[0] in self._voices
        return "" if known else f"there is no voice {voice!r}: `espeak-ng --voices` lists them"

    def render(self, text: str, language: str, voice: str) -> Samples:
        """See SpeechEngine. Without a voice the language's own is taken."""
        data = self._run(["--stdout", "-b", "1", "-v", voice or language, "-s", str(self._speed), "--stdin"], text)
        return from_wav(data, f"espeak-ng, voice {voice or language},", text)

    def render_all(self, texts: Sequence[str], language: str, voice: str) -> Iterator[Samples | SpeechError]:
        """See SpeechEngine."""
        for text in texts:
            try:
                yield self.render(text, language, voice)
            except SpeechError as error:
                yield error

    def _run(self, options: list[str], text: str = "") -> bytes:
        program = shutil.which(self._program)
        if program is None:
            raise SpeechError(f"{self._program} is not installed, and texts need it: apt install espeak-ng")
        try:
            done = subprocess.run(
                [program, *options], input=text.encode(), capture_output=True, timeout=TIMEOUT_S, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise SpeechError(f"{self._program} could not be run: {error}") from error
        if done.returncode != 0:
            said = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise SpeechError(
                f"{self._program} failed on {text!r}: {said[-1] if said else f'status {done.returncode}'}"
            )
        return done.stdout


def from_wav(data: bytes, speaker: str, text: str) -> Samples:
    """What an engine spoke, a WAV file, as a clip: 8 kHz, trimmed, at SPEECH_DBM0. `speaker` begins the sentence of an
    error. Raises SpeechError when it is no sound or silent."""
    try:
        head = wav_head(data)
    except WavError as error:
        raise SpeechError(f"{speaker} gave no sound for {text!r}") from error
    spoken = to_8k(mono(data, head), head.rate)
    if spoken.size == 0 or rms_dbm0(spoken) < SILENT_DBM0:
        raise SpeechError(f"{speaker} is silent on {text!r}: write it in other words")
    return as_pcm(limit(levelled(trimmed(spoken), SPEECH_DBM0), PEAK_DBM0))


# Signal work, on float64 arrays in units of int16 full scale (-1 to 1), shape (n,).


def channels(data: bytes, head: WavHead) -> npt.NDArray[np.float64]:
    """The samples of a WAV file, shape (n, channels). Floats beyond full scale stay as they are, up to 24 dB."""
    raw = data[head.start : head.start + head.size]
    samples: npt.NDArray[Any]
    match head.coding, head.bits:
        case "float", bits:
            samples = np.frombuffer(raw, "<f4" if bits == 32 else "<f8").astype(np.float64)
            samples = np.clip(np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0), -16.0, 16.0)
        case "alaw", _:
            samples = g711.alaw_decode(np.frombuffer(raw, np.uint8)) / 32768.0
        case "ulaw", _:
            samples = g711.ulaw_decode(np.frombuffer(raw, np.uint8)) / 32768.0
        case _, 8:
            samples = (np.frombuffer(raw, np.uint8).astype(np.float64) - 128.0) / 128.0
        case _, 16:
            samples = np.frombuffer(raw, "<i2") / 32768.0
        case _, 24:
            triples = np.frombuffer(raw, np.uint8).reshape(-1, 3)
            wide = np.zeros((triples.shape[0], 4), np.uint8)
            wide[:, 1:] = triples
            samples = wide.view("<i4").reshape(-1) / 2147483648.0
        case _:
            samples = np.frombuffer(raw, "<i4") / 2147483648.0
    return np.asarray(samples, np.float64).reshape(-1, head.channels)


def mono(data: bytes, head: WavHead) -> npt.NDArray[np.float64]:
    """The samples of a WAV file as one channel, the mean of all, shape (n,)."""
    joined: npt.NDArray[np.float64] = channels(data, head).mean(axis=1)
    return joined


def to_8k(samples: npt.NDArray[np.float64], rate: int) -> npt.NDArray[np.float64]:
    """Resampled to 8 kHz, band-limited (soxr, very high quality)."""
    if rate == RATE:
        return samples
    return np.asarray(soxr.resample(samples, rate, RATE, quality="VHQ"), np.float64)


def frame_levels_dbm0(samples: npt.NDArray[np.float64], length_ms: int = 10) -> npt.NDArray[np.float64]:
    """RMS of each whole frame (the last one filled with silence), in dBm0; silence is -150."""
    length = RATE * length_ms // 1000
    padded = np.pad(samples, (0, -samples.size % length)).reshape(-1, length)
    power = np.mean(padded**2, axis=1)
    levels: npt.NDArray[np.float64] = 10 * np.log10(power * 2 + 1e-15) + FULL_SCALE_DBM0
    return levels


def rms_dbm0(samples: npt.NDArray[np.float64]) -> float:
    """Level of the whole, in dBm0."""
    power = float(np.mean(samples**2)) if samples.size else 0.0
    return float(10 * np.log10(power * 2 + 1e-15) + FULL_SCALE_DBM0)


def active_dbm0(samples: npt.NDArray[np.float64]) -> float:
    """Level over the active frames only, in dBm0: pauses between words do not count."""
    levels = frame_levels_dbm0(samples)
    if levels.size == 0:
        return -150.0
    active = levels[levels >= levels.max() - ACTIVE_BELOW_DB]
    return float(10 * np.log10(np.mean(10 ** (active / 10))))


def trimmed(samples: npt.NDArray[np.float64], margin_ms: int = MARGIN_MS) -> npt.NDArray[np.float64]:
    """Without the silence at both ends but for a margin; the cut ends are faded."""
    levels = frame_levels_dbm0(samples)
    loud = np.flatnonzero(levels >= max(levels.max() - 40.0, SILENT_DBM0)) if levels.size else np.array([], int)
    if loud.size == 0:
        return samples[:0]
    margin = RATE * margin_ms // 1000
    frame = RATE // 100
    start = max(0, int(loud[0]) * frame - margin)
    end = min(samples.size, (int(loud[-1]) + 1) * frame + margin)
    kept = samples[start:end].copy()
    fade = min(RATE * _FADE_MS // 1000, kept.size // 2)
    ramp = np.linspace(0.0, 1.0, fade, endpoint=False)
    kept[:fade] *= ramp
    kept[kept.size - fade :] *= ramp[::-1]
    return kept


def levelled(samples: npt.NDArray[np.float64], target_dbm0: float) -> npt.NDArray[np.float64]:
    """Brought to a level over its active parts."""
    scaled: npt.NDArray[np.float64] = samples * 10 ** ((target_dbm0 - active_dbm0(samples)) / 20)
    return scaled


def limit(samples: npt.NDArray[np.float64], peak_dbm0: float) -> npt.NDArray[np.float64]:
    """Peaks beyond a level bent down smoothly (tanh above half of it), so that nothing clips and little is changed."""
    top = 10 ** ((peak_dbm0 - FULL_SCALE_DBM0) / 20)
    knee = top / 2
    size = np.abs(samples)
    bent = knee + (top - knee) * np.tanh((size - knee) / (top - knee))
    limited: npt.NDArray[np.float64] = np.where(size > knee, np.sign(samples) * bent, samples)
    return limited


def as_pcm(samples: npt.NDArray[np.float64]) -> Samples:
    """int16, rounded, kept within range."""
    return np.clip(np.rint(samples * 32768.0), -32768, 32767).astype("<i2")
