"""Made-up facts of what callers leave, for the examples of docs/mqtt.md."""

from __future__ import annotations

from gateway.core.facts.all import AnyFact
from gateway.core.facts.desk import (
    CallBackClosed,
    CallBackRequested,
    CaseAnswered,
    CaseAsked,
    CaseBreached,
    CaseClosed,
    CaseOpened,
    CaseReopened,
    CaseWarned,
    ConsentGiven,
    ConsentRefused,
    MessageDone,
    MessageLeft,
    RecordingDeleted,
    RecordingEnded,
    RecordingStarted,
    SurveyAnswered,
)

T = 1_795_420_800.0


def left_behind() -> list[AnyFact]:
    """One of each kind, all about one call after the office's hours."""
    call = "line1-6f1c2a-23"
    message = {"call": call, "file": f"recordings/{call}.1.wav"}
    return [
        RecordingStarted(
            at=T + 141, **message, recording=f"{call}.1", purpose="message", whose="agent", to="anna", shortest_s=2.0
        ),
        RecordingEnded(
            at=T + 152, **message, recording=f"{call}.1", how="stopped", length_s=11.0, sound_s=9.4, level_dbm0=-21.5
        ),
        MessageLeft(
            at=T + 152,
            **message,
            message=f"{call}.1",
            whose="agent",
            to="anna",
            length_s=11.0,
            client="1001",
            caller="+48601000101",
            queued=True,
            due_at=T + 152 + 86400,
        ),
        MessageDone(at=T + 153, message=f"{call}.1", who="anna"),
        ConsentGiven(at=T + 140, call=call, step="consent", client="1001"),
        ConsentRefused(at=T + 140, call=call, step="consent", reason="no_input"),
        SurveyAnswered(
            at=T + 141,
            call=call,
            kind="csat",
            score=5,
            step="how_was_it",
            client="1001",
            manager="anna",
            agent="anna",
            team="care",
        ),
        CallBackRequested(
            at=T + 142,
            call=call,
            call_back=f"{call}.b1",
            number="+48601000101",
            whose="agent",
            to="anna",
            client="1001",
            area="invoices",
            waiting_since=T + 20,
            queued=True,
            due_at=T + 142 + 86400,
        ),
        CallBackClosed(at=T + 153, call_back=f"{call}.b1", result="reached", who="anna"),
        CaseOpened(
            at=T + 143,
            call=call,
            case="10008",
            kind="complaint",
            whose="agent",
            to="anna",
            client="1001",
            caller="+48601000101",
            warn_at=T + 143 + 7200,
            resolve_by=T + 143 + 10800,
        ),
        CaseAsked(at=T + 144, call=call, step="which_case", case="10008", open=True),
        CaseAnswered(at=T + 145, call=call, case="10008", agent="anna", first_response_s=2.0),
        CaseWarned(at=T + 146, case="10008", resolve_by=T + 143 + 10800),
        CaseBreached(at=T + 147, case="10008", resolve_by=T + 143 + 10800),
        CaseClosed(at=T + 148, case="10008", resolution_s=5.0, who="anna"),
        CaseReopened(at=T + 149, case="10008", who="anna"),
        RecordingDeleted(at=T + 154, file="recordings/line1-3e9d01-4.1.wav", recorded_at=T - 31 * 86400),
    ]
