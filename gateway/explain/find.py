"""Which call is meant: an id, a unique beginning of one, or `last`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.problems import nearest
from gateway.core.facts.calls import CallStarted
from gateway.errors import SettingError

if TYPE_CHECKING:
    from gateway.edge.store import JournalReader

LAST = "last"
SHOWN = 5
LATEST = 1000
"""So many of the latest calls are looked through for an id that is nearly the one that was typed."""


def find(journal: JournalReader, text: str) -> str:
    """The id of the call. Raises SettingError, naming the calls that may be meant; StoreError for the journal."""
    text = text.strip()
    latest = latest_calls(journal)
    if text == LAST:
        if not latest:
            raise SettingError(f"{journal.path}: no call is in this journal yet")
        return latest[0]
    if text and journal.facts_of(text):
        return text
    among = journal.calls_like(text, SHOWN + 1) if text else ()
    if len(among) == 1:
        return among[0]
    if among:
        more = ", ..." if len(among) > SHOWN else ""
        raise SettingError(f"'{text}' begins several calls: {', '.join(among[:SHOWN])}{more}; type more of it")
    near = nearest(text, latest)
    if near:
        raise SettingError(f"there is no call '{text}' in this journal; did you mean {near}?")
    known = f"the latest are {', '.join(latest[:SHOWN])}" if latest else "it has none yet"
    raise SettingError(f"there is no call '{text}' in this journal; {known}")


def latest_calls(journal: JournalReader) -> tuple[str, ...]:
    """Ids of the latest calls, the last one first."""
    started = journal.last_of(CallStarted.__name__, LATEST)
    return tuple(dict.fromkeys(fact.call for fact in reversed(started)))
