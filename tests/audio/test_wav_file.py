"""A WAV file that grows: what it holds can be read by Python's wave module after every step."""

from __future__ import annotations

import errno
import os
import wave

import numpy as np
import pytest

from gateway.audio import wav_file
from gateway.audio.wav_file import WavFile
from gateway.core.speech.wav import wav_head


def read(path):
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())


@pytest.mark.parametrize("channels", [1, 2])
def test_it_can_be_read_after_every_append(tmp_path, channels):
    samples = np.arange(-3000, 3000, dtype=np.int16).reshape(-1, channels)
    file = WavFile(str(tmp_path / "a.wav"), 8000, channels)
    assert len(read(tmp_path / "a.wav")) == 0
    for end in (0, 1, 160, 1000, len(samples)):
        file.append(samples[file.frames : end])
        assert file.frames == end
        assert np.array_equal(read(tmp_path / "a.wav"), samples[:end])
    head = wav_head((tmp_path / "a.wav").read_bytes())  # the reader of the site's recordings takes it, too
    assert (head.rate, head.bits, head.channels) == (8000, 16, channels)
    file.close()
    file.close()
    with pytest.raises(OSError, match="Bad file"):
        file.append(samples)


def test_what_finds_no_room_is_cut_to_whole_samples(tmp_path, monkeypatch):
    room = 44 + 4 * 100 + 3  # a hundred pairs and three bytes
    real = os.pwrite

    def pwrite(fd, data, at):
        if at >= room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return real(fd, data[: room - at], at)

    file = WavFile(str(tmp_path / "a.wav"), 8000, 2)
    samples = np.arange(400, dtype=np.int16).reshape(-1, 2)
    file.append(samples[:60])
    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(OSError, match="No space left"):
        file.append(samples[60:])
    assert file.frames == 100
    assert np.array_equal(read(tmp_path / "a.wav"), samples[:100])
    assert (tmp_path / "a.wav").stat().st_size == 44 + 400


def test_it_does_not_grow_beyond_what_its_header_can_count(tmp_path, monkeypatch):
    monkeypatch.setattr(wav_file, "LARGEST_BYTES", 1000)
    file = WavFile(str(tmp_path / "a.wav"), 8000, 1)
    file.append(np.zeros(500, np.int16))
    with pytest.raises(OSError, match="too large"):
        file.append(np.zeros(1, np.int16))
    assert file.frames == 500


def test_a_file_that_is_there_is_left_alone(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"yesterday's call")
    with pytest.raises(FileExistsError):
        WavFile(str(tmp_path / "a.wav"), 8000, 1)
    assert (tmp_path / "a.wav").read_bytes() == b"yesterday's call"


def test_nothing_is_left_of_a_file_that_had_no_room_for_its_header(tmp_path, monkeypatch):
    def pwrite(fd, data, at):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", pwrite)
    with pytest.raises(OSError, match="No space left"):
        WavFile(str(tmp_path / "a.wav"), 8000, 1)
    assert not (tmp_path / "a.wav").exists()
