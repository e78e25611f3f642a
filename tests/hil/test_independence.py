"""What judges the gateway shares no code with it: the bench none at all, the demo's parties only the error types."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OWN_MEANS = ("pcm", "voice", "hearing", "trace", "parties", "ports", "subscriber", "verdicts", "timeline", "figures")


def imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
    return names


@pytest.mark.parametrize("path", sorted((ROOT / "hil_tests").glob("*.py")), ids=lambda path: path.name)
def test_the_bench_uses_no_code_of_the_box(path):
    assert not [name for name in imported(path) if name.split(".")[0] in ("gateway", "tests", "pjsua2")]


@pytest.mark.parametrize("module", OWN_MEANS)
def test_the_demos_parties_and_judges_have_means_of_their_own(module):
    names = imported(ROOT / "gateway" / "demo" / f"{module}.py")
    assert not [
        name for name in names if name.startswith("gateway") and not name.startswith(("gateway.demo", "gateway.errors"))
    ]


def test_the_demo_needs_no_tests():
    for path in (ROOT / "gateway" / "demo").glob("*.py"):
        assert not [name for name in imported(path) if name.split(".")[0] in ("tests", "hil_tests")], path
