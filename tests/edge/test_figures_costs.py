"""What a day costs, as it is folded from the journal and as it stands on the broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.costs import TrunkLegEnded
from gateway.core.site.costs import CostRules, Tariff
from gateway.edge.figures import Figures
from gateway.edge.figures_costs import CostsMessage
from gateway.edge.mqtt_messages import encode
from gateway.edge.store import Journal
from tests.edge.broker import Mosquitto, Subscriber, until
from tests.edge.calls_made_up import MONDAY, SITE
from tests.edge.mqtt_box import Box, soon

HOUR = 3600.0
RULES = CostRules(
    currency="PLN",
    wage=Decimal("45.00"),
    agent_wages={"ewa": Decimal("60.00")},
    trunks={"provider": Tariff(inbound=Decimal("0.02"), outbound=Decimal("0.12"))},
    fixed=Decimal(48),
)
OFFICE = replace(SITE, costs=RULES)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with Journal(tmp_path / "journal.db") as made:
        yield made


def morning() -> list[AnyFact]:
    """From 9 in Warsaw on: Anna the whole of it, Ewa half an hour of it with a pause."""
    return [
        AgentChanged(at=MONDAY, agent="anna", state="idle"),
        AgentChanged(at=MONDAY, agent="ewa", state="paused", reason="lunch"),
        TrunkLegEnded(at=MONDAY + 600, call="c", leg="c", trunk="provider", direction="in", team="care", up_s=450.0),
        WrapUpEnded(at=MONDAY + 620, agent="anna", team="care", talk_s=400, hold_s=0, wrap_up_s=20),
        WrapUpEnded(at=MONDAY + 900, agent="anna", team="care", talk_s=100, hold_s=0, wrap_up_s=20),
        AgentChanged(at=MONDAY + 1800, agent="ewa", state="off"),
    ]


def folded(journal: Journal, of=OFFICE) -> Figures:
    journal.flush()
    made = Figures(journal, of)
    until(lambda: made.ready, "the figures")
    return made


def message(made: Figures, at: float, *words: str) -> CostsMessage:
    found = made.published(at)["costs", *words].message
    assert isinstance(found, CostsMessage)
    return found


def test_the_office_and_teams_of_more_than_one_are_published(journal: Journal) -> None:
    journal.append(morning())
    made = folded(journal)
    at = MONDAY + HOUR + 30  # up to the full minute before
    found = made.published(at)
    assert [words for words in found if words[0] == "costs"] == [("costs", "office"), ("costs", "team", "care")]
    office = message(made, at, "office")
    assert (office.scope, office.name, office.currency, office.journal) == ("office", "", "PLN", journal.id)
    assert office.figures.until == MONDAY + HOUR
    # 1 h x 45 + 0.5 h x 60; 7.5 min x 0.02; 10 of 24 hours of 48
    assert (office.figures.wages, office.figures.trunks, office.figures.fixed) == (
        Decimal("75.00"), Decimal("0.15"), Decimal("20.00"),
    )  # fmt: skip
    assert (office.figures.cost, office.figures.handled) == (Decimal("95.15"), 2)
    assert office.figures.cost_per_call == Decimal("47.58")
    care = message(made, at, "team", "care").figures  # two of three heads
    assert (care.wages, care.fixed, care.cost_per_call) == (Decimal("45.00"), Decimal("13.33"), Decimal("29.24"))
    made.close()


def test_money_goes_out_as_numbers_with_two_places(journal: Journal) -> None:
    journal.append(morning())
    made = folded(journal)
    payload = encode(message(made, MONDAY + HOUR, "office")).decode()
    assert '"wages":75.00,"trunks":0.15,"fixed":20.00,"cost":95.15,"handled":2,"cost_per_call":47.58' in payload
    made.close()


def test_no_message_tells_of_one_person(journal: Journal) -> None:
    journal.append(morning())
    made = folded(journal)
    payloads = [
        encode(one.message).decode() for words, one in made.published(MONDAY + HOUR).items() if "costs" in words
    ]
    assert not any(agent in payload for payload in payloads for agent in ("anna", "piotr", "ewa"))
    assert not any("60.0" in payload for payload in payloads)
    made.close()


def test_without_costs_there_is_no_message_and_a_new_version_brings_and_takes_it(journal: Journal) -> None:
    journal.append(morning())
    made = folded(journal, SITE)
    assert not [words for words in made.published(MONDAY + HOUR) if words[0] == "costs"]
    made.load(OFFICE)
    assert message(made, MONDAY + HOUR, "office").figures.cost == Decimal("95.15")
    made.load(replace(SITE, costs=replace(RULES, wage=Decimal(90))))
    assert message(made, MONDAY + HOUR, "office").figures.cost == Decimal("140.15")
    made.load(SITE)
    assert not [words for words in made.published(MONDAY + HOUR) if words[0] == "costs"]
    made.close()


def test_fixed_costs_go_on_when_nobody_is_there(journal: Journal) -> None:
    journal.append([AgentChanged(at=MONDAY, agent="anna", state="off")])
    made = folded(journal)
    assert made.next_change(MONDAY + 61.0) == MONDAY + 120.0
    first, second = (message(made, MONDAY + at, "office").figures for at in (60.0, 120.0))
    assert second.fixed - first.fixed in {Decimal("0.03"), Decimal("0.04")}  # 48 a day is 1/30 a minute
    made.close()


def test_they_stand_retained_on_the_broker(tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber) -> None:
    async def main() -> None:
        box = Box(tmp_path, mosquitto.port)
        box.figures.load(OFFICE)
        async with box.publishing():
            box.journal.append(morning())
            box.journal.flush()
            await soon(lambda: foreign.on("/costs/team/care"), "the team's costs")
            await soon(lambda: foreign.on("/costs/office")[-1].data["figures"]["handled"] == 2, "both contacts")
        box.figures.close()
        box.journal.close()

    asyncio.run(main())
    figures = foreign.on("/costs/office")[-1].data["figures"]
    assert json.dumps(figures["trunks"]) == "0.15"
    late = Subscriber(mosquitto, "gw/demo/#", tmp_path, name="late")
    try:
        until(lambda: late.on("/costs/office"), "what is retained")
    finally:
        late.stop()
    assert late.on("/costs/office")[-1].data["figures"]["cost"] == figures["cost"]
