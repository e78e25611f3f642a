"""One call of pjsua2: its callbacks, turned into calls of the line with plain values.

An exception must not leave a callback, for it would cross C++; it is logged and handed to the line as a fault.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any, Protocol

from gateway.line.pj import Call, pj

log = logging.getLogger(__name__)

NOT_TAKEN = 603
"""Our answer to REFER and to an INVITE with Replaces: transfers are the core's business."""


class CallSide(Protocol):
    """What a call tells the line. `leg` is the leg's id."""

    def invite_sent(self, leg: str, text: str) -> None: ...
    def call_progressed(self, leg: str, code: int, text: str) -> None: ...
    def call_confirmed(self, leg: str, text: str) -> None: ...
    def call_ended(self, leg: str, code: int, reason: str, *, fault: bool) -> None: ...
    def call_reinvited(self, leg: str, text: str) -> None: ...
    def media_changed(self, leg: str) -> None: ...
    def stream_created(self, leg: str, stream: int) -> None: ...
    def stream_destroyed(self, leg: str, stream: int, stat: Any) -> None: ...
    def info_key(self, leg: str, key: str, duration_ms: int) -> None: ...
    def callback_failed(self, leg: str, where: str, error: Exception) -> None: ...


def guarded(callback: Callable[[Any, Any], None]) -> Callable[[Any, Any], None]:
    """A callback of a LegCall that keeps its exceptions."""

    @functools.wraps(callback)
    def run(self: Any, prm: Any) -> None:
        try:
            callback(self, prm)
        except Exception as error:
            log.exception("%s of leg %s failed", callback.__name__, self.leg_id)
            self.side.callback_failed(self.leg_id, callback.__name__, error)

    return run


class LegCall(Call):  # type: ignore[misc]
    """`leg_id` names it for the line; it is known before the library makes the first callback."""

    def __init__(self, account: Any, side: CallSide, leg_id: str, call_id: int | None = None) -> None:
        super().__init__(account, pj.PJSUA_INVALID_ID if call_id is None else call_id)
        self.side, self.leg_id = side, leg_id
        self.account = account

    @guarded
    def onCallState(self, prm: Any) -> None:  # noqa: N802
        info = self.getInfo()
        if info.state == pj.PJSIP_INV_STATE_CONFIRMED:
            self.side.call_confirmed(self.leg_id, _received(prm.e))
        elif info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            code, fault = int(info.lastStatusCode), _is_fault(prm.e)
            self.side.call_ended(self.leg_id, code, str(info.lastReason), fault=fault)

    @guarded
    def onCallTsxState(self, prm: Any) -> None:  # noqa: N802
        tsx = prm.e.body.tsxState.tsx
        if tsx.method != "INVITE":
            return
        text = _received(prm.e)
        if not text:
            if tsx.role == pj.PJSIP_ROLE_UAC and prm.e.body.tsxState.type == pj.PJSIP_EVENT_TX_MSG:
                self.side.invite_sent(self.leg_id, str(prm.e.body.tsxState.src.tdata.wholeMsg))
            return
        if tsx.role == pj.PJSIP_ROLE_UAC and 100 <= tsx.statusCode < 200:
            self.side.call_progressed(self.leg_id, int(tsx.statusCode), text)
        elif tsx.role == pj.PJSIP_ROLE_UAS or tsx.statusCode < 300:
            self.side.call_reinvited(self.leg_id, text)

    @guarded
    def onCallMediaState(self, prm: Any) -> None:  # noqa: N802, ARG002
        self.side.media_changed(self.leg_id)

    @guarded
    def onStreamCreated(self, prm: Any) -> None:  # noqa: N802
        self.side.stream_created(self.leg_id, int(prm.stream))

    @guarded
    def onStreamDestroyed(self, prm: Any) -> None:  # noqa: N802
        stat = None
        try:
            stat = self.getStreamStat(int(prm.streamIdx))
        finally:
            self.side.stream_destroyed(self.leg_id, int(prm.stream), stat)

    @guarded
    def onDtmfDigit(self, prm: Any) -> None:  # noqa: N802
        if prm.method == pj.PJSUA_DTMF_METHOD_SIP_INFO:
            self.side.info_key(self.leg_id, str(prm.digit), _plausible_ms(int(prm.duration)))

    def onCallRedirected(self, prm: Any) -> int:  # noqa: N802, ARG002
        # A phone that forwards elsewhere: the leg ends with its 3xx, where to ring next is the core's business.
        return int(pj.PJSIP_REDIRECT_REJECT)

    @guarded
    def onCallTransferRequest(self, prm: Any) -> None:  # noqa: N802
        prm.statusCode = NOT_TAKEN

    @guarded
    def onCallReplaceRequest(self, prm: Any) -> None:  # noqa: N802
        prm.statusCode = NOT_TAKEN


def _received(event: Any) -> str:
    """Text of the message that caused the event; "" when no message did (a timer, our own command)."""
    if event.type == pj.PJSIP_EVENT_RX_MSG:
        return str(event.body.rxMsg.rdata.wholeMsg)
    if event.type == pj.PJSIP_EVENT_TSX_STATE and event.body.tsxState.type == pj.PJSIP_EVENT_RX_MSG:
        return str(event.body.tsxState.src.rdata.wholeMsg)
    return ""


def _is_fault(event: Any) -> bool:
    """Whether a transport that broke, or a timer, caused the event, and not a message or a command."""
    faults = (pj.PJSIP_EVENT_TRANSPORT_ERROR, pj.PJSIP_EVENT_TIMER)
    cause = event.body.tsxState.type if event.type == pj.PJSIP_EVENT_TSX_STATE else event.type
    return cause in faults


def _plausible_ms(duration: int) -> int:
    """The library gives an unsigned -1 where it has no duration."""
    return duration if 0 < duration < 60_000 else 0
