"""Sound for the tests of the recogniser: the shipped clips, words for values, and what a line does to them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from gateway.audio.prompts import PromptStore
from gateway.audio.speech import EspeakNg
from gateway.config.load import load_site
from gateway.core.speech.fragments import fragments
from gateway.live import g711
from gateway.live.inventory import Sound, sounds_of
from gateway.shipped import example_site

VOICES = {"pl": "pl", "en": "en-gb"}


@cache
def shipped(folder: Path) -> tuple[Sound, ...]:
    """Every clip of the example site; `folder` takes them."""
    settings = load_site(example_site())
    PromptStore(folder).prepare(settings.clips)
    return sounds_of(settings, folder)


@cache
def spoken(words: str, language: str) -> Sound:
    return Sound(f"{language}:{words}", words, EspeakNg().render(words, language, VOICES[language]))


def values(language: str, numbers: range) -> tuple[Sound, ...]:
    """The words of which these numbers are made, each once: short clips that sound alike."""
    words = {word: None for number in numbers for word in fragments(str(number), "number", language)}
    return tuple(spoken(word, language) for word in words)


def alaw(samples: np.ndarray) -> np.ndarray:
    return g711.decode(g711.encode(samples.astype(np.int16), g711.PCMA), g711.PCMA)


def joined(*parts: np.ndarray | int) -> np.ndarray:
    """Samples one after another; a number is so many samples of silence."""
    return np.concatenate([np.zeros(part, np.int16) if isinstance(part, int) else part for part in parts])
