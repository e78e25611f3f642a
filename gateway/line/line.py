"""The line: what its calls, accounts and taps tell, turned into events; the legs, from first message to freed.

Everything here runs on the loop thread, most of it inside PJSIP's callbacks.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from itertools import count
from typing import Any

import msgspec

from gateway.audio.tap import connect, disconnect, unwatch_stream
from gateway.core import events
from gateway.core.actions import Reconfigure
from gateway.core.events import EndedBy, LineEvent
from gateway.core.line_config import LineConfig, Trunk
from gateway.core.numbers import mask
from gateway.errors import GatewayError
from gateway.line import dialogs
from gateway.line.accounts import GatewayAccount, resolve_host, rtp_shares, trunk_addresses, trunk_config
from gateway.line.call import LegCall
from gateway.line.clips import Clips
from gateway.line.connections import Connections
from gateway.line.endings import Endings
from gateway.line.endpoint import LineEndpoint
from gateway.line.headers import one_line
from gateway.line.identity import identify
from gateway.line.keys import Keys
from gateway.line.legs import Leg, Legs
from gateway.line.media_sockets import MediaSockets
from gateway.line.message import address, read
from gateway.line.pj import pj, why
from gateway.line.recordings import Recordings
from gateway.line.sounds import Sounds
from gateway.line.transfers import Transfers
from gateway.line.trunks import Trunks

log = logging.getLogger(__name__)

_REASON_LIMIT = 200


class Line:
    """Implements CallSide and AccountSide."""

    def __init__(
        self, config: LineConfig, endpoint: LineEndpoint, boot: str, emit: Callable[[LineEvent], None]
    ) -> None:
        self.config, self.endpoint, self.boot = config, endpoint, boot
        self.emit = emit
        self.legs = Legs()
        self.connections = Connections(_quietly(connect), _quietly(disconnect))
        self.keys = Keys(self.legs, emit)
        self.sounds = Sounds(self.connections, self.keys.from_tap, emit, inband_dtmf=config.inband_dtmf)
        self.keys.sounds = self.sounds
        self.recordings = Recordings(config.data_dir, self.sounds, emit)
        self.endings = Endings(
            config.line,
            legs=self.legs,
            library=endpoint.library,
            connections=self.connections,
            sounds=self.sounds,
            emit=emit,
            alone=lambda: not self.control_up,
        )
        self.transfers = Transfers(endpoint.library, self.legs, emit, lambda: self.control_up)
        self.endings.before_report = self.transfers.leg_over
        self.clips = Clips(config.clips_dir)
        self.callers_max = min(config.callers_max or max(1, endpoint.legs_max // 2), endpoint.legs_max)
        self.media_sockets = MediaSockets(config.rtp_port, config.rtp_ports)
        self.control_up = False
        self.closing = False
        self._numbers = count(1)
        self._shares = rtp_shares(config.rtp_port, config.rtp_ports, endpoint.legs_max)
        self._trunks_made = count(1)
        self.trunks = Trunks(self._trunk_account, self._carries_calls)
        self._trunk_at = trunk_addresses(config.trunks, resolve_host)

    # -- what a control process is greeted with

    def greeting(self) -> list[LineEvent]:
        """LineUp with every leg, the dialogues of those that have one, and how the trunks are."""
        self.endings.settle()
        up = events.LineUp(
            line=self.config.line,
            boot=self.boot,
            legs_max=self.endpoint.legs_max,
            callers_max=self.callers_max,
            codecs=self.endpoint.codecs,
            listening=self.endpoint.listening,
            legs=tuple(leg.snapshot() for leg in self.legs),
            version=self.endpoint.version,
            tls=self.endpoint.tls,
        )
        known = [leg.dialog for leg in self.legs if leg.dialog is not None and not leg.over]
        return [up, *known, *self.trunks.told.values()]

    def refusal(self) -> str:
        """Why no further caller can be taken now; "" when one can."""
        self.endings.settle()
        if self.closing:
            return "the line is shutting down"
        if not self.control_up:
            return "no control process"
        if self.legs.callers >= self.callers_max:
            return "no leg is free: as many callers as the line takes"
        if self.legs_used() >= self.endpoint.legs_max:
            return "no leg is free"
        return ""

    def legs_used(self) -> int:
        return len(self.endpoint.library.calls_in_use())

    def new_leg_id(self) -> str:
        return f"{self.config.line}-{self.boot}-{next(self._numbers)}"

    # -- accounts

    def call_came(self, account: GatewayAccount, call_id: int, text: str, source: str) -> None:
        self.endings.free_slot(call_id)
        message = read(text)
        who = identify(message)
        leg_id = self.new_leg_id()
        leg = Leg(
            id=leg_id,
            call=leg_id,
            direction="in",
            state="offered",
            sip=LegCall(account, self, leg_id, call_id),
            slot=call_id,
            caller=who.caller,
            caller_name=who.caller_name,
            called=who.called,
            invite=text,
            offered_at=time.monotonic(),
        )
        self.legs.add(leg)
        self.media_sockets.shut_new()
        log.info("leg %s: a call from %s to %s", leg_id, mask(who.caller) or "a withheld number", who.called)
        trunk = account.trunk.id if account.trunk else self._trunk_at.get(source.rpartition(":")[0].strip("[]"), "")
        self.emit(
            events.CallOffered(
                line=self.config.line,
                leg=leg_id,
                caller=who.caller,
                caller_name=who.caller_name,
                called=who.called,
                withheld=who.withheld,
                diverted_from=who.diverted_from,
                sip_call_id=one_line(message.first("call-id"), 256),
                source=source,
                trunk=trunk,
            )
        )

    def trunk_changed(self, trunk: str, *, up: bool, code: int, reason: str) -> None:
        reason = one_line(reason, _REASON_LIMIT)
        news = events.TrunkChanged(line=self.config.line, trunk=trunk, up=up, code=code, reason=reason)
        self.trunks.changed(news)
        self.emit(news)

    def reconfigure(self, wanted: Reconfigure) -> None:
        """Other trunks, another limit, from now on; calls that are up are not touched."""
        if wanted.callers_max > 0:
            self.callers_max = min(wanted.callers_max, self.endpoint.legs_max)
        else:
            self.callers_max = max(1, self.endpoint.legs_max // 2)
        self._trunk_at = dict(wanted.addresses)
        for name in self.trunks.take(wanted.trunks):
            self.emit(events.TrunkChanged(line=self.config.line, trunk=name, up=False, reason="taken out of the site"))
        self.emit(events.LineReconfigured(line=self.config.line, callers_max=self.callers_max))

    def _trunk_account(self, trunk: Trunk) -> GatewayAccount:
        account = GatewayAccount(self, trunk)
        account.registered = bool(trunk.user and trunk.register)
        account.create(trunk_config(self.config, trunk, self.endpoint.address, self._trunk_share()))
        return account

    def phone_share(self) -> tuple[int, int]:
        """RTP ports (first, how many) of what is no trunk."""
        return self._shares[0]

    def _trunk_share(self) -> tuple[int, int]:
        others = self._shares[1:] or self._shares
        return others[(next(self._trunks_made) - 1) % len(others)]

    def _carries_calls(self, account: GatewayAccount) -> bool:
        return any(leg.sip is not None and leg.sip.account is account for leg in self.legs)

    # -- calls

    def invite_sent(self, leg: str, text: str) -> None:
        found = self.legs.get(leg)
        if found is not None and not found.over:
            found.branch = address(f"<x>{read(text).first('via').partition(' ')[2]}").params.get("branch", "")

    def call_progressed(self, leg: str, code: int, text: str) -> None:
        found = self._leg(leg)
        if found.over or found.direction != "out":
            return
        if code >= 180 and found.allows("rings"):
            found.step("rings")
        self.emit(events.LegProceeded(leg=leg, code=code))
        if code > 100:
            self._dialog_heard(found, text)

    def call_reinvited(self, leg: str, text: str) -> None:
        found = self._leg(leg)
        if not found.over:
            self._dialog_heard(found, text)

    def call_confirmed(self, leg: str, text: str) -> None:
        found = self._leg(leg)
        if not found.allows("confirmed"):
            return
        found.step("confirmed")
        if found.direction == "in":
            local_tag = address(read(text).first("to")).params.get("tag", "")
            self._set_dialog(found, dialogs.of_invite(leg, read(found.invite), local_tag))
            found.invite = ""
        self.emit(events.LegAnswered(leg=leg))

    def call_ended(self, leg: str, code: int, reason: str, *, fault: bool) -> None:
        found = self._leg(leg)
        if found.over:
            return
        found.step("end")
        by: EndedBy = found.hung_up_by or ("line" if fault and code != 408 else "far")
        found.ended = (code, one_line(reason, _REASON_LIMIT), by)
        found.ended_at = time.monotonic()

    def media_changed(self, leg: str) -> None:
        found = self._leg(leg)
        if found.over:
            return
        info = found.sip.getInfo()  # its media point into it: without a name it is freed under them
        for media in info.media:
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.audioConfSlot >= 0:
                self._media_is_up(found, media)
                return
        self.connections.no_port(("far", leg))

    def stream_created(self, leg: str, stream: int) -> None:
        found = self._leg(leg)
        if not found.over:
            self.sounds.tap(found).watch_stream(stream)

    def stream_destroyed(self, leg: str, stream: int, stat: Any) -> None:
        unwatch_stream(stream)
        found = self.legs.get(leg)
        if found is not None:
            self.connections.no_port(("far", leg))
            arrived = found.arrivals.end() if found.arrivals is not None else None
            found.arrivals = None
            if arrived is not None and arrived.source:
                log.info("leg %s: its sound came from %s, not from where its SDP says (a NAT?)", leg, arrived.source)
            if stat is not None:
                found.media.add(stat, found.codec, arrived)

    def info_key(self, leg: str, key: str, duration_ms: int) -> None:
        self.keys.from_info(self._leg(leg), key, duration_ms)

    def callback_failed(self, leg: str, where: str, error: Exception) -> None:
        self.emit(events.ActionFailed(leg=leg, action=where, code=500, reason=one_line(why(error), _REASON_LIMIT)))

    # -- without a control process

    def control_came(self) -> None:
        self.control_up = True

    def control_lost(self) -> None:
        """Bridged calls go on; phones that ring for nobody stop."""
        self.control_up = False
        for leg in self.legs:
            if leg.direction == "out" and leg.state in ("dialled", "ringing"):
                self.endings.hang_up_quietly(leg)

    def look_after_itself(self) -> None:
        """What is done with nobody to tell us to: trunks register again, and a call that was
        offered before the control process went is refused, as it would be now."""
        if not self.closing:
            self.trunks.look()
        if self.control_up:
            return
        for leg in self.legs:
            waits = leg.direction == "in" and leg.state in ("offered", "ringing")
            if waits and time.monotonic() - leg.offered_at > self.config.retry_after_s:
                again = (("Retry-After", str(self.config.retry_after_s)),)
                self.endings.hang_up_quietly(leg, code=503, headers=again)

    # -- inside

    def _leg(self, leg_id: str) -> Leg:
        leg = self.legs.get(leg_id)
        if leg is None:
            raise LookupError(f"a callback for a leg that is not in the table: {leg_id}")
        return leg

    def _media_is_up(self, leg: Leg, media: Any) -> None:
        info = leg.sip.getStreamInfo(media.index)
        leg.telephone_event = 0 < info.audTxEventPt < 128
        self.sounds.tap(leg)
        self.connections.port(("far", leg.id), media.audioConfSlot)
        if leg.arrivals is None:
            leg.arrivals = self.media_sockets.watch(leg, media.index, info)
        now = f"{info.codecName}/{info.codecClockRate}", media.status == pj.PJSUA_CALL_MEDIA_REMOTE_HOLD
        if now != (leg.codec, leg.held):
            leg.codec, leg.held = now
            self.emit(events.LegMediaChanged(leg=leg.id, codec=leg.codec, held=leg.held))

    def _dialog_heard(self, leg: Leg, text: str) -> None:
        message = read(text)
        if leg.dialog is None and leg.direction == "out":
            self._set_dialog(leg, dialogs.of_answer(leg.id, message))
        elif leg.dialog is not None:
            fresh = dialogs.of_answer(leg.id, message) if leg.state != "answered" else None
            target = address(message.first("contact")).uri
            if fresh is not None:
                self._set_dialog(leg, fresh)
            elif target and target != leg.dialog.target:
                self._set_dialog(leg, msgspec.structs.replace(leg.dialog, target=target))

    def _set_dialog(self, leg: Leg, dialog: events.LegDialog | None) -> None:
        if dialog is not None and dialog != leg.dialog:
            leg.dialog = dialog
            self.emit(dialog)


def _quietly(edge: Callable[[int, int], None]) -> Callable[[int, int], None]:
    """An edge between ports of which one has just gone is no fault: the next change of media makes it again."""

    def run(source: int, sink: int) -> None:
        try:
            edge(source, sink)
        except GatewayError as error:
            log.info("%s", error)

    return run
