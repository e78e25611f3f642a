"""Carrying out the actions of the control process. What cannot be done is answered with ActionFailed."""

from __future__ import annotations

import logging
from typing import Any, assert_never

from gateway.core import actions
from gateway.core.actions import LineAction
from gateway.core.events import ActionFailed
from gateway.core.line_config import Trunk
from gateway.core.numbers import mask
from gateway.errors import GatewayError, TransitionError
from gateway.line.accounts import GatewayAccount, trunk_uri
from gateway.line.byes import Byes
from gateway.line.call import LegCall
from gateway.line.headers import clean_header, is_uri, one_line, quoted, user_part
from gateway.line.keys import KEYS
from gateway.line.legs import Leg
from gateway.line.line import Line
from gateway.line.pj import Error, pj, why

log = logging.getLogger(__name__)

_REASON_LIMIT = 100
_ELSEWHERE = (("Reason", 'SIP;cause=200;text="Call completed elsewhere"'),)
"""What phones go by that show no missed call then (RFC 3326, 3.1)."""


class _CannotDoError(Exception):
    def __init__(self, code: int, reason: str) -> None:
        self.code, self.reason = code, reason
        super().__init__(reason)


class Performer:
    """`phones` is the account for what is no trunk."""

    def __init__(self, line: Line, phones: GatewayAccount) -> None:
        self._line, self._phones = line, phones
        self._byes = Byes(line.endpoint.library)

    def perform(self, action: LineAction) -> None:
        """Do it, or say in an event why not."""
        leg_id = getattr(action, "leg", "")
        try:
            self._do(action)
        except _CannotDoError as problem:
            self._failed(leg_id, action, problem.code, problem.reason)
        except TransitionError as problem:
            self._failed(leg_id, action, 491, str(problem))
        except (Error, GatewayError) as problem:
            self._failed(leg_id, action, 500, why(problem))
        except Exception as problem:
            log.exception("%s failed", type(action).__name__)
            self._failed(leg_id, action, 500, f"{type(problem).__name__}: {problem}")

    def _failed(self, leg: str, action: LineAction, code: int, reason: str) -> None:
        name = type(action).__name__
        log.warning("%s for leg %s: %d %s", name, leg or "-", code, reason)
        self._line.emit(ActionFailed(leg=leg, action=name, code=code, reason=reason))

    def _do(self, action: LineAction) -> None:
        match action:
            case actions.Answer():
                self._answer(self._live(action.leg), 200, "answer")
            case actions.Ring():
                self._answer(self._live(action.leg), 180, "ring")
            case actions.Refuse():
                self._refuse(action)
            case actions.Dial():
                self._dial(action)
            case actions.HangUp():
                self._hang_up(action)
            case actions.Play():
                self._play(action)
            case actions.StopPlay():
                self._line.sounds.silence(self._live(action.leg))
            case actions.Bridge():
                self._bridge(action)
            case actions.Unbridge():
                self._unbridge(action)
            case actions.Hear():
                source, sink = self._two(action.leg, action.other)
                self._line.connections.want_one_way(("far", source.id), ("far", sink.id))
            case actions.Unhear():
                source, sink = self._two(action.leg, action.other)
                self._line.connections.unwant_one_way(("far", source.id), ("far", sink.id))
            case actions.KeepKeys():
                self._live(action.leg).keeps_keys = True
            case actions.TellTransfer():
                if not self._line.transfers.tell(self._live(action.leg), action.code, action.reason):
                    raise _CannotDoError(491, "the leg asks for no transfer")
            case actions.SendKeys():
                self._send_keys(action)
            case actions.Echo():
                self._line.sounds.tap(self._live(action.leg)).echo(action.on)
            case actions.Tone():
                leg = self._live(action.leg)
                tap = self._line.sounds.tap(leg)
                tap.stop()
                tap.tone(action.hz, action.level_dbm0)
            case actions.MeasureLevel():
                self._line.sounds.tap(self._live(action.leg)).measure(action.window_ms, repeat=True)
            case actions.StartRecording():
                other = self._live(action.other) if action.other else None
                self._line.recordings.start(self._live(action.leg), other, action)
            case actions.StopRecording():
                self._line.recordings.stop(action.recording)
            case actions.EndOrphans():
                for leg_id, problem in self._byes.end(action.dialogs):
                    self._failed(leg_id, action, 500, problem)
            case actions.Reconfigure():
                self._line.reconfigure(action)
            case actions.Shutdown():
                self.shut_down()
            case _:
                assert_never(action)

    def shut_down(self) -> None:
        """End every leg and take no further call; the loop leaves when all are freed."""
        self._line.closing = True
        for leg in self._line.legs:
            try:
                self._line.endings.hang_up(leg, "us")
            except Error as error:
                log.warning("leg %s cannot be hung up: %s", leg.id, why(error))

    def _live(self, leg_id: str) -> Leg:
        leg = self._line.legs.get(leg_id)
        if leg is None:
            raise _CannotDoError(481, f"no such leg: {one_line(leg_id, 80)}")
        if leg.over:
            raise _CannotDoError(481, "the leg is over")
        return leg

    def _answer(self, leg: Leg, code: int, step: Any) -> None:
        if not leg.allows(step):
            raise TransitionError(f"leg ({leg.direction})", leg.state, step)
        prm = pj.CallOpParam(True)
        prm.statusCode = code
        leg.sip.answer(prm)
        leg.step(step)

    def _refuse(self, action: actions.Refuse) -> None:
        leg = self._live(action.leg)
        if leg.direction != "in" or leg.state not in ("offered", "ringing"):
            raise TransitionError(f"leg ({leg.direction})", leg.state, "refuse")
        if not 300 <= action.code < 700:
            raise _CannotDoError(400, f"{action.code} is no refusal: 300 to 699 are")
        headers = (("Retry-After", str(action.retry_after_s)),) if action.retry_after_s > 0 else ()
        reason = one_line(action.reason, _REASON_LIMIT)
        self._line.endings.hang_up(leg, "us", code=action.code, reason=reason, headers=headers)

    def _hang_up(self, action: actions.HangUp) -> None:
        leg = self._line.legs.get(action.leg)
        if leg is None:
            raise _CannotDoError(481, f"no such leg: {one_line(action.leg, 80)}")
        reason, headers = one_line(action.reason, _REASON_LIMIT), _ELSEWHERE if action.elsewhere else ()
        self._line.endings.hang_up(leg, "us", code=action.code, reason=reason, headers=headers)

    def _dial(self, action: actions.Dial) -> None:
        line = self._line
        line.endings.settle()
        if line.closing:
            raise _CannotDoError(503, "the line is shutting down")
        if line.legs.get(action.leg) is not None or not action.leg:
            raise _CannotDoError(400, "the id of the new leg is in use")
        if line.legs_used() >= line.endpoint.legs_max:
            raise _CannotDoError(503, "no free leg")
        account = self._account(action.trunk)
        uri = _target(action.uri, account.trunk)
        if not is_uri(uri):
            raise _CannotDoError(400, f"not an address that can be dialled: {one_line(mask(action.uri), 80)}")
        call = LegCall(account, line, action.leg)
        leg = Leg(
            id=action.leg, call=action.call, direction="out", state="dialled", sip=call, called=uri, agent=action.agent
        )  # fmt: skip
        line.legs.add(leg)
        try:
            call.makeCall(uri, self._offer(action, account.trunk))
        except Error as error:
            line.legs.remove(leg)
            leg.sip = None
            raise _CannotDoError(*_dial_problem(error)) from error
        leg.slot = call.getId()
        line.media_sockets.shut_new()

    def _account(self, trunk: str) -> GatewayAccount:
        if not trunk:
            return self._phones
        account: GatewayAccount | None = self._line.trunks.accounts.get(trunk)
        if account is None:
            raise _CannotDoError(404, f"no such trunk: {one_line(trunk, 80)}")
        return account

    def _offer(self, action: actions.Dial, trunk: Trunk | None) -> Any:
        prm = pj.CallOpParam(True)
        user = (trunk.from_user or trunk.user) if trunk else ""
        user = user_part(action.from_user) or user_part(user) or "gateway"
        host = trunk.host if trunk else self._line.endpoint.address
        prm.txOption.localUri = f"{quoted(action.display_name)} <sip:{user}@{host}>".strip()
        for name, value in action.headers:
            pair = clean_header(name, value)
            if pair is None:
                log.warning("leg %s: header %s is not ours to set and was left out", action.leg, one_line(name, 40))
                continue
            header = pj.SipHeader()
            header.hName, header.hValue = pair
            prm.txOption.headers.append(header)
        return prm

    def _play(self, action: actions.Play) -> None:
        leg = self._live(action.leg)
        try:
            clips = [self._line.clips.get(clip.key) for clip in action.clips]
        except LookupError as error:
            raise _CannotDoError(404, str(error)) from error
        self._line.sounds.play(leg, action.play, clips, loop=action.loop, barge_in=action.barge_in)

    def _two(self, leg_id: str, other_id: str) -> tuple[Leg, Leg]:
        leg, other = self._live(leg_id), self._live(other_id)
        if leg is other:
            raise _CannotDoError(400, "a leg cannot be connected with itself")
        return leg, other

    def _bridge(self, action: actions.Bridge) -> None:
        leg, other = self._two(action.leg, action.other)
        if leg.bridged_with == other.id:
            return
        if leg.bridged_with or other.bridged_with:
            raise _CannotDoError(491, "one of the legs is bridged with another")
        leg.bridged_with, other.bridged_with = other.id, leg.id
        self._line.connections.want_both_ways(("far", leg.id), ("far", other.id))

    def _unbridge(self, action: actions.Unbridge) -> None:
        leg = self._live(action.leg)
        if leg.bridged_with != action.other:
            raise _CannotDoError(491, "these legs are not bridged")
        self._line.endings.unbridge(leg)

    def _send_keys(self, action: actions.SendKeys) -> None:
        leg = self._live(action.leg)
        keys = action.keys.upper()
        if not keys or not set(keys) <= KEYS:
            raise _CannotDoError(400, "keys are 0-9, *, # and A-D")
        self._line.keys.press(leg, keys)


def _target(uri: str, trunk: Trunk | None) -> str:
    """What to dial: at a trunk, a bare number or a tel URI becomes a SIP URI of the trunk's host."""
    if trunk is None or uri.lower().startswith(("sip:", "sips:")):
        return uri
    number = "".join(uri.removeprefix("tel:").split())
    return trunk_uri(trunk, user_part(number))


def _dial_problem(error: Exception) -> tuple[int, str]:
    reason = why(error)
    return (503, "no free leg") if "PJ_ETOOMANY" in reason else (500, reason)
