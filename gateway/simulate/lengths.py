"""How long a clip lasts: as long as its PCM where it has been made, as its WAV file for a recording, else an estimate
by the number of characters."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gateway.core.speech.wav import WavError, wav_head

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gateway.config.settings import ClipSource
    from gateway.core.actions import Clip

BYTES_A_SECOND = 16_000
"""The prompt store's PCM: int16, 8 kHz, mono."""
CHARACTERS_A_SECOND = {"pl": 12.4, "en": 14.6}
"""Measured with espeak-ng 1.51 at its own speed (175 words a minute), voices pl and en-gb, over all texts of the
example site: characters with spaces, divided by the seconds of what was rendered."""
CHARACTERS_A_SECOND_ELSE = 13.0
SHORTEST_S = 0.2
FRAME_S = 0.02
"""Sound comes in frames of 20 ms; nothing is shorter."""
UNKNOWN_RECORDING_S = 3.0


class Lengths:
    """Lengths of the clips of one site. `folder`: the prompt store, None to estimate (the same on every machine)."""

    def __init__(self, sources: Iterable[ClipSource] = (), folder: Path | None = None) -> None:
        self._folder = folder
        self._sources = {source.key: source for source in sources}
        self._known: dict[str, float] = {}

    def seconds(self, clips: tuple[Clip, ...]) -> float:
        """How long the clips take one after another."""
        return sum(self._one(clip) for clip in clips)

    def _one(self, clip: Clip) -> float:
        known = self._known.get(clip.key)
        if known is None:
            known = self._known[clip.key] = self._made(clip.key) or self._estimate(clip)
        return known

    def _made(self, key: str) -> float:
        if self._folder is None:
            return 0.0
        try:
            size = (self._folder / f"{key}.pcm").stat().st_size
        except OSError:
            return 0.0
        return max(FRAME_S, size / BYTES_A_SECOND) if size else 0.0

    def _estimate(self, clip: Clip) -> float:
        source = self._sources.get(clip.key)
        if source is not None and source.recording:
            try:
                head = wav_head(Path(source.recording).read_bytes())
            except (OSError, WavError):
                return UNKNOWN_RECORDING_S
            return max(FRAME_S, head.size / (head.rate * head.channels * head.bits // 8))
        rate = CHARACTERS_A_SECOND.get(source.language if source is not None else "", CHARACTERS_A_SECOND_ELSE)
        return max(SHORTEST_S, len(clip.words) / rate)
