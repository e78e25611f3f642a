"""A call told in the order of time, from what its parties reported: SIP on their wires, keys, what they heard."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.demo.parties import Party
    from gateway.demo.subscriber import MqttMessage
    from gateway.demo.trace import SipMessage
    from gateway.demo.verdicts import Heard

SHORT = 330
COMMON = ("type", "at", "call")
EMPTY: tuple[object, ...] = ("", None, [], {})
RECORD = (
    "outcome", "client", "identified_by", "manager", "team", "keys", "offered", "answered_by", "answered_stage",
    "wait_s", "talk_s", "ended_by", "codec", "loss_pct", "jitter_ms", "rtt_ms", "mos",
)  # fmt: skip
"""Of a call's record, what a timeline shows."""


@dataclass(frozen=True)
class Entry:
    """One line of a timeline. `at` is Unix time."""

    at: float
    who: str
    what: str


def tell(
    parties: Sequence[Party],
    heard: Sequence[Heard],
    messages: Sequence[MqttMessage],
    *,
    since: float,
    until: float,
) -> list[Entry]:
    """Everything between two Unix times that these parties and the subscriber reported."""
    entries = [Entry(h.at, h.who, f"hears {h.what}") for h in heard]
    entries += [Entry(m.at, "subscriber", _received(m)) for m in messages]
    for party in parties:
        for message in party.sip(since):
            if message.at <= until and (text := _sip(message)):
                entries.append(Entry(message.at, party.name, text))
        entries += [
            Entry(h.at, party.name, {"keys": "presses ", "speaks": "says "}[h.kind] + h.detail)
            for h in party.happenings
            if since <= h.at <= until and h.kind in ("keys", "speaks")
        ]
    return sorted(entries, key=lambda entry: entry.at)


def _received(message: MqttMessage) -> str:
    """A fact without what all facts of a call have in common; a record without its empty fields."""
    fact = dict(message.payload.get("fact") or {})
    record = fact.get("record") or {}
    told = {name: record.get(name) for name in RECORD} if record else fact
    shown = "  ".join(f"{name}={_shown(told[name])}" for name in told if name not in COMMON and told[name] not in EMPTY)
    topic = "/".join(message.topic.split("/")[-2:])
    return f"gets {topic} #{message.payload.get('seq')}  {shorten(shown)}"


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


def shorten(text: str, size: int = SHORT) -> str:
    """The beginning of a long text."""
    return text if len(text) <= size else text[: size - 1] + "…"


def _sip(message: SipMessage) -> str:
    """What a message means to the party on whose wire it was; empty for those that tell a reader nothing."""
    final = message.cseq_method == "INVITE" and message.status >= 200
    match message.method, message.sent:
        case "INVITE", _ if ";tag=" in message.header("To"):
            return "offers new media (re-INVITE)" if message.sent else "is offered new media (re-INVITE)"
        case "INVITE", True:
            return f"dials {message.start.split(' ')[1]}"
        case "INVITE", False:
            extra = "  ".join(f"{name}: {value}" for name, value in message.headers if name.startswith("X-Gateway"))
            return f'phone rings, showing "{message.from_name}"' + (f"  {extra}" if extra else "")
        case "BYE", True:
            return "hangs up (BYE)"
        case "BYE", False:
            return "hears the other side hang up (BYE)"
        case "CANCEL", True:
            return "gives up (CANCEL)"
        case "CANCEL", False:
            return "phone stops ringing (CANCEL)"
    if message.status == 180 and not message.sent:
        return "hears it ring (180)"
    if final and message.status < 300:
        return "answers (200)" if message.sent else "is answered (200)"
    if final and message.status != 487:
        return f"{'refuses' if message.sent else 'is refused'} ({message.start.removeprefix('SIP/2.0 ')})"
    return ""
