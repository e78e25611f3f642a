"""Keys: told to the core whichever way they came, and in a bridged call passed on to the other leg.

The bridge carries audio alone, so a press that came as RFC 4733 or INFO is pressed again towards the other leg: as
RFC 4733 where it was negotiated, else in-band. A press that came in-band is in the audio already. The keys of a leg
that may be codes (KeepKeys) are passed on by the core, if they are none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from gateway.audio.tap import Digit
from gateway.core.events import KeyPressed, KeySource
from gateway.errors import GatewayError
from gateway.line.legs import Leg, Legs
from gateway.line.pj import Error, why
from gateway.line.sounds import Sounds

log = logging.getLogger(__name__)

KEYS = frozenset("0123456789*#ABCD")


class Keys:
    """Hears keys of all legs."""

    def __init__(self, legs: Legs, emit: Callable[[KeyPressed], None]) -> None:
        self._legs, self._emit = legs, emit
        self.sounds: Sounds | None = None

    def from_tap(self, leg: Leg, digit: Digit) -> None:
        if digit.doubled and digit.source == "inband":
            leg.inband_too = True
        self._pressed(leg, digit.digit, digit.source, digit.duration_ms, heard_already=digit.doubled)

    def from_info(self, leg: Leg, key: str, duration_ms: int) -> None:
        if key.upper() in KEYS:
            self._pressed(leg, key.upper(), "info", duration_ms, heard_already=False)

    def _pressed(self, leg: Leg, key: str, source: KeySource, duration_ms: int, *, heard_already: bool) -> None:
        other = self._legs.get(leg.bridged_with) if leg.bridged_with else None
        relayed = other is not None
        if leg.keeps_keys:
            relayed = relayed and source == "inband"
        elif other is not None and source != "inband" and not heard_already:
            relayed = self._relay(leg, other, key)
        self._emit(KeyPressed(leg=leg.id, key=key, source=source, duration_ms=duration_ms, relayed=relayed))

    def _relay(self, leg: Leg, other: Leg, key: str) -> bool:
        try:
            if not other.telephone_event and leg.inband_too:
                return True  # it is in the audio
            self.press(other, key)
        except (Error, GatewayError) as error:
            log.warning("a key of %s could not be passed on to %s: %s", leg.id, other.id, why(error))
            return False
        return True

    def press(self, leg: Leg, keys: str) -> None:
        """Press keys towards the far end. Raises pj.Error or AudioError when it cannot be done."""
        if leg.telephone_event:
            leg.sip.dialDtmf(keys)
        elif self.sounds is not None:
            self.sounds.tap(leg).send_digits(keys)
