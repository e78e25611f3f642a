"""The packages of the core, from the lowest to the highest: who is imported stands before whoever imports it."""

from __future__ import annotations

import ast

import pytest

from tests.test_architecture import FILES, PACKAGE, area, imports, name

ORDER = (
    "service_model", "line_config", "numbers", "tables",
    "facts", "events", "hours", "events_desk", "actions", "speech", "events_watch", "flow", "site",
    "kpi", "alarms", "legs", "quality", "desk", "queue", "agents", "talk", "call_back", "steps", "call", "board",
    "switchboard",
)  # fmt: skip
AGAINST = {
    "call_back.decisions -> call.call",
    "call_back.dial -> call.joining",
    "call_back.virtual -> call.joining",
    "queue.seeking -> call_back.virtual",
    "queue.stage_reasons -> agents.agents",
}
"""The only ones that do not: a client who is called back waits in the queue like a caller, and is joined like one."""
CORE = [path for path in FILES if area(path) == "core"]


def against() -> set[str]:
    """Every import at run time from a package to a higher one."""
    found = set()
    for path in CORE:
        here = ".".join(path.relative_to(PACKAGE / "core").with_suffix("").parts)
        for module in imports(path):
            parts = module.split(".")[2:]
            if not module.startswith("gateway.core.") or not (PACKAGE / "core" / parts[0]).is_dir():
                continue
            if len(parts) == 2 and ORDER.index(parts[0]) > ORDER.index(here.split(".")[0]):
                found.add(f"{here} -> {'.'.join(parts)}")
    return found


def test_every_package_has_its_place() -> None:
    tops = {path.relative_to(PACKAGE / "core").parts[0].removesuffix(".py") for path in CORE} - {"__init__"}
    assert tops == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


def test_packages_import_what_is_below_them() -> None:
    assert against() == AGAINST


@pytest.mark.parametrize("path", [path for path in CORE if path.name == "__init__.py"], ids=name)
def test_a_package_says_what_it_owns_and_nothing_else(path) -> None:
    (said,) = ast.parse(path.read_text()).body
    assert isinstance(said, ast.Expr)
    assert isinstance(said.value, ast.Constant)
    assert len(path.read_text().splitlines()) == 1
