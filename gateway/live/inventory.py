"""Every clip of a site with its words and its sound: what a caller of the site can hear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from gateway.config.settings import WAITING_MUSIC
from gateway.core.actions import Clip
from gateway.live.g711 import RATE, Samples
from gateway.live.rtp import FRAME, SOUND

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gateway.config.settings import Settings

MARGIN_S = 0.15
"""Beyond the longest pause within a prompt, before a caller takes it for the end: the frames of two lines and a machine
that is busy."""


class Sound(msgspec.Struct, frozen=True):
    """One clip: its key, its words (of music, how it is shown) and its samples, shape (n,), 8 kHz."""

    key: str
    words: str
    samples: Samples
    music: bool = False


def sounds_of(settings: Settings, folder: Path) -> tuple[Sound, ...]:
    """The clips of a site out of the prompt store's folder, each content once. `folder` is prepared."""
    words = {clip.key: clip.words for clip in _clips(settings.site)}
    music = {WAITING_MUSIC, *(source.key for source in settings.clips if source.music)}
    found: dict[bytes, Sound] = {}
    for source in settings.clips:
        data = (folder / f"{source.key}.pcm").read_bytes()
        text = source.text or words.get(source.key, "") or ("music" if source.key in music else source.key)
        sound = Sound(source.key, text, np.frombuffer(data, "<i2").astype(np.int16), source.key in music)
        found.setdefault(data + text.encode(), sound)
    return tuple(found.values())


def speech_of(sounds: tuple[Sound, ...]) -> Samples:
    """Somebody who speaks, for a caller's message: the longest prompt there is, whole packets, shape (n,)."""
    longest = max((sound.samples for sound in sounds if not sound.music), key=len, default=np.zeros(FRAME, np.int16))
    return longest[: len(longest) // FRAME * FRAME]


def pause_s(sounds: tuple[Sound, ...]) -> float:
    """So much silence ends a prompt: more than any prompt has inside, or between two of its clips."""
    inside = at_ends = 0
    for sound in sounds:
        count = len(sound.samples) // FRAME
        if sound.music or not count:
            continue
        peaks = np.abs(sound.samples[: count * FRAME].astype(np.int32)).reshape(count, FRAME).max(axis=1)
        loud = np.flatnonzero(peaks >= SOUND)
        if loud.size:
            inside = max(inside, int(np.diff(loud).max(initial=1)) - 1)
            at_ends = max(at_ends, int(loud[0]) + count - 1 - int(loud[-1]))
    return max(inside, at_ends) * FRAME / RATE + MARGIN_S


def _clips(part: Any) -> Iterator[Clip]:
    """Every clip in a tree of the core's structs."""
    if isinstance(part, Clip):
        yield part
    elif isinstance(part, msgspec.Struct):
        for name in part.__struct_fields__:
            yield from _clips(getattr(part, name))
    elif isinstance(part, dict):
        for value in part.values():
            yield from _clips(value)
    elif isinstance(part, tuple | list):
        for value in part:
            yield from _clips(value)
