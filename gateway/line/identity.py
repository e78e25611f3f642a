"""Who calls: P-Asserted-Identity before From (RFC 3325), withheld where the caller asks for it (RFC 3323), and the
number that a call was diverted from (RFC 5806 Diversion, else RFC 7044 History-Info)."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.line.headers import one_line
from gateway.line.message import Address, SipText, address

_NAME_LIMIT = 80
_USER_LIMIT = 64
_ANONYMOUS = frozenset({"anonymous", "unavailable", "restricted", "withheld"})


@dataclass(frozen=True, slots=True)
class Identity:
    """`caller` is a user part as received; empty when withheld."""

    caller: str
    caller_name: str
    called: str
    withheld: bool
    diverted_from: str


def identify(message: SipText) -> Identity:
    """The identity of an INVITE."""
    from_ = address(message.first("from"))
    asserted = [address(value) for value in message.every("p-asserted-identity")]
    who = next((one for one in asserted if one.user), from_)
    withheld = _asks_privacy(message) or (not asserted and _is_anonymous(from_))
    if not withheld and _is_anonymous(who):
        withheld = True
    return Identity(
        caller="" if withheld else one_line(who.user, _USER_LIMIT),
        caller_name="" if withheld else one_line(who.name or from_.name, _NAME_LIMIT),
        called=one_line(address(f"<{message.request_uri}>").user, _USER_LIMIT),
        withheld=withheld,
        diverted_from=one_line(_diverted(message), _USER_LIMIT),
    )


def _asks_privacy(message: SipText) -> bool:
    wanted = {word.strip().lower() for value in message.every("privacy") for word in value.split(";")}
    return bool(wanted & {"id", "user"})


def _is_anonymous(who: Address) -> bool:
    return who.user.lower() in _ANONYMOUS or who.host.endswith("anonymous.invalid")


def _diverted(message: SipText) -> str:
    diversions = message.every("diversion")
    if diversions:
        return address(diversions[0]).user
    history = [address(value) for value in message.every("history-info")]
    return history[-2].user if len(history) > 1 else ""
