"""The DTMF code under the sanitizers, and its plain-C correlation beside the one with SIMD: the same bits."""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess

import numpy as np
import pytest

from tests.native.test_sanitize import HERE, MEMORY, NATIVE, build, run

DTMF = sorted(NATIVE.glob("dtmf*.c"))


def test_anything_may_be_fed(tmp_path):
    assert "nothing found" in run(build(tmp_path / "storm", HERE / "sanitize" / "dtmf_storm.c", *DTMF, flags=MEMORY))


class Sums(ctypes.Structure):
    _fields_ = [
        ("re", ctypes.c_float * 8),
        ("im", ctypes.c_float * 8),
        ("dial", ctypes.c_float),
        ("mean", ctypes.c_float),
        ("total", ctypes.c_float),
    ]


def correlator(folder, name, *flags):
    target = folder / f"{name}.so"
    compiler = shutil.which("gcc") or shutil.which("clang")
    source = NATIVE / "dtmf_corr.c"
    subprocess.run(
        [compiler, "-std=c11", "-O2", "-shared", "-fPIC", *flags, f"-I{NATIVE}", source, "-o", target], check=True
    )
    return ctypes.CDLL(str(target)).gw_dtmf_correlate


@pytest.mark.skipif(platform.machine() not in {"x86_64", "AMD64"}, reason="SSE2 is what this compares with")
def test_plain_c_gives_the_same_bits(tmp_path):
    simd, plain = correlator(tmp_path, "simd"), correlator(tmp_path, "plain", "-U__SSE2__")
    rng = np.random.default_rng(11)
    blocks = [np.full(32, -32768), np.full(32, 32767), np.tile([32767, -32768], 16), np.repeat([-32768, 32767], 16)]
    blocks += [rng.integers(-32768, 32768, 32) for _ in range(3000)] + [rng.integers(-9, 10, 32) for _ in range(300)]
    for hz in (697, 770, 852, 941, 1209, 1336, 1477, 1633, 400):  # squares of each tone: the largest sums there are
        for part in (np.cos, np.sin):
            blocks.append(np.where(part(2 * np.pi * hz / 8000 * (np.arange(32) - 15.5)) > 0, 32767, -32768))
    for block in blocks:
        x, a, b = block.astype(np.int16), Sums(), Sums()
        simd(ctypes.c_void_p(x.ctypes.data), ctypes.byref(a))
        plain(ctypes.c_void_p(x.ctypes.data), ctypes.byref(b))
        assert bytes(a) == bytes(b)
        t = np.arange(32) - 15.5
        exact = ((x - x.mean()) * np.exp(-2j * np.pi * 770 / 8000 * t)).sum()
        assert abs(complex(a.re[1], a.im[1]) - exact) < 40 + 2e-4 * 32 * 32768
        assert a.total == pytest.approx(float((x.astype(float) ** 2).sum()), rel=1e-2, abs=2000)
