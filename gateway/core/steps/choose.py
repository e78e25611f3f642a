"""Steps that take no time: they note values and decide where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core import expr
from gateway.core.flow_steps import Branch, Goto, SetValues
from gateway.core.steps.kind import Kind, Move, take

if TYPE_CHECKING:
    from gateway.core.flow import Walk


class BranchKind(Kind[Branch]):
    """The first rule that holds."""

    def enter(self, walk: Walk, step: Branch) -> Move | None:
        for rule in step.rules:
            if expr.holds(rule.condition, walk.call.values):
                return take(walk, rule.exit)
        walk.call.trouble("no_rule")
        return None


class SetKind(Kind[SetValues]):
    """Notes values and goes on."""

    def enter(self, walk: Walk, step: SetValues) -> Move | None:
        walk.call.values.update(step.values)
        return Move(step.then)


class GotoKind(Kind[Goto]):
    """Goes to another step or flow."""

    def verb(self, step: Goto) -> str:
        return "go_to_flow" if step.flow else step.VERB

    def enter(self, walk: Walk, step: Goto) -> Move | None:  # noqa: ARG002 - it looks at nothing
        return Move(step.then, step.flow)
