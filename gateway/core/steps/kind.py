"""What a kind of step must be able to do, and where a step can lead. Each module beside this one has some kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from gateway.core.flow.base import Step

if TYPE_CHECKING:
    from gateway.core.events import Event
    from gateway.core.flow.base import Exit
    from gateway.core.steps.walk import Walk

S = TypeVar("S", bound=Step)


class Move(NamedTuple):
    """Where to go: a step of the present flow, or the start of another one (`flow`, with `to` naming a step of it).
    Both empty: the call ends with the site's goodbye."""

    to: str = ""
    flow: str = ""


class Kind(Generic[S]):
    """One kind of step. It has no state of its own: what a caller has reached stands in the walk. Each method returns
    where to go next, or None to wait."""

    def verb(self, step: S) -> str:
        """The word for the step in the flow language."""
        return step.VERB

    def enter(self, walk: Walk, step: S) -> Move | None:
        """The caller comes to `step`."""
        raise NotImplementedError

    def key(self, walk: Walk, step: S, pressed: str) -> Move | None:  # noqa: ARG002 - a step without keys keeps them
        """The caller pressed a key while in `step`. By default it is kept for the next step that asks."""
        walk.ahead.append(pressed)
        return None

    def play_ended(self, walk: Walk, step: S) -> Move | None:  # noqa: ARG002 - for the kinds that say nothing
        """What the step said has been heard, or was stopped."""
        return None

    def due(self, walk: Walk, step: S) -> Move | None:  # noqa: ARG002 - for the kinds that wait for nothing
        """The step's time is over, and nothing is being said."""
        return None

    def told(self, walk: Walk, step: S, event: Event) -> Move | None:  # noqa: ARG002 - for the kinds that ask nobody
        """Something that the step asked for came: an answer, a recording, the end of a leg."""
        return None

    def left(self, walk: Walk, step: S) -> None:
        """The caller hangs up or is taken away while in `step`; what it began has to be ended."""


def take(walk: Walk, chosen: Exit) -> Move:
    """Leave by `chosen`, noting what it sets."""
    walk.call.values.update(chosen.set)
    return Move(chosen.then)
