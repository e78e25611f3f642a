"""Accounts: one for phones and strangers, and one for each trunk, with its registration."""

from __future__ import annotations

import logging
import socket
from collections.abc import Callable
from typing import Any, Protocol

from gateway.core.line_config import LineConfig, Trunk
from gateway.line.pj import Account, Call, Error, pj, why

log = logging.getLogger(__name__)

_RETRY_S, _RETRY_JITTER_S = 30, 10
_FIRST_RETRY_S = 2


class AccountSide(Protocol):
    """What an account tells the line."""

    def call_came(self, account: GatewayAccount, call_id: int, text: str, source: str) -> None: ...
    def trunk_changed(self, trunk: str, *, up: bool, code: int, reason: str) -> None: ...


class GatewayAccount(Account):  # type: ignore[misc]
    """`trunk` is None for the account of phones."""

    def __init__(self, side: AccountSide, trunk: Trunk | None = None) -> None:
        super().__init__()
        self.side, self.trunk = side, trunk
        self.registered = False
        """Whether the provider may know of us: asked to, and not yet answered that it has forgotten."""
        self._retired = False

    def retire(self) -> None:
        """Not wanted any more: unregister, and tell nobody of it. Calls that it carries go on."""
        self._retired = True
        if self.registered:
            try:
                self.setRegistration(False)
            except Error as error:
                log.warning("trunk %s cannot be unregistered: %s", self.trunk.id if self.trunk else "-", why(error))
                self.registered = False

    def onIncomingCall(self, prm: Any) -> None:  # noqa: N802
        try:
            self.side.call_came(self, int(prm.callId), str(prm.rdata.wholeMsg), str(prm.rdata.srcAddress))
        except Exception:
            log.exception("an incoming call could not be taken")
            self._turn_away(int(prm.callId))

    def _turn_away(self, call_id: int) -> None:
        """500 for a call that nobody holds: it would keep its leg for ever."""
        try:
            prm = pj.CallOpParam()
            prm.statusCode = 500
            Call(self, call_id).hangup(prm)
        except Exception:
            log.exception("it could not be refused either")

    def onRegState(self, prm: Any) -> None:  # noqa: N802
        try:
            if self.trunk is not None:
                up = prm.code // 100 == 2 and prm.expiration > 0
                if self._retired:
                    self.registered = False
                    return
                self.side.trunk_changed(self.trunk.id, up=up, code=int(prm.code), reason=str(prm.reason))
        except Exception:
            log.exception("a change of registration could not be told")

    def onInstantMessage(self, prm: Any) -> None:  # noqa: N802, ARG002
        log.info("a SIP MESSAGE came and was dropped")


def rtp_shares(first: int, ports: int, legs_max: int) -> tuple[tuple[int, int], ...]:
    """(first port, ports) for each of several accounts: a port that one account has just given back is not the next
    one of another, where late packets of the old far end would be taken for the new stream's. As many shares as hold
    the ports of all legs twice, 8 at most (so many accounts has the library); one when `ports` is small."""
    count = next((count for count in (8, 4, 2) if ports // count >= 4 * legs_max), 1)
    width = ports // count // 2 * 2
    return tuple((first + share * width, width) for share in range(count))


def phone_config(config: LineConfig, address: str, share: tuple[int, int]) -> Any:
    """The account for everything that is no trunk. `address` is host:port of this line, `share` its RTP ports."""
    made = _common(config, share)
    made.idUri = f"sip:gateway@{address}"
    made.priority = 0
    return made


def trunk_config(config: LineConfig, trunk: Trunk, address: str, share: tuple[int, int]) -> Any:
    """The account of one trunk. After a time-out or a 5xx the library registers again by itself, with jitter."""
    made = _common(config, share)
    made.priority = 10
    made.idUri = f"sip:{trunk.user or trunk.from_user or 'gateway'}@{trunk.host if trunk.user else address}"
    if trunk.user:
        made.sipConfig.authCreds.append(pj.AuthCredInfo("digest", trunk.realm, trunk.user, 0, trunk.password))
    if trunk.user and trunk.register:
        made.regConfig.registrarUri = trunk_uri(trunk, "")
        made.regConfig.registerOnAdd = True
        made.regConfig.timeoutSec = 300
        made.regConfig.firstRetryIntervalSec = _FIRST_RETRY_S
        made.regConfig.retryIntervalSec = _RETRY_S
        made.regConfig.randomRetryIntervalSec = _RETRY_JITTER_S
    return made


def trunk_uri(trunk: Trunk, user: str) -> str:
    """`sip:user@host;transport=...` at the trunk, or the host alone."""
    transport = "" if trunk.transport == "udp" else f";transport={trunk.transport}"
    return f"sip:{user}{'@' if user else ''}{trunk.host}{transport}"


def trunk_addresses(trunks: tuple[Trunk, ...], resolve: Callable[[str], set[str]]) -> dict[str, str]:
    """IP address -> trunk id, so that a call from a trunk that does not name our user is known by where it comes
    from."""
    return {address: trunk.id for trunk in trunks for address in resolve(trunk.host)}


def resolve_host(host: str) -> set[str]:
    """Addresses of `host[:port]`; empty when the name is not known now."""
    name = host.rpartition(":")[0] if host.count(":") == 1 else host.strip("[]")
    try:
        return {str(entry[4][0]) for entry in socket.getaddrinfo(name, None, type=socket.SOCK_DGRAM)}
    except OSError:
        log.warning("the trunk host %s is not known to the name server now", name)
        return set()


def _common(config: LineConfig, share: tuple[int, int]) -> Any:
    made = pj.AccountConfig()
    made.regConfig.registerOnAdd = False
    media = made.mediaConfig.transportConfig
    # The library's range ends with the last RTP port; its RTCP is one higher.
    media.port, media.portRange = share[0], max(share[1] - 2, 0)
    if config.bind not in ("0.0.0.0", "::", ""):  # noqa: S104 - compared, not bound
        media.boundAddress = config.bind
    if config.public_address:
        media.publicAddress = config.public_address
    return made
