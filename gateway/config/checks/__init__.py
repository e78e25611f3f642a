"""What can be wrong with flows that can all be read: found by walking through them as calls will.

Each module beside this one looks for one kind of mistake. They see only flows without other mistakes: a step that is
missing because it could not be read would make its neighbours look wrong, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.checks import endless, humans, reach, rules, unset
from gateway.config.checks.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gateway.config.problems import Problems
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Team


def check_flows(
    flows: Mapping[str, Flow],
    begin: Iterable[str],
    spoilt: Iterable[str],
    problems: Problems,
    *,
    teams: Iterable[Team] = (),
) -> None:
    """Note what is wrong in `flows`, by their ids; `begin` are those that numbers lead to, `spoilt` the files in which
    a mistake was found already."""
    graph = Graph(flows, begin)
    left = set(spoilt)
    sound = [flow for flow in flows.values() if flow.file not in left]
    for flow in sound:
        reach.check(flow, problems)
        rules.check(flow, problems)
        humans.check(flow, graph, problems)
    patient = [team.id for team in teams if team.waiting.join_empty == "always"]
    endless.check(sound, graph, problems, patient=patient)
    if len(sound) == len(flows):
        unset.check(graph, problems)
