"""What gateway.yaml says of what callers leave: the boxes of voicemail, and how long recordings are kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.fields import Section, clean, shown
from gateway.config.network import NAME

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.problems import Problems

KEEP_DAYS_MAX = 3650
_KEEP = "a number of days such as 30 days, or forever"
_DAYS = re.compile(r"([0-9]{1,4}) ?days?")


def read_boxes(root: Section, problems: Problems, taken: Collection[str] | None) -> tuple[str, ...] | None:
    """`boxes: [orders, complaints]`. `taken` are the names of teams and agents, which have a box already; None: not
    known. None when the list cannot be read."""
    found: dict[str, None] = {}
    before = len(problems)
    for node in root.words("boxes", expected="a list such as [orders, complaints]"):
        name = clean(node.value)
        if not NAME.fullmatch(name):
            problems.add(node.place, f"'{shown(name)}' cannot be a name", expected="letters, digits, - and _")
        elif name in found or name in (taken or ()):
            which = "stands twice" if name in found else "is a team or an agent, which have a box of their own"
            problems.add(node.place, f"the box '{name}' {which}", hint="delete it")
        found[name] = None
    return tuple(found) if len(problems) == before or found else None


def read_keep(root: Section, problems: Problems) -> int:
    """`recordings: {keep: 30 days}`, in days; 0: for ever."""
    node = root.mapping("recordings", expected=f"keep: and {_KEEP}")
    if node is None:
        return 0
    section = Section(node, problems, "'recordings'", root.key_place("recordings"))
    keep = section.scalar("keep", expected=_KEEP, needed=True)
    section.done()
    if keep is None or clean(keep.value) == "forever":
        return 0
    found = _DAYS.fullmatch(clean(keep.value))
    if found is None or not 1 <= int(found[1]) <= KEEP_DAYS_MAX:
        problems.add(keep.place, f"'{shown(keep.value)}' cannot be read as 'keep'", expected=_KEEP)
        return 0
    return int(found[1])
