"""What is said before a talk begins, as the site's voices say it. `config/joining.py` makes it, `core/legs/whisper.py`
says it."""

from __future__ import annotations

import msgspec

from gateway.core.flow.base import Prompt


class JoiningWords(msgspec.Struct, frozen=True, kw_only=True):
    """One sentence each; a talk that may not say a piece leaves it out. Clips of all of them are ready."""

    languages: tuple[str, ...]
    """In which there are words; the first is that of agents who have no language of their own."""
    for_client: Prompt
    """To a phone that has to accept: "Rozmowa od: {client.name}"."""
    for_stranger: Prompt
    press: Prompt
    client: Prompt
    """The whisper: who calls."""
    stranger: Prompt
    matter: Prompt
    """`{area}` as the flow names it."""
    matters: dict[str, Prompt] = {}
    """Area -> how it is said, in place of `matter`."""
    areas: tuple[str, ...] = ()
    """The areas that can be said."""
    waited: tuple[Prompt, ...]
    """After 1, 2, ... whole minutes; the last for ever after."""
    case: Prompt
    """`{case.number}`, digit by digit."""
    connecting: Prompt
    """To the caller: "Łączę z: {manager}", which is whoever has answered."""
