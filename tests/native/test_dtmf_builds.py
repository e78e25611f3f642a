"""The DTMF code under the sanitizers and in valgrind, and in every build: without SIMD, for another processor. The same
results, and the block correlations the same bits."""

from __future__ import annotations

import ctypes
import platform
import re
import shutil
import subprocess

import numpy as np
import pytest

from tests.native.test_sanitize import FOR_VALGRIND, HERE, MEMORY, NATIVE, build, needs_valgrind, run, run_in_valgrind

DTMF = sorted(NATIVE.glob("dtmf*.c"))


def test_anything_may_be_fed(tmp_path):
    assert "nothing found" in run(build(tmp_path / "storm", HERE / "sanitize" / "dtmf_storm.c", *DTMF, flags=MEMORY))


@needs_valgrind
def test_valgrind_is_content(tmp_path):
    storm = build(tmp_path / "storm", HERE / "sanitize" / "dtmf_storm.c", *DTMF, flags=FOR_VALGRIND)
    assert "12 rounds, nothing found" in run_in_valgrind(storm, "12")


def said_by(folder, compiler, *flags, start=()):
    """What the receiver of this build says of samples that are the same on every machine."""
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    program = folder / "says"
    command = [compiler, "-std=c11", "-O2", *flags, f"-I{NATIVE}", HERE / "sanitize" / "dtmf_says.c", *DTMF, "-lm"]
    subprocess.run([*command, "-o", program], check=True)
    return subprocess.run([*start, program], capture_output=True, text=True, check=True, timeout=600).stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """What the build with gcc and SIMD says."""
    return said_by(tmp_path_factory.mktemp("usual"), "gcc")


def test_there_is_something_to_hear(usual):
    assert len(re.findall(r"^[0-9A-D*#] begins \d+ -1 ", usual, re.MULTILINE)) > 300
    assert len(re.findall(r"^[0-9A-D*#] ends \d+ \d+ ", usual, re.MULTILINE)) > 300


@pytest.mark.parametrize("flags", [["-U__SSE2__"], ["-O3"], ["-O1"]], ids=["plain C", "O3", "O1"])
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_every_build_says_the_same(compiler, flags, tmp_path, usual):
    assert said_by(tmp_path, compiler, *flags) == usual


def test_aarch64_says_the_same(tmp_path, usual):
    """NEON, by the emulator: the correlations bit for bit, and each digit at its place."""
    emulator = shutil.which("qemu-aarch64")
    if not emulator:
        pytest.skip("no emulator (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)")
    said = said_by(tmp_path, "aarch64-linux-gnu-gcc", "-static", start=[emulator])
    assert said.splitlines()[0] == usual.splitlines()[0]
    assert said == usual


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
