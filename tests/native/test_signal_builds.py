"""The signal code in every build: sanitizers, valgrind, without SIMD, for another processor. The same results."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.native import fuzz
from tests.native.test_sanitize import FORBIDDEN, MEMORY, NATIVE, build, run

HARNESS = Path(__file__).resolve().parent / "sanitize" / "san_signal.c"
PARTS = ["g711", "mix", "resample", "level", "meter", "vad", "vad_bands", "vad_pitch", "progress", "progress_tones",
         "progress_plans", "amd", "agc", "tone", "record"]  # fmt: skip
SOURCES = [NATIVE / f"{part}.c" for part in PARTS]


def compiled(compiler, target, *flags):
    command = [*compiler, "-std=c11", "-O2", *flags, f"-I{NATIVE}", HARNESS, *SOURCES, "-lm", "-o", target]
    subprocess.run(command, check=True)
    return target


def said_by(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=900).stdout


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """What the build with gcc and SIMD says."""
    return said_by(compiled(["gcc"], tmp_path_factory.mktemp("usual") / "signal"))


def test_in_any_portions(usual):
    assert usual.endswith("the same in any portions\n")
    assert re.search(r"8000 Hz: \d+ of 300 frames speech, \d+ signals, [1-9]\d* answers", usual)


def test_address_and_undefined_behaviour_sanitizers(tmp_path, usual):
    assert run(build(tmp_path / "signal", HARNESS, *SOURCES, flags=MEMORY)) == usual


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("flags", [["-DGW_PLAIN_C"], ["-O3"]], ids=["plain C", "O3"])
def test_every_build_says_the_same(compiler, flags, tmp_path, usual):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    assert said_by(compiled([compiler], tmp_path / "signal", *flags)) == usual


def test_aarch64_says_the_same(tmp_path, usual):
    compiler, emulator = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")
    if not compiler or not emulator:
        pytest.skip("no cross compiler and emulator (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user)")
    said = said_by(emulator, compiled([compiler], tmp_path / "signal", "-static"))
    assert said.splitlines()[0] == usual.splitlines()[0]  # the integer code, bit for bit
    assert said == usual


def test_valgrind_is_content(tmp_path, usual):
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    program = compiled(["gcc"], tmp_path / "signal", "-g")
    done = subprocess.run(
        ["valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", program],
        capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (0, "", usual)


@pytest.mark.parametrize("part", PARTS)
def test_no_allocation_lock_or_print(part, tmp_path):
    subprocess.run(
        ["gcc", "-std=c11", "-O2", f"-I{NATIVE}", "-c", NATIVE / f"{part}.c", "-o", tmp_path / "x.o"], check=True
    )
    symbols = said_by("nm", "-u", tmp_path / "x.o")
    assert [name for line in symbols.splitlines() if FORBIDDEN.match(name := line.split()[-1])] == []


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    if not fuzz.have_fuzzer():
        pytest.skip("clang with libFuzzer is not installed (Debian: clang libclang-rt-14-dev)")
    return fuzz.objects(tmp_path_factory.mktemp("objects"))


@pytest.mark.parametrize("name", fuzz.HARNESSES)
def test_a_short_fuzz(name, tmp_path, parts):
    """The seeds and some mutations of them; `make fuzz` goes on for longer."""
    done = fuzz.run(name, tmp_path, parts, "-runs=100")
    assert done.returncode == 0, done.stderr[-3000:]
    assert int(re.search(r"number_of_executed_units:\s*(\d+)", done.stderr)[1]) >= 100


def test_the_fuzzer_would_find_a_fault(tmp_path, parts):
    """The counter-proof: a G.711 encoder that reads one sample too far is caught."""
    sound = (NATIVE / "g711.c").read_text()
    (tmp_path / "g711.c").write_text(sound.replace("i + 8 <= n; i += 8", "i + 7 <= n; i += 8"))
    assert (tmp_path / "g711.c").read_text() != sound
    broken = fuzz.objects(tmp_path / "objects", [tmp_path / "g711.c"])
    others = [part for part in parts if part.name != "g711.o"]
    assert "AddressSanitizer" in fuzz.run("g711", tmp_path, broken + others, "-runs=300").stderr
