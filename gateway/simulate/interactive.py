"""A call from the keyboard: the story is printed as it happens, and every question waits for what the person types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.simulate.deeds import Deed, DeedsError, GiveUp, Nothing, parse_deeds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.simulate.words import Language

PROMPTS: dict[Language, str] = {
    "pl": "klawisze (Enter: nic; wait 3s; hang up) > ",
    "en": "keys (Enter: nothing; wait 3s; hang up) > ",
}


def asker(language: Language, read: Callable[[str], str], tell: Callable[[str], None]) -> Callable[[], Iterable[Deed]]:
    """What a `Caller` asks when a question was heard. `read` gives a line or raises EOFError, which hangs up."""

    def ask() -> Iterable[Deed]:
        while True:
            try:
                line = read(PROMPTS[language])
            except (EOFError, KeyboardInterrupt):
                return (GiveUp(),)
            try:
                return parse_deeds(line) or (Nothing(),)
            except DeedsError as error:
                tell(f"{error} ({error.expected})")

    return ask
