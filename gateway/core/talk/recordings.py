"""Recordings as the core sees them: begun and ended by actions and events, told by facts. The line makes the files.

What is open stands in the call's story, so it outlives this program: a message that was being left when the box was
started anew is ended then and counts, and one whose line died counts as far as its file goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gateway.core.actions import StartRecording, StopRecording
from gateway.core.events import Recorded
from gateway.core.facts.desk import MessageLeft, RecordingEnded, RecordingStarted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.call import Call
    from gateway.core.call.record import Story
    from gateway.core.facts.all import AnyFact
    from gateway.core.facts.desk import RecordingEnd, Whose

FOLDER = "recordings"
"""In the state folder."""
DUE_S = 24 * 3600.0
"""A message wants an answer by then: what most callers expect of voicemail."""
CONVERSATION_MAX_S = 4 * 3600.0
"""A conversation that is longer is not recorded to its end: 4 h of stereo are 460 MB."""


def start_message(call: Call, *, whose: Whose, to: str, longest_s: float, shortest_s: float) -> None:
    """Record what the caller says from now on."""
    recording = _new(call)
    fact = RecordingStarted(
        at=call.now,
        call=call.id,
        recording=recording,
        file=f"{FOLDER}/{recording}.wav",
        purpose="message",
        whose=whose,
        to=to,
        shortest_s=shortest_s,
    )
    call.note(fact)
    call.order(StartRecording(leg=call.id, recording=recording, file=fact.file, longest_s=longest_s))


def start_talk(call: Call) -> None:
    """Record a talk that has begun, if the caller agreed and the client may be recorded at all."""
    client, talk = call.client, call.talk
    if not call.story.consent or talk is None or (client is not None and client.do_not_record):
        return
    recording = _new(call)
    fact = RecordingStarted(
        at=call.now,
        call=call.id,
        recording=recording,
        file=f"{FOLDER}/{recording}.wav",
        purpose="conversation",
        agent=talk.agent,
        team=talk.team,
        client=call.story.record.client,
        draft=call.draft,
    )
    call.note(fact)
    call.order(
        StartRecording(
            leg=call.id, recording=recording, file=fact.file, other=talk.leg.id, longest_s=CONVERSATION_MAX_S
        )
    )


def stop_talk(call: Call) -> None:
    """The talk is over, whoever ended it."""
    for started in call.story.recordings.values():
        if started.purpose == "conversation":
            stop(call, started.recording)


def message_of(call: Call) -> str:
    """The message that is being recorded; empty when none is."""
    return next((f.recording for f in call.story.recordings.values() if f.purpose == "message"), "")


def stop(call: Call, recording: str) -> None:
    """End it; `Recorded` tells what came of it."""
    call.order(StopRecording(leg=call.id, recording=recording))


def ended(ex: Exchange, event: Recorded) -> None:
    """A line tells that a recording is over."""
    call = ex.calls.get(event.leg)
    started = call.story.recordings.get(event.recording) if call is not None else None
    if call is None or started is None:
        return
    measured = event.how != "lost"
    _close(
        ex,
        call.story,
        started,
        how=event.how,
        reason=event.reason,
        length_s=event.length_ms / 1000 if measured else None,
        sound_s=event.sound_ms / 1000 if event.sound_ms is not None else None,
        level_dbm0=event.level_dbm0,
    )
    if call.state == "flow" and call.leaving is None:
        call.walk.told(event)


def is_message(started: RecordingStarted, ended: RecordingEnded) -> bool:
    """Whether somebody has said something. Of a file that nobody could measure it is taken for granted."""
    if ended.length_s is None:
        return True
    sound_s = ended.length_s if ended.sound_s is None else ended.sound_s
    return ended.length_s >= started.shortest_s and sound_s >= started.shortest_s


def refused(ex: Exchange, leg: str, how: Literal["failed", "lost"], reason: str, *, leg_gone: bool) -> None:
    """The line could not start what it was told ("failed"), or knows nothing of it any more ("lost": it ended while
    nobody listened, and the file is there): all that was open on this leg is over. `leg_gone`: somebody hung up in the
    same moment, which is no trouble with recordings."""
    trouble = ex.recording_trouble
    call = ex.calls.get(leg)
    for started in list(call.story.recordings.values()) if call is not None else ():
        ended(ex, Recorded(leg=leg, recording=started.recording, how=how, reason=reason))
    if leg_gone:
        ex.recording_trouble = trouble


def stop_left_over(call: Call) -> None:
    """After a restart: messages whose step is no more are ended; conversations go on with their talk."""
    recording = message_of(call)
    if recording:
        stop(call, recording)


def close_all(ex: Exchange, story: Story) -> None:
    """The call is over and the line has not told of these."""
    for started in list(story.recordings.values()):
        _close(ex, story, started, how="lost")


def _close(
    ex: Exchange,
    story: Story,
    started: RecordingStarted,
    *,
    how: RecordingEnd,
    reason: str = "",
    length_s: float | None = None,
    sound_s: float | None = None,
    level_dbm0: float | None = None,
) -> None:
    end = RecordingEnded(
        at=ex.turn.now,
        call=story.record.call,
        recording=started.recording,
        file=started.file,
        how=how,
        length_s=length_s,
        sound_s=sound_s,
        level_dbm0=level_dbm0,
        reason=reason,
    )
    for fact in _told(story, started, end):
        story.apply(fact)
        ex.turn.note(fact)
    ex.recording_trouble = (ex.turn.now, reason) if how == "failed" else None


def _told(story: Story, started: RecordingStarted, end: RecordingEnded) -> Iterator[AnyFact]:
    yield end
    if started.purpose != "message" or not is_message(started, end):
        return
    yield MessageLeft(
        at=end.at,
        call=end.call,
        message=started.recording,
        whose=started.whose,
        to=started.to,
        file=started.file,
        length_s=end.length_s,
        client=story.record.client,
        caller=story.record.caller,
        queued=story.gave_up,
        due_at=end.at + DUE_S,
        draft=story.record.draft,
    )


def _new(call: Call) -> str:
    """Numbered within the call."""
    return f"{safe_name(call.id)}.{call.story.recorded + 1}"


def safe_name(call: str) -> str:
    """The id of a call, which is unique for ever, as a name that leads out of no folder."""
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "_" for c in call)
