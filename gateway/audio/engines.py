"""Which engine speaks a voice: piper for `piper:MODEL`, espeak-ng for every other name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.audio.piper import Piper
from gateway.audio.speech import EspeakNg
from gateway.core.speech.clips import PIPER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gateway.audio.speech import Samples, SpeechEngine
    from gateway.errors import SpeechError


class Engines:
    """All engines behind the interface of one (SpeechEngine)."""

    def __init__(self, espeak: SpeechEngine | None = None, piper: SpeechEngine | None = None) -> None:
        self._espeak: SpeechEngine = espeak or EspeakNg()
        self._piper: SpeechEngine = piper or Piper()

    def of(self, voice: str) -> SpeechEngine:
        """The engine of a voice."""
        return self._piper if voice.startswith(PIPER) else self._espeak

    def refuses(self, voice: str) -> str:
        """See SpeechEngine."""
        return self.of(voice).refuses(voice)

    def render(self, text: str, language: str, voice: str) -> Samples:
        """See SpeechEngine."""
        return self.of(voice).render(text, language, voice)

    def render_all(self, texts: Sequence[str], language: str, voice: str) -> Iterator[Samples | SpeechError]:
        """See SpeechEngine."""
        return self.of(voice).render_all(texts, language, voice)
