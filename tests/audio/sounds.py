"""Sounds and WAV files for the tests of this folder."""

from __future__ import annotations

import io
import wave
from functools import cache

import numpy as np

from gateway.audio import g711
from gateway.audio.speech import EspeakNg

CODES = {"int": 1, "float": 3, "alaw": 6, "ulaw": 7}


def tone(hz, seconds, rate=8000, amplitude=0.5):
    return amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * rate)) / rate)


def wav(samples, rate, channels=1, bits=16):
    """A WAV file of PCM as Python's own writer makes it."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(bits // 8)
        file.setframerate(rate)
        file.writeframes(_encoded(samples, "int", bits))
    return out.getvalue()


def wav_of(samples, rate, channels=1, bits=16, coding="int"):
    """A WAV file of any coding, put together by hand."""
    block = channels * bits // 8
    head = (
        np.array([CODES[coding], channels], "<u2").tobytes()
        + np.array([rate, rate * block], "<u4").tobytes()
        + np.array([block, bits], "<u2").tobytes()
    )
    data = _encoded(samples, coding, bits)
    body = b"WAVEfmt " + len(head).to_bytes(4, "little") + head + b"data" + len(data).to_bytes(4, "little") + data
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _encoded(samples, coding, bits):
    match coding, bits:
        case "alaw", _:
            return g711.alaw_encode(_whole(samples)).tobytes()
        case "ulaw", _:
            return g711.ulaw_encode(_whole(samples)).tobytes()
        case "float", _:
            return np.asarray(samples).astype(f"<f{bits // 8}").tobytes()
        case _, 8:
            return np.rint(samples * 127 + 128).astype(np.uint8).tobytes()
        case _, 24:
            return np.rint(samples * (2**23 - 1)).astype("<i4").view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        case _:
            return np.rint(samples * (2 ** (bits - 1) - 1)).astype(f"<i{bits // 8}").tobytes()


def _whole(samples):
    return np.clip(np.rint(np.asarray(samples) * 32767), -32768, 32767).astype(np.int16)


@cache
def _sentence():
    return EspeakNg().render("To jest nagranie z biura.", "pl", "pl") / 32768


def spoken(rate):
    """Real speech at another rate, about -19 dBm0."""
    samples = _sentence()
    at = np.arange(int(samples.size * rate / 8000)) * 8000 / rate
    return np.interp(at, np.arange(samples.size), samples)
