"""Steps that take no time: they note values, tell others, and decide where to go."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from gateway.core.facts.calls import MessagePublished, VariantChosen
from gateway.core.flow import expr
from gateway.core.flow.steps import Branch, Goto, Publish, SetValues, Split
from gateway.core.steps.kind import Kind, Move, take

if TYPE_CHECKING:
    from gateway.core.steps.walk import Walk


class BranchKind(Kind[Branch]):
    """The first rule that holds."""

    def enter(self, walk: Walk, step: Branch) -> Move | None:
        values = walk.readings()
        for rule in step.rules:
            if expr.holds(rule.condition, values):
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


class SplitKind(Kind[Split]):
    """Sends a part of the callers each way: the same caller the same way for as long as the shares stay."""

    def enter(self, walk: Walk, step: Split) -> Move | None:
        call = walk.call
        variant = chosen_way(step, call.values.get("caller") or call.id)
        call.note(VariantChosen(at=call.now, call=call.id, split=step.split, variant=variant))
        return Move(step.ways[variant]) if variant else Move()


class PublishKind(Kind[Publish]):
    """Tells subscribers something of the call; the journal keeps it until they have it."""

    def enter(self, walk: Walk, step: Publish) -> Move | None:
        call = walk.call
        known = walk.readings()
        values = {name: known.get(variable, "") for name, variable in step.values.items()}
        call.note(MessagePublished(at=call.now, call=call.id, topic=step.topic, values=values))
        return Move(step.then)


def chosen_way(step: Split, who: str) -> str:
    """The variant for a caller: his number, and the split's name, decide by a checksum. Empty when there is none."""
    shares = {variant: step.shares[variant] for variant in step.ways if step.shares[variant] > 0}
    total = sum(shares.values())
    if not total:
        return ""
    point = zlib.crc32(f"{step.split}\0{who}".encode()) % total
    for variant, share in shares.items():
        if point < share:
            return variant
        point -= share
    return ""
