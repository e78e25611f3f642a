"""The steps that go into another flow and come back (subflow, return), and the one that counts its rounds (loop)."""

from __future__ import annotations

from typing import ClassVar

from gateway.core.flow.base import Exit, Step


class Subflow(Step, frozen=True, kw_only=True):
    """Go through the flow `flow` and come back by the exit that its `return` names."""

    VERB: ClassVar[str] = "subflow"
    EXITS: ClassVar[tuple[str, ...]] = ("returns",)
    ANSWERS: ClassVar[bool] = False

    flow: str
    given: tuple[tuple[str, str, str], ...] = ()
    """The flow's parameters, as `Return.given`."""
    returns: dict[str, Exit]
    """Where each return of that flow leads, by its name."""


class Return(Step, frozen=True, kw_only=True):
    """Go back to the step that called this flow, by its exit `outcome`. It leads nowhere within its own flow."""

    VERB: ClassVar[str] = "return"
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    outcome: str
    given: tuple[tuple[str, str, str], ...] = ()
    """What is handed over: (name there, word, variable here). A word is handed over as it is; an empty one stands for
    the value of the variable."""


class Loop(Step, frozen=True, kw_only=True):
    """Lead to `each`, at most `times` times; then to `then`, and count anew."""

    VERB: ClassVar[str] = "loop"
    EXITS: ClassVar[tuple[str, ...]] = ("each", "then")
    WAITS: ClassVar[bool] = False
    ANSWERS: ClassVar[bool] = False

    times: int
    count: str = ""
    """The variable that holds the number of the round, from 1; empty: none."""
    each: str
    then: str
