from __future__ import annotations

import pytest

from gateway.live.recognise import Recogniser

from .material import shipped


@pytest.fixture(scope="session")
def sounds(tmp_path_factory):
    """Every clip of the example site."""
    return shipped(tmp_path_factory.mktemp("clips"))


@pytest.fixture(scope="session")
def recogniser(sounds):
    return Recogniser(sounds)


@pytest.fixture(scope="session")
def sound(sounds):
    """A clip by the beginning of its words."""
    return lambda words: next(one.samples for one in sounds if one.words.startswith(words))
