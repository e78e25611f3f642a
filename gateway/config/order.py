"""What gateway.yaml and a `queue` step say of the order in a queue: the strategy, priority and skills.

    agents:
      anna: {skills: {invoices: 7, en: 10}}
    teams:
      office:
        strategy: weighted
        weights: {anna: 3, piotr: 0}
        ageing: 60s
        areas:
          invoices: {needs: {invoices: 5}, prefers: {en: 8}}
        relax_every: 30s
        prefer_for: 30s

A skill exists when some agent has it, so that a name that is mistyped is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, cast, get_args

from msgspec.structs import replace

from gateway.config import values
from gateway.config.fields import Section, clean, kind, shown
from gateway.config.joining import areas_of
from gateway.config.source import Mapping, Scalar
from gateway.core.flow.queue_order import PRIORITIES, PRIORITY, SKILL_MAX, WEIGHT_MAX, Order, Strategy, Wish

if TYPE_CHECKING:
    from collections.abc import Collection
    from collections.abc import Mapping as MappingOf

    from gateway.config.problems import Place, Problems
    from gateway.core.flow.model import Flow
    from gateway.core.site.site import Agent, Team

TEAM_KEYS = ("strategy", "weights", "ageing", "areas", "relax_every", "prefer_for")
STRATEGIES: tuple[str, ...] = get_args(Strategy)
AGEING_S = (1.0, 3600.0)
RELAX_S = 3600.0
_LEVELS = f"skills and levels from 1 to {SKILL_MAX}, such as {{invoices: 5}}"
_AREAS = "areas and what they ask, such as {invoices: {needs: {invoices: 5}}}"
_WISH = "needs: and prefers:, each with skills and levels"

Areas = list[tuple[str, "Place"]]
"""Areas that teams name, and where."""


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None


def skills_of(agents: MappingOf[str, Agent] | None) -> tuple[str, ...] | None:
    """Every skill that an agent has; None when the agents could not be read."""
    if agents is None:
        return None
    return tuple(dict.fromkeys(skill for agent in agents.values() for skill in agent.skills))


def read_orders(node: Mapping | None, problems: Problems, made: _Read) -> Areas:
    """Give each of `made.teams` its order. Returns the areas that they name, to see later whether a flow sets them."""
    areas: Areas = []
    if made.teams is None or node is None:
        return areas
    known = skills_of(made.agents)
    for key, (name, value) in node.items.items():
        if clean(key) in made.teams and isinstance(value, Mapping):
            section = Section(value, problems, f"team '{shown(key)}'", name.place)
            team = made.teams[clean(key)]
            made.teams = {**made.teams, team.id: replace(team, order=_order(section, team, known, areas))}
    return areas


def check_areas(areas: Areas, flows: MappingOf[str, Flow], problems: Problems) -> None:
    """An area that no flow sets would never ask for anything."""
    known = sorted(areas_of(flows.values()))
    for area, place in areas:
        if flows and area not in known:
            problems.add(
                place,
                f"no flow sets the area '{shown(area)}'",
                expected=", ".join(known) or "a flow with set: {area: ...}",
                wrong=area,
                among=known,
            )


def read_priority(section: Section) -> int | None:
    """`priority:` of a step, 0 to 9; None when it is not there."""
    given = section.has("priority")
    priority = section.whole("priority", PRIORITY, low=0, high=PRIORITIES - 1)
    return priority if given else None


def read_wish(section: Section, known: Collection[str] | None) -> Wish | None:
    """`needs:` and `prefers:`; None when neither is there. With `known` None the skills are not judged."""
    needs, prefers = read_levels(section, "needs", known), read_levels(section, "prefers", known)
    return Wish(needs=needs, prefers=prefers) if needs or prefers else None


def read_levels(section: Section, key: str, known: Collection[str] | None = None) -> dict[str, int]:
    """Skills and their levels, 1 to 10."""
    node = section.mapping(key, expected=_LEVELS)
    levels: dict[str, int] = {}
    for skill, (name, value) in (node.items if node else {}).items():
        level = values.whole(value.value) if isinstance(value, Scalar) else None
        if level is None or not 1 <= level <= SKILL_MAX:
            what = f"'{shown(value.value)}'" if isinstance(value, Scalar) and not value.missing else kind(value)
            section.problems.add(
                value.place, f"the level of '{shown(skill)}' is {what}", expected=f"a number from 1 to {SKILL_MAX}"
            )
        if known is not None and clean(skill) not in known:
            section.problems.add(
                name.place,
                f"no agent has the skill '{shown(skill)}'",
                expected=", ".join(known) or "skills: of an agent",
                wrong=clean(skill),
                among=known,
            )
        levels[clean(skill)] = level or 1
    return levels


def _order(section: Section, team: Team, known: Collection[str] | None, areas: Areas) -> Order:
    default = Order()
    strategy = _strategy(section)
    return Order(
        strategy=strategy,
        weights=_weights(section, team, strategy),
        ageing_s=section.seconds("ageing", default.ageing_s, low=AGEING_S[0], high=AGEING_S[1]),
        areas=_areas(section, known, areas),
        relax_every_s=section.seconds("relax_every", default.relax_every_s, high=RELAX_S),
        prefer_for_s=section.seconds("prefer_for", default.prefer_for_s, high=RELAX_S),
    )


def _strategy(section: Section) -> Strategy:
    node = section.scalar("strategy", expected=", ".join(STRATEGIES))
    if node is None:
        return Order().strategy
    name = clean(node.value).lower().replace("-", "_").replace(" ", "_")
    if name not in STRATEGIES:
        section.problems.add(
            node.place,
            f"there is no strategy '{shown(node.value)}'",
            expected=", ".join(STRATEGIES),
            wrong=name,
            among=STRATEGIES,
        )
        return Order().strategy
    return cast("Strategy", name)


def _weights(section: Section, team: Team, strategy: Strategy) -> dict[str, int]:
    expected = "agents of the team and their shares, such as {anna: 3, piotr: 1}"
    node = section.mapping("weights", expected=expected)
    if node is not None and strategy != "weighted":
        place = section.key_place("weights")
        section.problems.add(place, f"'weights' mean nothing to the strategy {strategy}", hint="strategy: weighted")
    weights: dict[str, int] = {}
    for agent, (name, value) in (node.items if node else {}).items():
        weight = values.whole(value.value) if isinstance(value, Scalar) else None
        if clean(agent) not in team.agents:
            section.problems.add(
                name.place,
                f"'{shown(agent)}' is not in {section.what}",
                expected=", ".join(team.agents),
                wrong=clean(agent),
                among=team.agents,
            )
        elif weight is None or weight > WEIGHT_MAX:
            what = f"'{shown(value.value)}'" if isinstance(value, Scalar) and not value.missing else kind(value)
            section.problems.add(
                value.place, f"the weight of '{shown(agent)}' is {what}", expected=f"a number from 0 to {WEIGHT_MAX}"
            )
        else:
            weights[clean(agent)] = weight
    return weights


def _areas(section: Section, known: Collection[str] | None, areas: Areas) -> dict[str, Wish]:
    node = section.mapping("areas", expected=_AREAS)
    found: dict[str, Wish] = {}
    for area, (name, value) in (node.items if node else {}).items():
        if not isinstance(value, Mapping):
            section.problems.add(value.place, f"area '{shown(area)}' is {kind(value)}", expected=_WISH)
            continue
        asked = Section(value, section.problems, f"area '{shown(area)}'", name.place)
        wish = read_wish(asked, known)
        asked.done()
        areas.append((clean(area), name.place))
        if wish is not None:
            found[clean(area)] = wish
    return found
