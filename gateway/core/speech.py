"""Names of clips. A clip's key is made of what it says and with which voice, so that the reader of the files,
the renderer and the core name the same file without telling each other."""

from __future__ import annotations

import hashlib

from gateway.core.actions import Clip

RENDERER = "1"
"""Raised when the way texts become PCM changes, so that old files are not taken for new ones."""


def clip_for(text: str, *, language: str, voice: str) -> Clip:
    """The clip of a text in a language, spoken by `voice`. Same input, same key; whitespace at the ends and runs
    of whitespace do not matter."""
    words = " ".join(text.split())
    digest = hashlib.blake2b("\0".join((RENDERER, voice, language, words)).encode(), digest_size=16)
    return Clip(key=digest.hexdigest(), words=words)
