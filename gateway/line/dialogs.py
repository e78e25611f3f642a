"""The dialogue of a leg, read from its own messages: what another process needs to say BYE for it (RFC 3261, 12).

The route set of a caller is the Record-Route turned round, of a called party as it stands (12.1.1, 12.1.2).
"""

from __future__ import annotations

from gateway.core.events import LegDialog
from gateway.line.message import SipText, address

_CALLED_CSEQ = 32768
"""As the called party we have a CSeq space of our own, which PJSIP starts at random below this."""


def of_answer(leg: str, answer: SipText) -> LegDialog | None:
    """The dialogue that an answer (18x with a To tag, or 200) to our INVITE made; None when it made none."""
    local, remote = address(answer.first("from")), address(answer.first("to"))
    target = address(answer.first("contact")).uri
    if not (local.params.get("tag") and remote.params.get("tag") and target):
        return None
    return LegDialog(
        leg=leg,
        sip_call_id=answer.first("call-id"),
        local_uri=local.uri,
        local_tag=local.params["tag"],
        remote_uri=remote.uri,
        remote_tag=remote.params["tag"],
        target=target,
        route=tuple(reversed(answer.every("record-route"))),
        cseq=_number(answer.first("cseq")),
        transport=_transport(answer),
    )


def of_invite(leg: str, invite: SipText, local_tag: str) -> LegDialog | None:
    """The dialogue of an INVITE that we answered with `local_tag` in To."""
    local, remote = address(invite.first("to")), address(invite.first("from"))
    target = address(invite.first("contact")).uri
    if not (local_tag and target):
        return None
    return LegDialog(
        leg=leg,
        sip_call_id=invite.first("call-id"),
        local_uri=local.uri,
        local_tag=local_tag,
        remote_uri=remote.uri,
        remote_tag=remote.params.get("tag", ""),
        target=target,
        route=invite.every("record-route"),
        cseq=_CALLED_CSEQ,
        transport=_transport(invite),
    )


def _number(cseq: str) -> int:
    digits = cseq.split(" ", maxsplit=1)[0]
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0


def _transport(message: SipText) -> str:
    return message.first("via").partition("/")[2].partition("/")[2].split(" ")[0].lower() or "udp"
