"""Sentences for what only a real call has: hold, what the network did, and facts that have no sentence of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from gateway.core.facts.calls import CallHeld, CallResumed, LegMeasured, MessagePublished, VariantChosen

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact
    from gateway.simulate.words import Language, Table

LABELS: Table = {
    "pl": {"held": "zawiesza", "variant": "wariant", "published": "ogłasza", "measured": "jakość", "fact": "fakt"},
    "en": {"held": "hold", "variant": "variant", "published": "publishes", "measured": "quality", "fact": "fact"},
}
TEXTS: Table = {
    "pl": {
        "held_caller": "dzwoniący zawiesza rozmowę",
        "held_agent": "osoba po naszej stronie zawiesza rozmowę",
        "resumed": "rozmowa trwa dalej, po {held} s zawieszenia",
        "variant": "{split}: dzwoniący należy do wariantu {variant}",
        "published": "wiadomość '{topic}' dla odbiorców MQTT",
        "caller": "dzwoniący",
        "agent": "osoba po naszej stronie",
        "measured": "{who}: {codec}, stracone pakiety {lost} %, MOS {mos}",
        "unknown": "nieznane",
        "not_over": "ta rozmowa jeszcze trwa: dotąd tyle",
    },
    "en": {
        "held_caller": "the caller puts the talk on hold",
        "held_agent": "our side puts the talk on hold",
        "resumed": "the talk goes on, after {held} s of hold",
        "variant": "{split}: the caller belongs to variant {variant}",
        "published": "message '{topic}' for the subscribers of MQTT",
        "caller": "caller",
        "agent": "our side",
        "measured": "{who}: {codec}, packets lost {lost} %, MOS {mos}",
        "unknown": "unknown",
        "not_over": "this call is not over yet: this is its way so far",
    },
}


def told(fact: AnyFact, language: Language) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, text, data) of a fact that is told here; None for one that is not."""
    texts = TEXTS[language]
    match fact:
        case CallHeld():
            return "held", texts[f"held_{fact.by}"], {"by": fact.by}
        case CallResumed():
            return "held", texts["resumed"].format(held=f"{fact.held_s:.1f}"), {"by": fact.by, "held_s": fact.held_s}
        case VariantChosen():
            named = {"split": fact.split, "variant": fact.variant}
            return "variant", texts["variant"].format(**named), dict(named)
        case MessagePublished():
            return "published", texts["published"].format(topic=fact.topic), {
                "topic": fact.topic, "values": fact.values,
            }  # fmt: skip
        case LegMeasured():
            media = fact.media
            sent = media.rx_packets + media.rx_lost
            lost = f"{100 * (media.rx_lost + media.rx_discarded) / sent:.1f}" if sent else texts["unknown"]
            mos = f"{fact.mos:.1f}" if fact.mos is not None else texts["unknown"]
            who = f"{texts[fact.role]} ({fact.agent})" if fact.agent else texts[fact.role]
            codec = media.codec or texts["unknown"]
            data: dict[str, Any] = {"role": fact.role, "agent": fact.agent, "codec": media.codec, "mos": fact.mos}
            return "measured", texts["measured"].format(who=who, codec=codec, lost=lost, mos=mos), data
        case _:
            return None


def bare(fact: AnyFact) -> tuple[str, str, dict[str, Any]]:
    """A fact as it stands, for one that nobody has written a sentence for: nothing that happened is left out."""
    data = {name: value for name, value in msgspec.to_builtins(fact).items() if name not in {"at", "call", "type"}}
    shown = ", ".join(f"{name} {value}" for name, value in data.items() if value not in ("", None, [], {}))
    return "fact", f"{type(fact).__name__}: {shown}".rstrip(": "), data
