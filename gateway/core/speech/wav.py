"""The head of a WAV file (RIFF, little-endian: PCM, IEEE float, A-law, u-law), read without decoding a sample.

Chunks and WAVE_FORMAT_EXTENSIBLE as in Microsoft's "Multiple channel audio data and WAVE files". What cannot be used is
refused with what it is instead and the remedy, in words that follow the file's name in a sentence.
"""

from __future__ import annotations

import struct
from typing import Literal

import msgspec

Coding = Literal["int", "float", "alaw", "ulaw"]

PCM, FLOAT, ALAW, ULAW, EXTENSIBLE = 0x0001, 0x0003, 0x0006, 0x0007, 0xFFFE
RATES = (4000, 192_000)
CHANNELS_MAX = 8
OPEN_ENDED = 0x7FFF_0000
"""A data chunk that claims this many bytes or more was written into a pipe, by a program that could not know its length
(espeak-ng says 0x7FFFF000, others 0xFFFFFFFF): it reaches to the end of the file."""

_USABLE: dict[tuple[int, int], Coding] = {
    **{(PCM, bits): "int" for bits in (8, 16, 24, 32)},
    **{(FLOAT, bits): "float" for bits in (32, 64)},
    (ALAW, 8): "alaw",
    (ULAW, 8): "ulaw",
}
_NAMES = {0x0002: "ADPCM", 0x0011: "ADPCM", 0x0031: "GSM", 0x0055: "MP3", 0x00FF: "AAC"}
_OTHERS = (
    (b"ID3", "an MP3"),
    (b"OggS", "an Ogg"),
    (b"fLaC", "a FLAC"),
    (b"FORM", "an AIFF"),
    (b"#!AMR", "an AMR"),
    (b"caff", "a CAF"),
    (b"RIFX", "a big-endian WAV"),
    (b"\x1aE\xdf\xa3", "a Matroska or WebM"),
    (b"PK\x03\x04", "a ZIP"),
)
SAVE_AS = "save it as WAV (PCM, 16 bit)"


class WavHead(msgspec.Struct, frozen=True, kw_only=True):
    """Where the samples lie and what they are. `start` and `size` in bytes; frames interleaved."""

    rate: int
    channels: int
    bits: int
    coding: Coding = "int"
    start: int
    size: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.size / (self.rate * self.channels * self.bits // 8)


class WavError(ValueError):
    """Not a WAV file that can be used; the text continues the sentence "FILE ..."."""


def wav_head(data: bytes) -> WavHead:
    """The head of a WAV file. Raises WavError with a reason that follows the file's name in a sentence."""
    if len(data) < 12 or data[:4] not in {b"RIFF", b"RF64"} or data[8:12] != b"WAVE":
        raise WavError(_what_else(data))
    at, shape = 12, b""
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt ":
            shape = data[at : at + size]
        elif name == b"data":
            if len(shape) < 16:
                raise WavError("is damaged: it does not say what its samples are")
            return _head(shape, at, size, len(data) - at)
        at += size + (size & 1)
    raise WavError("is damaged: it has no samples")


def wav_problem(data: bytes, longest_s: float = 0.0) -> str:
    """Why the bytes are no usable WAV file, as the end of a sentence; empty when they are one. With `longest_s`, what
    plays longer is not usable either."""
    try:
        head = wav_head(data)
    except WavError as error:
        return str(error)
    if longest_s and head.seconds > longest_s:
        return f"plays for {head.seconds:.0f}s; the longest that is allowed here is {longest_s:g}s"
    return ""


def _what_else(data: bytes) -> str:
    if not data:
        return "is an empty file: copy it anew"
    for begins, name in _OTHERS:
        if data.startswith(begins):
            return f"is no WAV file but {name} file under that name: {SAVE_AS}"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:  # the sync word of an MPEG audio frame
        return f"is no WAV file but {'an AAC' if data[1] & 0xF6 == 0xF0 else 'an MP3'} file under that name: {SAVE_AS}"
    if data[4:8] == b"ftyp":
        return f"is no WAV file but an MP4 or M4A file under that name: {SAVE_AS}"
    return "is not a WAV file"


def _head(shape: bytes, start: int, claimed: int, there: int) -> WavHead:
    code, channels, rate, _, block, bits = struct.unpack_from("<HHIIHH", shape)
    if code == EXTENSIBLE and len(shape) >= 26:
        code = struct.unpack_from("<H", shape, 24)[0]
    coding = _USABLE.get((code, bits))
    if coding is None:
        name = _NAMES.get(code) or f"samples of {bits} bit that are no PCM"
        raise WavError(f"holds {name}: {SAVE_AS}")
    if not 1 <= channels <= CHANNELS_MAX or not RATES[0] <= rate <= RATES[1] or block != channels * bits // 8:
        raise WavError("is damaged: its head makes no sense")
    size = min(claimed, there)
    size -= size % block
    if size == 0:
        raise WavError("is empty: it has no samples")
    if there < claimed < OPEN_ENDED:
        a_second = rate * block
        raise WavError(f"is cut off: {there / a_second:.1f}s of {claimed / a_second:.1f}s are there; copy it anew")
    return WavHead(rate=rate, channels=channels, bits=bits, coding=coding, start=start, size=size)
