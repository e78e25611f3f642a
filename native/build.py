"""Builds the native core into the extension gateway.audio._ext (cffi, API mode).

setup.py builds it through `ffibuilder`; `python native/build.py` compiles it in place, in gateway/audio.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cffi import FFI

ROOT = Path(__file__).resolve().parent.parent
NATIVE = ROOT / "native"

# The bare headers are the contract: cffi reads them in this order, and so does the compiler.
CONTRACT = (
    "dtmf.h", "dtmf_gen.h", "level.h", "meter.h", "g711.h", "mix.h", "resample.h", "vad.h", "progress.h",
    "amd.h", "agc.h", "tone.h", "record.h", "tap.h", "clock.h", "wake.h", "pj.h",
)  # fmt: skip

# Portable code: nothing that a plain x86-64 or aarch64 does not have.
FLAGS = ["-O2", "-std=c11", "-Wall", "-Wextra", "-Wconversion"]

# cffi's own glue is not written to our warnings.
GLUE = """
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-compare"
#pragma GCC diagnostic ignored "-Wunused-parameter"
#include <stdint.h>
"""


def make() -> FFI:
    missing = [name for name in (*CONTRACT, "dtmf.c", "dtmf_gen.c") if not (NATIVE / name).is_file()]
    if missing:
        sys.exit(f"native/ is incomplete, cannot build the native core: {', '.join(missing)} not found")
    builder = FFI()
    for name in CONTRACT:
        builder.cdef((NATIVE / name).read_text(encoding="utf-8"))
    builder.set_source(
        "gateway.audio._ext",
        GLUE + "".join(f'#include "{name}"\n' for name in CONTRACT),
        # setuptools wants them relative to setup.py
        sources=sorted(f"native/{path.name}" for path in NATIVE.glob("*.c")),
        include_dirs=["native"],
        depends=sorted(f"native/{path.name}" for path in NATIVE.glob("*.h")),
        extra_compile_args=FLAGS,
        libraries=["m", "dl"],
    )
    return builder


def build_in_place() -> Path:
    """Compiles as setup.py does; the finished file takes the old one's place in one step."""
    audio = ROOT / "gateway" / "audio"
    with tempfile.TemporaryDirectory(dir=audio, prefix=".build-") as scratch:
        paths = ("--build-lib", scratch, "--build-temp", scratch)
        subprocess.run([sys.executable, "setup.py", "-q", "build_ext", *paths], cwd=ROOT, check=True)
        (built,) = (Path(scratch) / "gateway" / "audio").glob("_ext*.so")
        return built.replace(audio / built.name)


ffibuilder = make()

if __name__ == "__main__":
    print(build_in_place())
