"""Names of clips. A clip's key is made of what it says and with which voice, so that the reader of the files,
the renderer and the core name the same file without telling each other."""

from __future__ import annotations

import hashlib

from gateway.core.actions import Clip

RENDERER = "1"
"""Raised when the way texts become PCM changes, so that old files are not taken for new ones."""
RECORDER = "2"
"""The same for recordings."""
PIPER = "piper:"
"""Begins the name of a voice of piper; the path of its model follows."""


GROUP_PAUSE_MS = 160
"""Silence behind each group of a telephone number, in which the listener writes it down; with the margins of the clips
on both sides it is 200 ms."""


def pause_ms(kind: str) -> int:
    """Silence behind each clip of a value that is said as `kind`, for clip_for."""
    return GROUP_PAUSE_MS if kind == "phone" else 0


def clip_for(text: str, *, language: str, voice: str, pause_ms: int = 0) -> Clip:
    """The clip of a text in a language, spoken by `voice`, with silence behind it. Same input, same key; whitespace at
    the ends and runs of whitespace do not matter."""
    words = " ".join(text.split())
    parts = (RENDERER, voice, language, words, *([f"pause {pause_ms}"] if pause_ms else []))
    digest = hashlib.blake2b("\0".join(parts).encode(), digest_size=16)
    return Clip(key=digest.hexdigest(), words=words)
