"""What is different between two versions, as lines that a person (or `patch`) can read."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def differences(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[str]:
    """A unified diff of every text that is not the same; what is no text is named. Without line ends."""
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        left, right = _lines(old), _lines(new)
        if left is None or right is None:
            yield f"{name}: {_what(old, new)}, {len(new or old or b'')} bytes"
            continue
        yield from difflib.unified_diff(
            left,
            right,
            f"a/{name}" if old is not None else "/dev/null",
            f"b/{name}" if new is not None else "/dev/null",
            lineterm="",
        )


def _lines(data: bytes | None) -> list[str] | None:
    if data is None:
        return []
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        return None


def _what(old: bytes | None, new: bytes | None) -> str:
    if old is None:
        return "new"
    return "gone" if new is None else "another one"
