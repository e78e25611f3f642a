"""Who may still be in a call on a line that has not greeted since this program started: nobody rings him meanwhile.

After a restart the lines greet one after the other. Until a line has told its legs, an agent may be in a call there
that nobody sees: one who was rung or talked by the journal, or one whose leg may still be ending. He is what he is (so
he is shown, and so the facts tell), but not free, as somebody whose phone the network has not let go of; with him his
telephone, whoever has it now. This ends when the line greets, or with RECOVER_S, which ends the calls that it had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.queue import routing

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from gateway.core.board.exchange import Exchange
    from gateway.core.call.record import Story

RECOVER_S = 30.0
"""How long a line may take to come back for the calls that the journal knows."""
ENDS_S = 60.0
"""Longer than a leg is there after its agent was done with it: some seconds in which he is told something, then the
time in which a leg that does not end is given up (`exchange.GUARD_S`)."""


class Awaited:
    """Agents and telephones, and the lines that may have a leg to them."""

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: dict[Hashable, set[str]] = {}

    def __contains__(self, key: Hashable) -> bool:
        return key in self._lines

    def add(self, key: Hashable, line: str) -> None:
        self._lines.setdefault(key, set()).add(line)

    def told(self, line: str) -> None:
        """The line has told its legs, or has none any more."""
        self._lines = {key: others for key, lines in self._lines.items() if (others := lines - {line})}


def begin(ex: Exchange, lines: Iterable[str]) -> None:
    """The open calls of the journal are known (`ex.recovered`): await their lines, and these."""
    for name in dict.fromkeys((*ex.recovered, *lines)):
        ex.turn.after(RECOVER_S, "recovered", name)
        if name in ex.lines and ex.lines[name].boot:
            continue
        for story in ex.recovered.get(name, {}).values():
            for agent in _in_call(story):
                ex.roster.wait_for(agent, name)
        for agent in ex.roster.lately:
            ex.roster.wait_for(agent, name)
    ex.roster.lately.clear()
    ex.roster.settled()


def over(ex: Exchange, freed: Iterable[str]) -> None:
    """What the line has, or had, is in the books: these may be rung."""
    for agent in freed:
        routing.serve(ex, agent)


def _in_call(story: Story) -> Iterator[str]:
    """Who was rung for the call, or talked in it."""
    yield from (agent for agent, how in story.record.offered if not how)
    if story.talk is not None:
        yield story.talk.agent
