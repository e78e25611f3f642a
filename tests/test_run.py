"""What `make test` says of its two parts: nothing that failed is lost on the way, nor a part that broke off."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression

from tests import run

GOOD = "def test_a(): pass\ndef test_b(): pass\n"
MIXED = """
import pytest

class TestOf:
    def test_bad(self): assert 1 + 1 == 3, "sums are off"

@pytest.fixture
def broken(): raise RuntimeError("no such thing")

def test_needs(broken): pass
def test_not_here(): pytest.skip("no such machine")
def test_good(): pass
"""
DIES = "import os\ndef test_dies(): os._exit(7)\n"


@pytest.fixture
def part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Runs one part that consists of this file."""
    monkeypatch.setattr(run, "REPORTS", tmp_path)

    def ran(text: str, *more: str) -> run.Part:
        file = tmp_path / "test_it.py"
        file.write_text(text)
        made = run.Part("it", "a part", (str(file), "-p", "no:cacheprovider", f"--rootdir={tmp_path}", *more))
        made.run()
        return made

    return ran


def test_a_good_part(part, capfd):
    made = part(GOOD)
    assert made.good
    assert made.lines == []
    assert made.told().startswith("a part")
    assert "2 passed in 0 min" in made.told()


@pytest.mark.parametrize("more", [(), ("-n", "2", "--dist", "worksteal")], ids=["one by one", "side by side"])
def test_each_that_is_not_good_is_told_with_its_reason(part, more, capfd):
    made = part(MIXED, *more)
    assert not made.good
    assert made.lines == [
        'ERROR   test_it.py::test_needs - failed on setup with "RuntimeError: no such thing"',
        "FAILED  test_it.py::TestOf::test_bad - AssertionError: sums are off",
        "SKIPPED test_it.py::test_not_here - no such machine",
    ]
    assert "1 passed, 1 failed, 1 errors, 1 skipped in" in made.told()


@pytest.mark.parametrize("more", [(), ("-n", "2", "--dist", "worksteal")], ids=["one by one", "side by side"])
def test_a_process_that_dies_is_no_good(part, more, capfd):
    made = part(DIES, *more)
    assert not made.good
    assert made.lines


def test_nothing_to_run_is_no_good(part, capfd):
    made = part("x = 1\n")
    assert not made.good
    assert "nothing was run, exit status 5" in made.told()


def test_each_test_of_the_default_run_is_in_one_part():
    """Whatever its marks are; `pytest` alone takes what is not long."""
    marks = ("sip", "alone", "slow", "long")
    for some in (set(some) for n in range(len(marks) + 1) for some in combinations(marks, n)):
        chosen = [
            Expression.compile(part.options[part.options.index("-m") + 1]).evaluate(
                lambda name, some=some: name in some
            )
            for part in run.parts()
        ]
        assert sum(chosen) == ("long" not in some), (some, chosen)
