"""spandsp through spandsp_peer.c, compiled where it is needed. `peer()` is None where libspandsp-dev is missing."""

from __future__ import annotations

import ctypes
import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np

SOURCE = Path(__file__).with_suffix(".c")
MISSING = "libspandsp-dev is not installed: no figures of spandsp, no GSM 06.10"


class Peer:
    def __init__(self, library):
        self._lib = library

    def dtmf(self, samples, chunk=160, *, dial_tone_filter=False):
        """Digits (as codes) and the sample count at which each was reported, from int16 samples, shape (n,)."""
        samples = np.ascontiguousarray(samples, np.int16)
        room = len(samples) // 160 + 16
        digits, at = np.zeros(room, np.int32), np.zeros(room, np.int32)
        count = self._lib.peer_dtmf(
            _address(samples), len(samples), chunk, int(dial_tone_filter), _address(digits), _address(at), room
        )
        return digits[:count], at[:count]

    def gsm(self, samples):
        """The same samples, after GSM 06.10."""
        through = np.array(samples, np.int16)
        self._lib.peer_gsm(_address(through), len(through))
        return through

    def g711(self, samples, *, a_law):
        through = np.array(samples, np.int16)
        self._lib.peer_g711(_address(through), len(through), int(a_law))
        return through


@functools.cache
def peer():
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "peer.so"
        command = [compiler, "-O2", "-shared", "-fPIC", str(SOURCE), "-lspandsp", "-o", str(target)]
        if subprocess.run(command, capture_output=True, check=False).returncode != 0:
            return None
        return Peer(ctypes.CDLL(str(target)))


def _address(array):
    return ctypes.c_void_p(array.ctypes.data)
