"""All that a condition or a text can read of one call at one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.alarms import surge

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from gateway.core.board.exchange import Exchange


class Readings(dict[str, str]):
    """Variable -> value, to be read by `get`. Whether it is a surge is looked at only when something asks: that takes
    as long as all the others together, and most steps never do."""

    __slots__ = ("_ex",)

    def __init__(self, ex: Exchange, values: Mapping[str, str]) -> None:
        super().__init__(values)
        self._ex = ex

    def get(self, variable: str, default: str = "") -> str:  # type: ignore[override]
        """Its value, or `default`."""
        if variable == surge.SURGE:
            return "yes" if surge.holds(self._ex) else default
        return super().get(variable, default)

    def beside(self, known: Mapping[str, str] | None) -> Self:
        """With values that go before these."""
        self.update(known or {})
        return self
