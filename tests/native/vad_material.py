"""Labelled speech for the voice activity detector: real prompts with pauses between them, noise added at a stated SNR.

Speech: Debian's asterisk-core-sounds-*-wav, 8 kHz. A 20 ms frame of the clean stream is speech when its level is at
most 30 dB under the active level of its prompt; pauses of up to 100 ms inside speech count as speech. Active level:
mean power of the frames within 30 dB of the loudest. SNR: active level of the speech over the RMS level of the noise.
Every stream goes through A-law, as a call does.

Fitted on: English and Spanish (one woman each), varied: at speeds of 0.7 to 1.25, so that lower voices are heard too,
with other microphones, and at any SNR from 2 to 25 dB.
Reported on: French, Italian (a woman and a man), Russian, at their own speed, with other noise and other music.
"""

from __future__ import annotations

import wave
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter, resample_poly

from gateway.audio.g711 import alaw_decode, alaw_encode

SOUNDS = Path("/usr/share/asterisk/sounds")
MUSIC = Path("/usr/share/asterisk/moh")
FIT_VOICES = ("en_US_f_Allison", "es_MX_f_Allison")
REPORT_VOICES = ("fr_CA_f_June", "it_IT_f_Menardi", "it_IT_m_Carlo", "ru_RU_f_IvrvoiceRU")
FIT_MUSIC = ("macroform-robot_dity", "reno_project-system")
REPORT_MUSIC = ("macroform-cold_day", "macroform-the_simplicity", "manolo_camp-morning_coffee")
# Recordings that are no speech, or not only: tones, effects, crowds, monkeys; the folder "silence" is left out, too.
NO_SPEECH = ("beep", "tone", "jingle", "confbridge-begin", "confbridge-binaural", "tt-")

RATE, FRAME = 8000, 160
NOISES = ("clean", "white", "pink", "babble", "hum")
SNRS_DB = (20, 10, 5)
ACTIVE_WITHIN_DB = 30.0
PAUSE_FILLED_FRAMES = 5
DBM0_FULL_SCALE_SINE = 3.14

Floats = npt.NDArray[np.float64]


class Stream(NamedTuple):
    samples: npt.NDArray[np.int16]
    """(n,), a multiple of FRAME, at 8 kHz."""
    speech: npt.NDArray[np.bool_]
    """(n // FRAME,)."""


@cache
def prompts(voice: str) -> tuple[Floats, ...]:
    found = []
    for path in sorted((SOUNDS / voice).rglob("*.wav")):
        if any(word in path.stem for word in NO_SPEECH) or path.parent.name == "silence":
            continue
        samples = read_wav(path)
        if 0.5 * RATE < len(samples) < 20 * RATE:
            found.append(samples)
    if not found:
        raise FileNotFoundError(f"no speech in {SOUNDS / voice}: install Debian's asterisk-core-sounds-*-wav")
    return tuple(found)


def read_wav(path: Path) -> Floats:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (RATE, 2, 1), path
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)


@cache
def music(name: str) -> Floats:
    return read_wav(MUSIC / f"{name}.wav")


def frame_power(samples: Floats) -> Floats:
    whole = len(samples) // FRAME
    return np.mean(samples[: whole * FRAME].reshape(whole, FRAME) ** 2, axis=1)


def amplitude(dbm0: float) -> float:
    """RMS in LSB of a level: a full-scale sine is +3.14 dBm0 (ITU-T G.711)."""
    return float(32768 / np.sqrt(2) * 10 ** ((dbm0 - DBM0_FULL_SCALE_SINE) / 20))


def active_power(samples: Floats) -> float:
    power = frame_power(samples)
    return float(power[power > power.max() * 10 ** (-ACTIVE_WITHIN_DB / 10)].mean())


def is_speech(clean: Floats, power: float) -> npt.NDArray[np.bool_]:
    speech = frame_power(clean) > power * 10 ** (-ACTIVE_WITHIN_DB / 10)
    edges = np.flatnonzero(np.diff(np.concatenate([[1], speech, [1]]).astype(int)))
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        if start > 0 and end < len(speech) and end - start <= PAUSE_FILLED_FRAMES:
            speech[start:end] = True
    return speech


