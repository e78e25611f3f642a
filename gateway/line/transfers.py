"""Transfers that phones ask for: a REFER goes up to the core as a question, and its answer comes back as 202 or a
refusal, and as NOTIFY (RFC 3515).

pjsua would dial the target by itself, or refuse, before the core could be asked. So the REFER is taken out of PJSIP's
chain of modules before it reaches the call's own dialogue, kept until the core has decided, and answered from here. It
counts only in a dialogue of ours with a phone that we have dialled and that has answered; any other goes its usual way
and is refused.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from gateway.core.events import TransferRequested
from gateway.line.capi import PjLibrary
from gateway.line.headers import one_line
from gateway.line.legs import Leg, Legs
from gateway.line.message import SipText, address, read
from gateway.line.pj import Error, pj, why

log = logging.getLogger(__name__)

PRIORITY = 24
"""Behind transactions (16), which take out what is sent again, and before dialogues (32): sip_module.h."""
PATIENCE_S = 5.0
"""So long the core may take to decide. The phone gives up after 64 * T1 = 32 s."""
EXPIRES_S = 60
_URI_LIMIT = 250
_WORDS = {100: "Trying", 180: "Ringing", 200: "OK", 403: "Forbidden", 404: "Not Found", 480: "Temporarily Unavailable",
          482: "Loop Detected", 486: "Busy Here", 487: "Request Terminated", 491: "Request Pending",
          503: "Service Unavailable", 603: "Decline"}  # fmt: skip


@dataclass(slots=True, eq=False)
class _Refer:
    """One REFER that is being dealt with. `rdata` is our copy of it, 0 when it was answered."""

    rdata: int
    event: str
    """Of the NOTIFYs."""
    cseq: str
    came_at: float


class Transfers:
    """`asks()`: whether a control process is there to decide."""

    def __init__(
        self, library: PjLibrary, legs: Legs, emit: Callable[[TransferRequested], None], asks: Callable[[], bool]
    ) -> None:
        self._library, self._legs, self._emit, self._asks = library, legs, emit, asks
        self._module = 0
        self._open: dict[str, _Refer] = {}
        """By leg."""
        self._seen: dict[str, int] = {}
        """Leg -> how many REFERs it has sent."""

    def stand(self) -> None:
        """Begin to watch; for as long as the endpoint lives."""
        self._module = self._library.watch_requests("gateway-transfers", self._on_request, priority=PRIORITY)

    def tell(self, leg: Leg, code: int, reason: str) -> bool:
        """The core's word on the leg's transfer; False when it has asked for none. Raises pj.Error."""
        refer = self._open.get(leg.id)
        if refer is None:
            return False
        if refer.rdata:
            self._answer(refer, 202 if code < 300 else code, reason)
            if code >= 300:
                self._forget(leg.id)
                return True
        self._notify(leg, refer, code)
        if code >= 200:
            self._forget(leg.id)
        return True

    def leg_over(self, leg: Leg) -> None:
        """Nobody is left to be told."""
        refer = self._open.get(leg.id)
        if refer is not None and refer.rdata:
            self._answer(refer, 481, "")
        self._forget(leg.id)
        self._seen.pop(leg.id, None)

    def turn(self) -> None:
        """In each turn of the loop: what the core does not decide is refused."""
        for leg_id, refer in tuple(self._open.items()):
            if refer.rdata and (time.monotonic() - refer.came_at > PATIENCE_S or not self._asks()):
                self._answer(refer, 480, "")
                self._forget(leg_id)

    @property
    def waits(self) -> bool:
        """Whether a REFER has not been answered yet."""
        return any(refer.rdata for refer in self._open.values())

    def _on_request(self, rdata: int) -> bool:
        try:
            return " REFER/" in self._library.info(rdata) and self._take(rdata)
        except Exception:
            # Nothing may be raised into PJSIP; pjsua then refuses it.
            log.exception("a REFER could not be dealt with")
            return False

    def _take(self, rdata: int) -> bool:
        message = read(self._library.text(rdata))
        leg = self._whose(message)
        if leg is None or not self._asks():
            return False
        cseq = message.first("cseq")
        known = self._open.get(leg.id)
        if known is not None and known.cseq == cseq:
            return True  # sent again before the core has decided
        if known is not None:
            self._library.respond(rdata, 491, _WORDS[491], (), module=self._module)
            return True
        target, _, headers = address(message.first("refer-to")).uri.partition("?")
        if not target:
            self._library.respond(rdata, 400, "Bad Refer-To", (), module=self._module)
            return True
        copy = self._library.keep_request(rdata)
        if not copy:
            return False
        count = self._seen[leg.id] = self._seen.get(leg.id, 0) + 1
        event = "refer" if count == 1 else f"refer;id={cseq.split(' ', maxsplit=1)[0]}"
        self._open[leg.id] = _Refer(copy, event, cseq, time.monotonic())
        log.info("leg %s asks for a transfer", leg.id)
        replaces = self._replaced(headers)
        self._emit(TransferRequested(leg=leg.id, target=one_line(target, _URI_LIMIT), replaces=replaces))
        return True

    def _whose(self, message: SipText) -> Leg | None:
        """The leg in whose dialogue the request came (RFC 3261, 12.2.2)."""
        ours = address(message.first("to")).params.get("tag", "")
        theirs = address(message.first("from")).params.get("tag", "")
        return self._of_dialogue(message.first("call-id"), ours, theirs, only_dialled=True)

    def _of_dialogue(self, call_id: str, ours: str, theirs: str, *, only_dialled: bool) -> Leg | None:
        for leg in self._legs:
            dialog = leg.dialog
            if dialog is None or leg.over or leg.state != "answered" or (only_dialled and leg.direction != "out"):
                continue
            if (dialog.sip_call_id, dialog.local_tag, dialog.remote_tag) == (call_id, ours, theirs) and ours:
                return leg
        return None

    def _replaced(self, headers: str) -> str:
        """The leg that a Replaces among the headers of Refer-To names; its to-tag is ours (RFC 3891, 3)."""
        named = replaces_of(headers)
        if named is None:
            return ""
        call_id, to_tag, from_tag = named
        leg = self._of_dialogue(call_id, to_tag, from_tag, only_dialled=False)
        return leg.id if leg is not None else "?"

    def _answer(self, refer: _Refer, code: int, reason: str) -> None:
        rdata, refer.rdata = refer.rdata, 0
        words = "Accepted" if code == 202 else _WORDS.get(code, one_line(reason, 60) or "Refused")
        headers = (("Reason", f'SIP;cause={code};text="{one_line(reason, 60)}"'),) if reason and code >= 300 else ()
        status = self._library.respond(rdata, code, words, headers, module=self._module)
        self._library.drop_request(rdata)
        if status != 0:
            log.warning("a REFER could not be answered with %d: PJSIP status %d", code, status)

    def _notify(self, leg: Leg, refer: _Refer, code: int) -> None:
        prm = pj.CallSendRequestParam()
        prm.method = "NOTIFY"
        state = f"active;expires={EXPIRES_S}" if code < 200 else "terminated;reason=noresource"
        for name, value in (("Event", refer.event), ("Subscription-State", state)):
            header = pj.SipHeader()
            header.hName, header.hValue = name, value
            prm.txOption.headers.append(header)
        prm.txOption.contentType = "message/sipfrag;version=2.0"
        prm.txOption.msgBody = f"SIP/2.0 {code} {_WORDS.get(code, 'Refused')}\r\n"
        try:
            leg.sip.sendRequest(prm)
        except Error as error:
            log.info("leg %s cannot be told of its transfer: %s", leg.id, why(error))

    def _forget(self, leg_id: str) -> None:
        refer = self._open.pop(leg_id, None)
        if refer is not None and refer.rdata:
            self._library.drop_request(refer.rdata)


def replaces_of(headers: str) -> tuple[str, str, str] | None:
    """(Call-ID, to-tag, from-tag) of a Replaces among URI headers ("Replaces=...&Require=..."); None without one."""
    for part in headers.split("&"):
        name, _, value = part.partition("=")
        if unquote(name).strip().lower() == "replaces":
            call_id, *params = unquote(value).split(";")
            tags = dict(param.strip().partition("=")[::2] for param in params)
            return call_id.strip(), tags.get("to-tag", ""), tags.get("from-tag", "")
    return None
