"""A fact with its place in the journal: what readers of the journal (figures, MQTT, command line) are given.

`seq` counts all facts of one journal without a gap, `kind_seq` the facts of one kind without a gap, so that
who follows a single kind can prove to have everything, too.
"""

from __future__ import annotations

import msgspec

from gateway.core.facts.all import AnyFact

_decoder: msgspec.json.Decoder[AnyFact] = msgspec.json.Decoder(AnyFact)


class JournalRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row. `body` is the fact as JSON, `at` and `call` repeat its own fields."""

    seq: int
    kind: str
    kind_seq: int
    at: float
    call: str
    body: str

    def fact(self) -> AnyFact | None:
        """The fact itself; None for one that a newer version of the gateway wrote and this one does not know."""
        try:
            return _decoder.decode(self.body)
        except msgspec.ValidationError:
            return None