def other_voice(prompt: Floats, speed: float, tilts: Floats) -> Floats:
    """The prompt slower or faster, with another microphone: two first-order shelves of -0.5 to 0.5."""
    changed = resample_poly(prompt, 100, round(100 * speed))
    return np.asarray(lfilter([1, tilts[0]], [1, tilts[1]], changed))


def clean_stream(
    voice: str, seconds: float, level_dbm0: float, rng: np.random.Generator, *, varied: bool
) -> tuple[Floats, Stream]:
    """Prompts with pauses of 0.2 to 2 s; the clean samples, and the stream with its labels."""
    parts, labels, length = [], [], 0
    speed, tilts = rng.uniform(0.7, 1.25), rng.uniform(-0.5, 0.5, 2)
    while length < seconds * RATE:
        prompt = prompts(voice)[rng.integers(len(prompts(voice)))]
        if varied:
            prompt = other_voice(prompt, speed, tilts)
        prompt = prompt * amplitude(level_dbm0 + rng.uniform(-2, 2)) / np.sqrt(active_power(prompt))
        prompt = np.pad(prompt, (0, -len(prompt) % FRAME))
        pause = np.zeros(int(rng.uniform(0.2, 2.0) * RATE) // FRAME * FRAME)
        parts += [pause, prompt]
        labels += [np.zeros(len(pause) // FRAME, bool), is_speech(prompt, active_power(prompt))]
        length += len(pause) + len(prompt)
    clean = np.concatenate(parts)
    return clean, Stream(coded(clean), np.concatenate(labels))


def coded(samples: Floats) -> npt.NDArray[np.int16]:
    return alaw_decode(alaw_encode(np.clip(np.round(samples), -32768, 32767).astype(np.int16)))


def noise(kind: str, n: int, voice: str, rng: np.random.Generator) -> Floats:
    """n samples of RMS 1: white, pink (-3 dB an octave from 20 Hz), babble of eight voices of a language, 50 Hz hum."""
    if kind == "white":
        raw = rng.normal(size=n)
    elif kind == "pink":
        spectrum = np.fft.rfft(rng.normal(size=n))
        raw = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.fft.rfftfreq(n, 1 / RATE), 20)), n)
    elif kind == "babble":
        raw = np.zeros(n)
        for _ in range(8):
            talk: list[Floats] = []
            while sum(map(len, talk)) < n + RATE:
                prompt = prompts(voice)[rng.integers(len(prompts(voice)))]
                talk.append(prompt / np.sqrt(active_power(prompt)))
            start = rng.integers(RATE)
            raw += np.concatenate(talk)[start : start + n]
    elif kind == "hum":
        time = np.arange(n) / RATE
        hz = rng.uniform(49.9, 50.1)
        raw = sum(
            10 ** (rng.uniform(-20, 0) / 20) * np.sin(2 * np.pi * (k * hz * time + rng.random()))
            for k in (1, 2, 3, 4, 5, 6, 7, 9)
        )
        raw = raw / raw.std() + 0.1 * rng.normal(size=n)
    else:
        raise ValueError(kind)
    return raw / np.sqrt(np.mean(raw**2))


def stream(voice: str, kind: str, snr_db: float, seconds: float, seed: int, *, varied: bool = False) -> Stream:
    """One labelled stream. Speech at -32 to -14 dBm0 (varied: -34 to -12); "clean" has idle noise of -66 dBm0."""
    rng = np.random.default_rng([seed, NOISES.index(kind), round(snr_db)])
    if varied:
        snr_db = rng.uniform(2, 25)
    level = rng.uniform(-34, -12) if varied else rng.uniform(-32, -14)
    clean, labelled = clean_stream(voice, seconds, level, rng, varied=varied)
    if kind == "clean":
        return Stream(
            coded(clean + amplitude(rng.uniform(-72, -55) if varied else -66) * rng.normal(size=len(clean))),
            labelled.speech,
        )
    added = amplitude(level - snr_db) * noise(kind, len(clean), voice, rng)
    return Stream(coded(clean + added), labelled.speech)


def conditions() -> list[tuple[str, int]]:
    return [("clean", 99), *((kind, snr) for kind in NOISES[1:] for snr in SNRS_DB)]
