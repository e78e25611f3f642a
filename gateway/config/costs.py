"""What gateway.yaml says of costs, all amounts in one currency:

    costs:
      currency: PLN
      wage: 45.00                                          # an hour logged in
      team_wages: {technical: 55.00}
      agent_wages: {anna: 62.50}
      trunks: {provider: {inbound: 0.02, outbound: 0.12}}  # a minute
      fixed: 3000 a month                                  # or: 120.00 a day

It is read when agents, teams and trunks are known.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, Protocol

from gateway.config.fields import Section, clean, kind, shown
from gateway.config.source import Mapping, Scalar
from gateway.core.site.costs import NOTHING, CostRules, Tariff

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.problems import Problems
    from gateway.config.source import Node
    from gateway.core.line_config import Trunk
    from gateway.core.site.site import Agent, Team

AMOUNT = "an amount such as 45.00"
_AMOUNT = re.compile(r"([0-9]{1,8})(?:[.,]([0-9]{1,4}))?")
_FIXED = re.compile(r"(.+?)\s+(?:a|per)\s+(day|month)")
_CURRENCY = re.compile(r"[A-Z]{3}")


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None
    trunks: tuple[Trunk, ...]


def read_costs(root: Section, problems: Problems, made: _Read) -> CostRules | None:
    """`costs:`; None without, and then nothing is counted in money."""
    node = root.mapping("costs", expected="currency: and wage:, for example {currency: PLN, wage: 45.00}")
    if node is None:
        return None
    section = Section(node, problems, "'costs'", root.key_place("costs"))
    typed = section.text("currency", expected="three letters, such as PLN", needed=True)
    currency = typed.upper() if _CURRENCY.fullmatch(typed.upper()) else ""
    if typed and not currency:
        place = node.items["currency"][1].place
        problems.add(place, f"'{shown(typed)}' is no currency", expected="three letters, such as PLN")
    wage = section.get("wage", expected=f"what an hour logged in costs, {AMOUNT}", needed=True)
    fixed, per = _fixed(section, currency)
    rules = CostRules(
        currency=currency,
        wage=_amount(section, wage, "wage", currency) if wage is not None else NOTHING,
        team_wages=_amounts(section, "team_wages", "team", made.teams, currency),
        agent_wages=_amounts(section, "agent_wages", "agent", made.agents, currency),
        trunks=_trunks(section, [trunk.id for trunk in made.trunks], currency),
        fixed=fixed,
        fixed_per=per,
    )
    section.done()
    if rules.wage:
        _one_wage_each(section, rules, made.teams or {})
    return rules


def _amounts(section: Section, key: str, what: str, known: Collection[str] | None, currency: str) -> dict[str, Decimal]:
    """Wages by the name of a team or of an agent."""
    node = section.mapping(key, expected=f"the wage of {what}s by name")
    found = {}
    for name, value in _named(section, node, what, known):
        found[name] = _amount(section, value, name, currency)
    return found


def _trunks(section: Section, known: Collection[str], currency: str) -> dict[str, Tariff]:
    expected = "for a minute of each trunk, such as {provider: {inbound: 0.02, outbound: 0.12}}"
    found = {}
    for name, value in _named(section, section.mapping("trunks", expected=expected), "trunk", known):
        if not isinstance(value, Mapping):
            section.problems.add(
                value.place, f"trunk '{shown(name)}' is {kind(value)}", expected="inbound: and outbound:"
            )
            continue
        tariff = Section(value, section.problems, f"the tariff of '{shown(name)}'")
        amounts = [
            _amount(tariff, node, way, currency) if (node := tariff.get(way, expected=AMOUNT)) is not None else NOTHING
            for way in ("inbound", "outbound")
        ]
        tariff.done()
        found[name] = Tariff(inbound=amounts[0], outbound=amounts[1])
    return found


def _named(section: Section, node: Mapping | None, what: str, known: Collection[str] | None) -> list[tuple[str, Node]]:
    """(name, value); with `known` None names are not judged."""
    found: list[tuple[str, Node]] = []
    for key, (place, value) in node.items.items() if node is not None else ():
        name = clean(key)
        if known is not None and name not in known:
            section.problems.add(
                place.place,
                f"there is no {what} '{shown(name)}'",
                expected=", ".join(known),
                wrong=name,
                among=known,
            )
        else:
            found.append((name, value))
    return found


def _fixed(section: Section, currency: str) -> tuple[Decimal, Literal["day", "month"]]:
    expected = "3000 a month, or 120.00 a day"
    node = section.scalar("fixed", expected=expected)
    if node is None:
        return NOTHING, "day"
    said = _FIXED.fullmatch(clean(node.value))
    if said is None:
        section.problems.add(
            node.place, f"'{shown(node.value)}' does not say for how long", expected=expected, hint="add 'a month'"
        )
        return NOTHING, "day"
    amount = _decimal(said[1], currency)
    if amount is None:
        section.problems.add(node.place, f"'{shown(said[1])}' is no amount", expected=expected)
    return amount or NOTHING, "month" if said[2] == "month" else "day"


def _amount(section: Section, node: Node, key: str, currency: str) -> Decimal:
    """Nothing, and a problem, where it is none."""
    amount = _decimal(node.value, currency) if isinstance(node, Scalar) else None
    if amount is None:
        text = shown(node.value) if isinstance(node, Scalar) else kind(node)
        section.problems.add(node.place, f"'{text}' cannot be read as '{shown(key)}'", expected=AMOUNT)
    return amount or NOTHING


def _decimal(text: str, currency: str) -> Decimal | None:
    """Reads "45", "45.00", "45,00" and "45.00 PLN"."""
    text = clean(text)
    if currency and text.upper().endswith(currency):
        text = text[: -len(currency)].strip()
    found = _AMOUNT.fullmatch(text)
    return Decimal(f"{found[1]}.{found[2] or '0'}") if found else None


def _one_wage_each(section: Section, rules: CostRules, teams: dict[str, Team]) -> None:
    """Somebody in teams with different wages has to have one of his own."""
    of_agent: dict[str, dict[Decimal, str]] = {}
    for team in teams.values():
        for agent in team.agents:
            of_agent.setdefault(agent, {}).setdefault(rules.team_wages.get(team.id, rules.wage), team.id)
    for agent, wages in of_agent.items():
        if len(wages) > 1 and agent not in rules.agent_wages:
            section.problems.add(
                section.key_place("team_wages"),
                f"'{shown(agent)}' is in teams with different wages: {', '.join(wages.values())}",
                expected="one wage an hour for each person",
                hint=f"write it below agent_wages:, such as {{{shown(agent)}: {rules.wage:.2f}}}",
            )
