"""Facts with the telephone numbers of persons masked. Our own numbers (`called`) stay as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import msgspec

from gateway.core.facts.all import AnyFact
from gateway.core.numbers import mask

if TYPE_CHECKING:
    from collections.abc import Iterable

NUMBER = re.compile(r"\+?[0-9]{7,15}")
"""What may be a person's number; short codes and client numbers are shorter."""
OURS = frozenset({"called", "call", "leg", "sip_call_id", "case", "site_version", "version", "recording", "message"})
"""Fields that never hold a person's number."""


def masked(facts: Iterable[AnyFact]) -> tuple[AnyFact, ...]:
    """The same facts, safe to be shown."""
    return tuple(msgspec.convert(_masked(msgspec.to_builtins(fact)), AnyFact) for fact in facts)


def _masked(value: Any, field: str = "") -> Any:
    match value:
        case str():
            return mask(value) if field not in OURS and NUMBER.fullmatch(value) else value
        case dict():
            return {name: _masked(inner, name) for name, inner in value.items()}
        case list() | tuple():
            return [_masked(inner, field) for inner in value]
        case _:
            return value
