"""How a state is changed anywhere in the core: by its table, or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gateway.errors import TransitionError

if TYPE_CHECKING:
    from collections.abc import Mapping

StateT = TypeVar("StateT", bound=str)
TriggerT = TypeVar("TriggerT", bound=str)


def after(machine: str, table: Mapping[tuple[StateT, TriggerT], StateT], state: StateT, trigger: TriggerT) -> StateT:
    """The state that follows `state` upon `trigger`.

    Raises TransitionError for a pair that the table does not have. It looks up and changes nothing, so whoever
    assigns the result has changed nothing either when it raises.
    """
    try:
        return table[state, trigger]
    except KeyError:
        raise TransitionError(machine, state, trigger) from None
