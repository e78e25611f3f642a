"""Keys of an agent during a talk: codes (`site/features.py`) are obeyed here, everything else goes to the other side.

The line passes none of this agent's keys on (KeepKeys), so that the caller hears no code. Keys that turn out to be none
are passed on together; those that came in-band have been heard already and are not pressed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import SendKeys
from gateway.core.facts.talk import CodeRefused
from gateway.core.site import features
from gateway.core.talk import conference, handing, park, targets, transfers

if TYPE_CHECKING:
    from typing import Literal

    from gateway.core.call.call import Call
    from gateway.core.events import KeyPressed
    from gateway.core.legs.legs import Leg
    from gateway.core.site.features import Keyed
    from gateway.core.talk.talk import Talk


def key(call: Call, leg: Leg, event: KeyPressed) -> bool:
    """Whether the key that was pressed on `leg` belongs to a code."""
    talk, codes = call.talk, call.site.features.codes
    if talk is None or not codes or leg is not talk.leg or leg.agent not in call.site.agents:
        return False
    if event.key == "*":
        _pass_on(call, talk)
    elif not talk.typed:
        return False
    talk.typed += event.key
    if not event.relayed and event.source != "inband":
        talk.unsent += event.key
    if len(talk.typed) > features.TARGET_MAX + max(map(len, codes.values())):
        _refused(call, talk, "unfinished")
        return True
    match features.read(codes, talk.typed):
        case "more":
            call.ex.turn.after(features.NEXT_KEY_S, "code", call.id)
        case "none":
            _pass_on(call, talk)
        case found:
            _forget(call, talk)
            _obey(call, found)
    return True


def relay(call: Call, leg: Leg, event: KeyPressed) -> None:
    """Press the key towards the other side of the talk, if the line has not."""
    talk = call.talk
    if talk is None or event.relayed or event.source == "inband":
        return
    if leg is talk.leg:
        _press(call, talk, event.key)
    elif leg is call.leg and not talk.apart:
        call.order(SendKeys(leg=talk.leg.id, keys=event.key))


def due(call: Call) -> None:
    """The "code" deadline: it was not completed."""
    talk = call.talk
    if talk is None or not talk.typed:
        return
    if talk.typed == "*":
        _pass_on(call, talk)
    else:
        _refused(call, talk, "unfinished")


def _obey(call: Call, keyed: Keyed) -> None:
    match keyed.feature:
        case "blind" | "consult" as how:
            transfers.ask(call, how, "code", targets.keyed(call.site, keyed.target))
        case "back":
            if not transfers.take_back(call):
                _refuse(call, "back", "nobody_consulted")
        case "three_way":
            if not conference.begin(call):
                _refuse(call, "three_way", "nobody_consulted")
        case "park":
            if call.transfer is not None:
                _refuse(call, "park", "busy_with_transfer")
            elif not park.begin(call):
                _refuse(call, "park", "no_slot")


def _refused(call: Call, talk: Talk, reason: Literal["unfinished"]) -> None:
    typed = talk.typed
    _forget(call, talk)
    code = next((code for code in call.site.features.codes.values() if typed.startswith(code)), typed)
    _note(call, talk, code, reason)


def _refuse(
    call: Call, feature: features.Feature, reason: Literal["nobody_consulted", "busy_with_transfer", "no_slot"]
) -> None:
    if call.talk is not None:
        _note(call, call.talk, call.site.features.codes[feature], reason)


def _note(
    call: Call,
    talk: Talk,
    code: str,
    reason: Literal["unfinished", "nobody_consulted", "busy_with_transfer", "no_slot"],
) -> None:
    call.note(CodeRefused(at=call.now, call=call.id, agent=talk.agent, code=code, reason=reason))
    handing.tell(call, talk.leg, "no_slot" if reason == "no_slot" else "not_now")


def _pass_on(call: Call, talk: Talk) -> None:
    """What was typed is no code."""
    keys = talk.unsent
    _forget(call, talk)
    if keys:
        _press(call, talk, keys)


def _forget(call: Call, talk: Talk) -> None:
    talk.typed = talk.unsent = ""
    call.ex.turn.cancel("code", call.id)


def _press(call: Call, talk: Talk, keys: str) -> None:
    """Towards whom the agent talks with now, if there is anybody."""
    asked = call.transfer.leg if call.transfer is not None and call.transfer.phase == "consulting" else None
    other = asked if talk.apart else call.leg
    if other is not None:
        call.order(SendKeys(leg=other.id, keys=keys))
