"""A WAV file that grows and can be played at any moment: samples first, then the header that counts them."""

from __future__ import annotations

import contextlib
import errno
import os
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

HEADER_BYTES = 44
LARGEST_BYTES = 0xFFFFFFFF - (HEADER_BYTES - 8)
"""What the 32 bit lengths of RIFF can count."""

_PCM = 1


class WavFile:
    """16 bit PCM. Written without a buffer in this process, so that what was appended outlives it."""

    def __init__(self, path: str, sample_rate: int, channels: int) -> None:
        """Makes a new file that only its owner may read. Raises OSError, also when there is one already."""
        self._sample_rate, self._channels = sample_rate, channels
        self._data_bytes = 0
        self._fd: int | None = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            self._write_header()
        except OSError:
            self.close()
            Path(path).unlink()
            raise

    @property
    def frames(self) -> int:
        """Samples of each channel that the header counts."""
        return self._data_bytes // (2 * self._channels)

    def append(self, samples: npt.NDArray[np.int16]) -> None:
        """int16, shape (n,) or (n, channels). Raises OSError: disk full, file too large; what has found room stays in
        the file, whole samples of all channels, and counts."""
        data = memoryview(samples.astype("<i2", copy=False).tobytes())
        if self._data_bytes + len(data) > LARGEST_BYTES:
            raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
        at = HEADER_BYTES + self._data_bytes
        try:
            while data:
                done = os.pwrite(self._file(), data, at)
                data, at = data[done:], at + done
        except OSError:
            self._count(at)
            with contextlib.suppress(OSError):
                os.ftruncate(self._file(), HEADER_BYTES + self._data_bytes)
                self._write_header()
            raise
        self._count(at)
        self._write_header()

    def close(self) -> None:
        """Twice is harmless."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _count(self, end: int) -> None:
        block = 2 * self._channels
        self._data_bytes = (end - HEADER_BYTES) // block * block

    def _file(self) -> int:
        if self._fd is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        return self._fd

    def _write_header(self) -> None:
        block = 2 * self._channels
        header = struct.pack(
            "<4sI4s4sIHHIIHH4sI",
            b"RIFF", HEADER_BYTES - 8 + self._data_bytes, b"WAVE", b"fmt ", 16, _PCM, self._channels,
            self._sample_rate, self._sample_rate * block, block, 16, b"data", self._data_bytes,
        )  # fmt: skip
        os.pwrite(self._file(), header, 0)
