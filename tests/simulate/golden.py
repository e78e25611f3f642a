"""Texts that people read, kept as files.

To write new ones after a wished change: GATEWAY_GOLDEN=write pytest tests/simulate
Then read them.
"""

from __future__ import annotations

import os


def same_as_golden(told, path):
    if os.environ.get("GATEWAY_GOLDEN") == "write":
        path.write_text(told)
    assert told == path.read_text()
