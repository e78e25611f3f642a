"""What a box has loaded by the time it is ready is not looked through again, and what comes later still is."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gateway.shipped import example_site

ROOT = Path(__file__).resolve().parents[1]
BOX = """
import gc, sys, weakref
from pathlib import Path
from gateway.box.run import run_site
from gateway.config.load import load_site
from msgspec.structs import replace

class Ring:
    pass

def ready(app):
    ring = Ring()
    ring.itself, seen = ring, weakref.ref(ring)
    del ring
    held = sum(value is app.board for value in gc.get_objects())
    gc.collect()
    print(gc.get_freeze_count(), held, seen() is None)
    app.stop()

settings = load_site(Path(sys.argv[1]))
run_site(replace(settings, broker=None, sip=replace(settings.sip, bind="127.0.0.1", port=0)), Path(sys.argv[2]),
         on_ready=ready)
"""


def test_a_box_that_is_ready_is_settled(tmp_path):
    ran = subprocess.run(
        [sys.executable, "-c", BOX, str(example_site()), str(tmp_path / "state")],
        check=False, cwd=ROOT, capture_output=True, text=True, timeout=240,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    settled, held, freed = ran.stdout.split()
    assert int(settled) > 10_000  # its libraries alone are several times that
    assert (held, freed) == ("0", "True")
