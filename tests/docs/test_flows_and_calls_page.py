"""docs/flows-and-calls.md is true: its commands exist with these options, and it says what a replay assumes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from gateway.cli.main import app

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "flows-and-calls.md").read_text("utf-8")
COMMANDS = re.findall(r"^    gateway (\w+)(.*?)(?: {2,}#.*)?$", PAGE, re.MULTILINE)
KNOWN = get_command(app).commands


@pytest.mark.parametrize(("name", "words"), COMMANDS)
def test_options_exist(name, words):
    options = {option for parameter in KNOWN[name].params for option in parameter.opts}
    assert set(re.findall(r"--\w+", words)) <= options


def test_every_option_is_on_the_page():
    assert {name for name, _ in COMMANDS} == {"graph", "explain", "replay"}
    for name in ("graph", "explain", "replay"):
        for parameter in KNOWN[name].params:
            for option in parameter.opts:
                if option.startswith("--") and option not in {"--help", "--state"}:
                    assert option in PAGE, f"gateway {name} {option}"
