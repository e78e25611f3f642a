"""What `gateway.audio` offers by name is there, and works without a line."""

from __future__ import annotations

import numpy as np

from gateway import audio


def test_every_name_is_there():
    assert all(getattr(audio, name) is not None for name in audio.__all__)


def test_digits_of_a_buffer_and_of_a_stream():
    n = np.arange(1600)
    pause = np.zeros(800, np.int16)
    tones = [4000 * (np.sin(2 * np.pi * low * n / 8000) + np.sin(2 * np.pi * high * n / 8000))
             for low, high in ((770, 1336), (941, 1477))]  # fmt: skip
    samples = np.concatenate([pause, tones[0].astype(np.int16), pause, tones[1].astype(np.int16), pause])
    assert audio.dtmf_digits(samples, 8000) == "5#"
    detector = audio.DtmfDetector(8000)
    heard = [digit for at in range(0, len(samples), 160) for digit in detector.feed(samples[at : at + 160])]
    assert len(heard) == 2
