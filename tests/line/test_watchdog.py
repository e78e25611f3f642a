"""A loop that hangs ends its process, with a word about where; one that turns does not."""

from __future__ import annotations

import subprocess
import sys

import pytest

HANGS = """
import time
from gateway.line.watchdog import Watchdog
dog = Watchdog(limit_s=0.5)
dog.turn()
def the_place_where_it_hangs():
    time.sleep(60)
the_place_where_it_hangs()
"""
TURNS = """
import time
from gateway.line.watchdog import Watchdog
dog = Watchdog(limit_s=2)
until = time.monotonic() + 5
while time.monotonic() < until:
    dog.turn()
    time.sleep(0.01)
dog.close()
print("in good order")
"""


def run(program):
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=False)


def test_a_loop_that_hangs_ends_its_process_and_says_where():
    ended = run(HANGS)
    assert ended.returncode != 0
    assert "the_place_where_it_hangs" in ended.stderr


@pytest.mark.alone  # on a machine that stands still it does not turn
def test_a_loop_that_turns_goes_on():
    assert run(TURNS).stdout == "in good order\n"
