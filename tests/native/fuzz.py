"""libFuzzer on each C function that takes bytes or samples:  python -m tests.native.fuzz [seconds each] [name ...]

Every harness in tests/native/fuzz is built with clang, libFuzzer, ASan and UBSan, started with seeds that are worth
starting from, and run for so many seconds (20). What it finds stays in build/fuzz/NAME, and so does its corpus, so that
the next run goes on from there. Ends with 1 when something was found.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
NATIVE = ROOT / "native"
HARNESSES = sorted(path.stem.removeprefix("fuzz_") for path in (HERE / "fuzz").glob("fuzz_*.c"))
CHECKS = "address,undefined"
FLAGS = ["-std=c11", "-Wall", "-Wextra", "-fno-sanitize-recover=all", "-O1", "-g", f"-I{NATIVE}"]
# What signal code needs and PJSIP does not.
PJSIPS = ("tap", "pj", "wake", "notify", "clock", "arrivals")
SOURCES = [path for path in sorted(NATIVE.glob("*.c")) if path.stem.split("_")[0] not in PJSIPS]


def have_fuzzer() -> bool:
    """clang with its libFuzzer runtime (Debian: clang, libclang-rt-14-dev)."""
    if not shutil.which("clang"):
        return False
    probe = subprocess.run(
        ["clang", "-fsanitize=fuzzer", "-x", "c", "-", "-o", "/dev/null"],
        input="int LLVMFuzzerTestOneInput(const unsigned char *d, unsigned long n){return d&&n>9;}",
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return probe.returncode == 0


def objects(folder: Path, sources: list[Path] | None = None) -> list[Path]:
    """The signal code, compiled once for all harnesses."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for source in SOURCES if sources is None else sources:
        made.append(folder / f"{source.stem}.o")
        subprocess.run(
            ["clang", *FLAGS, f"-fsanitize=fuzzer-no-link,{CHECKS}", "-c", source, "-o", made[-1]], check=True
        )
    return made


def build(name: str, folder: Path, parts: list[Path]) -> Path:
    program, harness = folder / f"fuzz_{name}", HERE / "fuzz" / f"fuzz_{name}.c"
    subprocess.run(["clang", *FLAGS, f"-fsanitize=fuzzer,{CHECKS}", harness, *parts, "-lm", "-o", program], check=True)
    return program


def seeds(folder: Path) -> None:
    """Inputs that reach deep at once: tones with the cadences of busy, ringback and SIT, digits, noise, full scale."""
    folder.mkdir(parents=True, exist_ok=True)
    time, rng = np.arange(32000) / 8000, np.random.default_rng(1)

    def tone(*hz: float) -> np.ndarray:
        return sum(6000 * np.sin(2 * np.pi * f * time) for f in hz)

    sounds = {
        "busy": tone(425) * (time % 1.0 < 0.5),
        "ringback": tone(440, 480) * (time % 4.0 < 1.5),
        "sit": np.concatenate([tone(f)[:2640] for f in (950, 1400, 1800)] * 2),
        "digits": tone(770, 1336) * (time % 0.2 < 0.1),
        "beep": tone(1000) * (time > 2) * (time < 2.4) + rng.normal(0, 900, 32000) * (time < 1.8),
        "noise": rng.normal(0, 3000, 16000),
        "square": np.where(np.arange(8000) // 9 % 2, 32767, -32768),
        "silence": np.zeros(4000),
        "few": np.arange(7),
        "none": np.zeros(0),
    }
    for name, sound in sounds.items():
        samples = np.clip(sound, -32768, 32767).astype("<i2").tobytes()
        for option in range(4):
            (folder / f"{name}{option}").write_bytes(struct.pack("<IBB", 7, option & 1, option) + samples)


def run(name: str, folder: Path, parts: list[Path], *limits: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    seeds(folder / "corpus")
    program = build(name, folder, parts)
    return subprocess.run(
        [program, folder / "corpus", f"-artifact_prefix={folder}/", "-max_len=70000", "-rss_limit_mb=2048",
         "-print_final_stats=1", *limits],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def main(arguments: list[str]) -> int:
    seconds = int(arguments.pop(0)) if arguments and arguments[0].isdigit() else 20
    if not have_fuzzer():
        sys.exit("clang with libFuzzer is needed: on Debian, apt install clang libclang-rt-14-dev")
    found, parts = 0, objects(ROOT / "build" / "fuzz" / "objects")
    for name in arguments or HARNESSES:
        folder = ROOT / "build" / "fuzz" / name
        done = run(name, folder, parts, f"-max_total_time={seconds}")
        runs = next((line.split()[-1] for line in done.stderr.splitlines() if "number_of_executed_units" in line), "0")
        print(
            f"{name:<10} {runs:>9} runs  {'nothing found' if done.returncode == 0 else 'FOUND, in ' + str(folder)}",
            flush=True,
        )
        if done.returncode:
            found = 1
            print(done.stderr[-3000:])
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
