"""The native core compiled with the sanitizers and driven by C programs: memory, undefined behaviour, data races."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
NATIVE = HERE.parents[1] / "native"
SOURCES = sorted(NATIVE.glob("*.c"))
STRICT = ["-std=c11", "-Wall", "-Wextra", "-Wconversion", "-Werror"]


def build(target: Path, *sources: Path, flags: list[str]) -> Path:
    compiler = shutil.which("clang") or shutil.which("gcc")
    assert compiler, "a C compiler is needed: install clang or gcc"
    links = ["-lm", "-ldl", "-lpthread"]
    subprocess.run(
        [compiler, "-std=c11", "-O1", "-g", *flags, f"-I{NATIVE}", *sources, "-o", target, *links], check=True
    )
    return target


def run(program: Path) -> str:
    """Runs it without address randomisation, which some sanitizers' maps do not cope with on new kernels."""
    command = [program]
    if setarch := shutil.which("setarch"):
        command = [setarch, "-R", program]
    environment = {
        **os.environ,
        "ASAN_OPTIONS": "detect_leaks=1",
        "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WARNING" not in done.stderr, done.stderr
    return done.stdout


def run_in_valgrind(program: Path, *arguments: str) -> str:
    """What the program says; that valgrind found nothing, no leak either, is asserted."""
    command = [
        "valgrind",
        "--quiet",
        "--fair-sched=yes",
        "--error-exitcode=9",
        "--leak-check=full",
        program,
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


FOR_VALGRIND = ["-gdwarf-4"]  # it cannot read what clang writes today
needs_valgrind = pytest.mark.skipif(not shutil.which("valgrind"), reason="valgrind is not installed (Debian: valgrind)")

MEMORY = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-fno-omit-frame-pointer"]
THREADS = ["-fsanitize=thread"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_not_one_warning(compiler, source, tmp_path):
    if not shutil.which(compiler):
        pytest.skip(f"{compiler} is not installed")
    subprocess.run([compiler, *STRICT, "-O2", f"-I{NATIVE}", "-c", source, "-o", tmp_path / "x.o"], check=True)


@pytest.mark.parametrize("flags", [MEMORY, THREADS], ids=["memory", "threads"])
def test_ring_between_two_threads(flags, tmp_path):
    assert "all in order" in run(build(tmp_path / "ring", HERE / "sanitize" / "ring_threads.c", flags=flags))


def test_a_ring_without_its_barriers_is_noticed(tmp_path):
    """The counter-proof: the same test with relaxed counters must not pass the thread sanitizer."""
    broken = (NATIVE / "ring.h").read_text().replace("memory_order_release", "memory_order_relaxed")
    (tmp_path / "ring.h").write_text(broken.replace("memory_order_acquire", "memory_order_relaxed"))
    source = tmp_path / "ring_threads.c"
    source.write_text((HERE / "sanitize" / "ring_threads.c").read_text())
    with pytest.raises(AssertionError, match="data race"):
        run(build(tmp_path / "ring", source, flags=[*THREADS, f"-I{tmp_path}"]))


@pytest.mark.parametrize("flags", [MEMORY, THREADS], ids=["memory", "threads"])
def test_tap_under_four_threads(flags, tmp_path):
    said = run(build(tmp_path / "storm", HERE / "sanitize" / "tap_storm.c", *SOURCES, flags=flags))
    assert "400 plays ended once each" in said


@needs_valgrind
def test_tap_in_valgrind(tmp_path):
    """Reads of what was never written, which no sanitizer of ours sees: all parts of the tap, switched on and off."""
    said = run_in_valgrind(build(tmp_path / "storm", HERE / "sanitize" / "tap_storm.c", *SOURCES, flags=FOR_VALGRIND))
    assert "400 plays ended once each" in said


@needs_valgrind
def test_valgrind_would_find_it(tmp_path):
    """The counter-proof: a tap whose memory is not cleared when it is made."""
    (tmp_path / "tap.c").write_text((NATIVE / "tap.c").read_text().replace("memset(tap, 0, size);", ""))
    others = [path for path in SOURCES if path.name != "tap.c"]
    program = build(
        tmp_path / "storm", HERE / "sanitize" / "tap_storm.c", tmp_path / "tap.c", *others, flags=FOR_VALGRIND
    )
    with pytest.raises(AssertionError, match="uninitialised"):
        run_in_valgrind(program)


def test_media_threads_allocate_lock_and_print_nothing(tmp_path):
    flags = ["-fno-builtin"]  # or the compiler would optimise the counter-proof's malloc away
    said = run(build(tmp_path / "rules", HERE / "sanitize" / "media_rules.c", *SOURCES, flags=flags))
    print(said)
    assert said.startswith("rules: 0 allocations, 0 locks, 0 writes")


FORBIDDEN = re.compile(
    r"^(\w*alloc|free|v?f?n?printf|f?puts|f?write|syslog|pthread_\w+|sem_\w+|Py\w+|usleep|nanosleep)$"
)


def forbidden_imports(source: Path, scratch: Path) -> set[str]:
    subprocess.run(["gcc", "-std=c11", "-O2", f"-I{NATIVE}", "-c", source, "-o", scratch / "x.o"], check=True)
    symbols = subprocess.run(["nm", "-u", scratch / "x.o"], capture_output=True, text=True, check=True).stdout
    imports = {line.split()[-1] for line in symbols.splitlines()}
    return {name for name in imports if FORBIDDEN.match(name)}


MEDIA_PARTS = [
    *("tap_rx", "tap_tx", "tap_events", "tap_hear", "tap_record", "notify", "level", "tone", "dtmf", "dtmf_gen"),
    *("record", "resample", "vad", "vad_bands", "vad_pitch", "progress", "progress_tones", "progress_plans"),
]


@pytest.mark.parametrize("part", MEDIA_PARTS)
def test_what_runs_on_media_threads_does_not_even_link_to_the_forbidden(part, tmp_path):
    for source in [NATIVE / f"{part}.c", *(NATIVE.glob("dtmf_*.c") if part == "dtmf" else [])]:
        assert forbidden_imports(source, tmp_path) == set()


def test_the_forbidden_would_be_found(tmp_path):
    assert forbidden_imports(NATIVE / "tap.c", tmp_path) == {"aligned_alloc", "free"}
    assert forbidden_imports(NATIVE / "tap_recorded.c", tmp_path) == {"aligned_alloc", "free"}  # the loop's half
