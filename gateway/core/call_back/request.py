"""How a call-back comes to be that nobody asked for: callers who were cut off while they waited. And who is on the
telephone by himself just now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.facts.desk import CallBackRequested
from gateway.core.flow.queue_order import PRIORITY
from gateway.core.numbers import is_dialable
from gateway.core.talk import recordings

if TYPE_CHECKING:
    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.desk.call_backs import Progress
    from gateway.core.facts.calls import CallEnded, CallRecord, QueueLeft


def cut_off(ex: Exchange, fact: QueueLeft) -> None:
    """A contact was lost in the queue. While its call is up it is known who it is, else by the end of this turn."""
    call = ex.calls.get(fact.call)
    if call is None:
        ex.virtual.cut_off[fact.call] = None
    else:
        _request(ex, call.story.record, fact.at - fact.wait_s, call.language, call.story.priority)


def cut_off_ended(ex: Exchange, fact: CallEnded) -> None:
    """A call has ended, perhaps one of those."""
    if fact.call in ex.virtual.cut_off:
        del ex.virtual.cut_off[fact.call]
        record = fact.record
        client = ex.site.clients.get(record.client)
        since = fact.at if record.queued_at is None else record.queued_at
        own = client.priority if client is not None else None
        language = client.language if client is not None else ""
        _request(ex, record, since, language, PRIORITY if own is None else own)


def on_the_telephone(ex: Exchange, progress: Progress, *, but: Call | None = None) -> bool:
    """Whether the client is: in the call in which he asked for it, in another from the same number, or in one that the
    box has made, `but` one that has not dialled him yet."""
    requested = progress.requested
    others = [call for call in ex.calls.values() if call is not but]
    return any(call.id == requested.call or call.values.get("caller") == requested.number for call in others)


def on_a_line_not_back(ex: Exchange, progress: Progress) -> bool:
    """Whether the client may be: the journal knows of a call with that number, on a line that has not greeted yet."""
    number = progress.requested.number
    records = (story.record for stories in ex.recovered.values() for story in stories.values())
    return any(number in {record.caller, record.called} for record in records)


def _request(ex: Exchange, record: CallRecord, since: float, language: str, priority: int) -> None:
    """As if the caller had asked. Nobody is called twice for one number, and nobody who does not want it."""
    client = ex.site.clients.get(record.client)
    refuses = client is not None and client.do_not_call_back
    if record.draft or record.withheld or not is_dialable(record.caller) or refuses:
        return
    if any(not progress.given_up for progress in ex.desk.call_back_book.of_number(record.caller)):
        return
    now = ex.turn.now
    to_manager = client is not None and record.manager == client.manager
    ex.turn.note(
        CallBackRequested(
            at=now,
            call=record.call,
            call_back=f"{recordings.safe_name(record.call)}.cut",
            number=record.caller,
            whose="agent" if to_manager else "team",
            to=record.manager if to_manager else record.team,
            client=record.client,
            area=record.area,
            waiting_since=since,
            due_at=now + recordings.DUE_S,
            language=language,
            priority=priority,
            cut_off=True,
        )
    )
