"""A person, or at least a voicemail box, can be reached from every question within so many steps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.checks.graph import Node, place_of
from gateway.config.fields import shown
from gateway.core.flow.base import Question

if TYPE_CHECKING:
    from gateway.config.checks.graph import Graph
    from gateway.config.problems import Problems
    from gateway.core.flow.model import Flow

WITHIN = 8
"""Steps from the question to the person."""


def check(flow: Flow, graph: Graph, problems: Problems) -> None:
    """Note each question from which nobody is reached. A flow that says `human: none` means it."""
    if flow.human == "none":
        return
    for step in flow.steps.values():
        if isinstance(step, Question) and not _reaches(Node(flow.id, step.name), graph):
            problems.add(
                place_of(step),
                f"from '{shown(step.name)}' neither a person nor voicemail can be reached within {WITHIN} steps",
                hint="lead one of its ways to `queue` or `voicemail`; if that is not wanted: `human: none` in the head",
            )


def _reaches(node: Node, graph: Graph) -> bool:
    seen, edge = {node}, [node]
    for _ in range(WITHIN + 1):
        if any(graph.step(here).HUMAN for here in edge):
            return True
        ahead = {lead.to for here in edge for lead in graph.leads(here)} - seen
        seen |= ahead
        edge = list(ahead)
    return False
