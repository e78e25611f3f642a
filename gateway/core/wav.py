"""The head of a WAV file (RIFF, little-endian PCM or IEEE float), read without decoding a sample.

Chunks and WAVE_FORMAT_EXTENSIBLE as in Microsoft's "Multiple channel audio data and WAVE files".
"""

from __future__ import annotations

import struct

import msgspec

PCM, FLOAT, EXTENSIBLE = 0x0001, 0x0003, 0xFFFE
_NAMES = {0x0002: "ADPCM", 0x0006: "A-law", 0x0007: "u-law", 0x0011: "ADPCM", 0x0031: "GSM", 0x0055: "MP3"}
RATES = (4000, 192_000)
CHANNELS_MAX = 8


class WavHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where the samples lie and what they are. `start` and `size` in bytes; frames interleaved."""

    rate: int
    channels: int
    bits: int
    is_float: bool
    start: int
    size: int


class WavError(ValueError):
    """Not a WAV file that can be used; the text continues the sentence "FILE ..."."""


def wav_head(data: bytes) -> WavHead:
    """The head of a WAV file. Raises WavError with a reason that follows the file's name in a sentence."""
    if len(data) < 12 or data[:4] not in {b"RIFF", b"RF64"} or data[8:12] != b"WAVE":
        raise WavError("is not a WAV file")
    at, shape = 12, b""
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt ":
            shape = data[at : at + size]
        elif name == b"data":
            if len(shape) < 16:
                raise WavError("is damaged: it does not say what its samples are")
            return _head(shape, at, min(size, len(data) - at))
        at += size + (size & 1)
    raise WavError("is damaged: it has no samples")


def wav_problem(data: bytes) -> str:
    """Why the bytes are no usable WAV file, as the end of a sentence; empty when they are one."""
    try:
        wav_head(data)
    except WavError as error:
        return str(error)
    return ""


def _head(shape: bytes, start: int, size: int) -> WavHead:
    code, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", shape)
    if code == EXTENSIBLE and len(shape) >= 26:
        code = struct.unpack_from("<H", shape, 24)[0]
    if not ((code == PCM and bits in {8, 16, 24, 32}) or (code == FLOAT and bits == 32)):
        raise WavError(f"holds {_NAMES.get(code, 'samples that are')} {'' if code in _NAMES else 'not PCM'}".rstrip())
    if not 1 <= channels <= CHANNELS_MAX or not RATES[0] <= rate <= RATES[1] or block != channels * bits // 8:
        raise WavError("is damaged: its head makes no sense")
    size -= size % block
    if size == 0:
        raise WavError("is empty: it has no samples")
    return WavHead(rate=rate, channels=channels, bits=bits, is_float=code == FLOAT, start=start, size=size)
