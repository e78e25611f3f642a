"""Rules of the house that a machine can keep: which way imports point, one door for each outside thing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "gateway"
FILES = sorted(PACKAGE.rglob("*.py"))

DOORS = {
    "pjsua2": "gateway/line/pj.py",
    "gateway.audio._ext": "gateway/audio/_native.py",
    "serial": "gateway/edge/serial.py",
    "aiomqtt": "gateway/edge/mqtt.py",
    "httpx": "gateway/edge/crm.py",
    "sqlite3": "gateway/edge/store_file.py",
}
IMPURE = {"asyncio", "threading", "time", "random", "logging", "os", "socket", "subprocess", "secrets", "uuid", "io"}
EDGE_SHARED = {f"gateway.edge.{name}" for name in ("lines", "mqtt", "store", "control", "crm")}


def imports(path: Path, *, at_run_time: bool = True) -> set[str]:
    found = set()
    tree = ast.parse(path.read_text())
    skipped = set()
    if at_run_time:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                skipped |= {id(child) for child in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def area(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0]


@pytest.mark.parametrize("path", [p for p in FILES if area(p) == "core"], ids=name)
def test_core_imports_nothing_impure_and_nothing_of_ours_but_errors(path: Path) -> None:
    for module in imports(path):
        if module.startswith("gateway"):
            assert module.startswith(("gateway.core", "gateway.errors")), f"{name(path)} imports {module}"
        assert module.split(".")[0] not in IMPURE, f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in FILES if area(p) == "core"], ids=name)
def test_core_awaits_nothing(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncFor | ast.AsyncWith), name(path)


@pytest.mark.parametrize("path", FILES, ids=name)
def test_one_door_for_each_outside_thing(path: Path) -> None:
    for module in imports(path):
        for outside, door in DOORS.items():
            if module == outside or module.startswith(outside + "."):
                assert name(path) == door, f"{name(path)} imports {module}; only {door} may"


@pytest.mark.parametrize("path", [p for p in FILES if area(p) in ("edge", "line", "config", "audio")], ids=name)
def test_imports_point_one_way(path: Path) -> None:
    here = area(path)
    allowed = {
        "config": ("gateway.core", "gateway.config", "gateway.errors", "gateway.shipped"),
        "audio": ("gateway.core", "gateway.audio", "gateway.errors", "gateway.config.settings"),
        "line": ("gateway.core", "gateway.audio", "gateway.line", "gateway.errors"),
        "edge": ("gateway.core", "gateway.edge", "gateway.errors", "gateway.config.settings"),
    }[here]
    for module in imports(path):
        if module.startswith("gateway."):
            assert module.startswith(allowed), f"{name(path)} imports {module}"


@pytest.mark.parametrize("path", [p for p in FILES if area(p) == "edge"], ids=name)
def test_edges_never_import_each_other(path: Path) -> None:
    mine = "gateway.edge." + path.stem
    for module in imports(path):
        if module in EDGE_SHARED:
            assert module == mine, f"{name(path)} imports {module}"


def test_a_file_fits_a_readers_head() -> None:
    long = {
        name(path): lines
        for path in [*FILES, *ROOT.glob("native/*.[ch]"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("hil_tests/*.py")]
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert not long, f"files beyond 400 lines: {long}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_nothing_waits_by_wait_for(path: Path) -> None:
    """In Python 3.11 it loses a cancellation that comes as what it waits for is done; `asyncio.timeout` does not."""
    assert "asyncio.wait_for(" not in path.read_text()
