"""What a day costs, against examples worked by hand and a naive reference."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded
from gateway.core.kpi.costs import CostFigures, CostKpi
from gateway.core.site.costs import CostRules, Tariff
from gateway.core.site.site import Site, Team
from gateway.edge.figures import LocalDay

WARSAW = zoneinfo.ZoneInfo("Europe/Warsaw")
H = 3600.0
SITE = Site(
    name="test",
    version="v1",
    numbers={},
    flows={},
    agents={},
    teams={
        "office": Team(id="office", name="Biuro", agents=("anna", "jan", "ewa")),
        "technical": Team(id="technical", name="Technicy", agents=("ewa",)),
    },
    clients={},
)
RULES = CostRules(
    currency="PLN",
    wage=Decimal("45.00"),
    team_wages={"office": Decimal("50.00"), "technical": Decimal("60.00")},
    agent_wages={"ewa": Decimal("66.66")},
    trunks={"provider": Tariff(inbound=Decimal("0.02"), outbound=Decimal("0.12"))},
    fixed=Decimal(3000),
    fixed_per="month",
)


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()


DAY = moment("2026-11-23 00:00")


def ended(at: float, up_s: float, direction: str = "in", team: str = "office", trunk: str = "provider"):
    return TrunkLegEnded(at=at, call="c", leg="c", trunk=trunk, direction=direction, team=team, up_s=up_s)


def folded(*facts, of: Site = SITE) -> CostKpi:
    kpi = CostKpi(of, day_start=LocalDay(WARSAW))
    for fact in facts:
        kpi.apply(fact)
    return kpi


def money(figures: CostFigures) -> tuple[str, ...]:
    amounts = figures.wages, figures.trunks, figures.fixed, figures.cost, figures.cost_per_call
    return tuple(str(amount) for amount in amounts)


def test_a_day_worked_by_hand():
    kpi = folded(
        ended(DAY + 9 * H, 90.0),
        ended(DAY + 10 * H, 150.5, "out"),
        ended(DAY + 11 * H, 600.0, "in", team=""),  # hung up in a menu: nobody's but the office's
        ended(DAY + 11 * H, 600.0, "out", team="technical", trunk="flat"),  # no tariff: nothing by the minute
    )
    hours = {"anna": 8 * H, "jan": 4 * H, "ewa": 3 * H}
    office = kpi.figures(RULES, None, at=DAY + 12 * H, logged_in_s=hours, handled=40)
    # 8 x 50 + 4 x 50 + 3 x 66.66; 11.5 min x 0.02 + 150.5 s x 0.12 / 60; half a day of 3000 / 30
    assert money(office) == ("799.98", "0.53", "50.00", "850.51", "21.26")
    assert (office.start, office.until, office.paid_s) == (DAY, DAY + 12 * H, 15 * H)
    assert (office.inbound_s, office.outbound_s, office.handled) == (690.0, 750.5, 40)
    team = kpi.figures(RULES, "office", at=DAY + 12 * H, logged_in_s=hours, handled=30)
    # Ewa is half theirs; 90 s in and 150.5 s out; two and a half of three heads
    assert money(team) == ("699.99", "0.33", "41.67", "741.99", "24.73")
    assert team.paid_s == 13.5 * H
    other = kpi.figures(RULES, "technical", at=DAY + 12 * H, logged_in_s=hours, handled=0)
    assert money(other) == ("99.99", "0.00", "8.33", "108.32", "None")
    assert other.outbound_s == 600.0


def test_without_anything_handled_there_is_no_cost_per_call():
    nothing = folded().figures(RULES, None, at=DAY, logged_in_s={}, handled=0)
    assert money(nothing) == ("0.00", "0.00", "0.00", "0.00", "None")


@pytest.mark.parametrize(
    ("wage", "seconds", "shown"),
    [("36.00", 0.5, "0.01"), ("36.00", 0.499, "0.00"), ("18.00", 1.0, "0.01"), ("17.99", 1.0, "0.00")],
)
def test_an_amount_is_rounded_half_up_once(wage, seconds, shown):
    rules = CostRules(currency="PLN", wage=Decimal(wage))
    figures = folded().figures(rules, None, at=DAY + H, logged_in_s={"anna": seconds}, handled=1)
    assert str(figures.wages) == shown


def test_minutes_are_booked_on_the_day_on_which_the_leg_ended():
    kpi = folded(ended(DAY - 1, 600.0), ended(DAY + 60, 3600.0))
    yesterday = kpi.figures(RULES, None, at=DAY - 1, logged_in_s={}, handled=1)
    today = kpi.figures(RULES, None, at=DAY + H, logged_in_s={}, handled=1)
    assert (yesterday.inbound_s, today.inbound_s) == (600.0, 3600.0)
    assert (str(yesterday.trunks), str(today.trunks)) == ("0.20", "1.20")


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-02-10", 24)])
@pytest.mark.parametrize("per", ["day", "month"])
def test_fixed_costs_grow_through_the_day_to_what_was_said(day, hours, per):
    start = moment(f"{day} 00:00")
    days = 28 if "-02-" in day else 31
    rules = CostRules(currency="PLN", wage=Decimal(1), fixed=Decimal(days * 24), fixed_per=per)
    whole = Decimal(24) if per == "month" else Decimal(days * 24)

    def fixed(at: float) -> Decimal:
        return folded().figures(rules, None, at=at, logged_in_s={}, handled=0).fixed

    assert fixed(start) == 0
    assert fixed(start + hours * H / 2) == whole / 2
    assert fixed(start + hours * H - 0.001) == whole


def test_an_hour_costs_the_agents_own_wage_then_that_of_the_team_then_that_of_all():
    site = replace(SITE, teams={**SITE.teams, "sales": Team(id="sales", name="S", agents=("ola",))})
    assert [str(RULES.wage_of(who, site)) for who in ("ewa", "anna", "ola", "stranger")] == [
        "66.66", "50.00", "45.00", "45.00",
    ]  # fmt: skip


def test_another_version_of_the_site_shares_the_whole_day_anew():
    kpi = folded()
    kpi.load(replace(SITE, teams={"office": SITE.teams["office"]}))
    team = kpi.figures(RULES, "office", at=DAY + 24 * H - 1, logged_in_s={"ewa": 2 * H}, handled=1)
    assert (str(team.wages), str(team.fixed)) == ("133.32", "100.00")


def test_other_facts_cost_nothing():
    begun = TrunkLegAnswered(at=DAY, call="c", leg="c", line="line1", trunk="provider", direction="in")
    assert folded(begun).figures(RULES, None, at=DAY + H, logged_in_s={}, handled=1).trunks == 0


AMOUNTS = st.decimals(min_value=0, max_value=500, places=2)
LEGS = st.lists(
    st.tuples(
        st.integers(0, 86_399), st.integers(0, 7_200_000), st.sampled_from(["in", "out"]),
        st.sampled_from(["office", "technical", ""]),
    ),
    max_size=12,
)  # fmt: skip


@given(
    amounts=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS, AMOUNTS),
    hours=st.fixed_dictionaries({who: st.integers(0, 86_400_000) for who in ("anna", "jan", "ewa")}),
    legs=LEGS,
    handled=st.integers(0, 200),
    passed=st.integers(0, 86_399),
)
def test_the_parts_are_those_of_a_naive_reference(amounts, hours, legs, handled, passed):
    """Decimals of 60 digits in place of fractions, and sums over everything in place of a fold."""
    wage, inbound, outbound, fixed = amounts
    rules = CostRules(
        currency="PLN", wage=wage, trunks={"provider": Tariff(inbound=inbound, outbound=outbound)}, fixed=fixed
    )
    kpi = folded(*(ended(DAY + at, ms / 1000, way, team) for at, ms, way, team in legs))
    logged_in_s = {who: ms / 1000 for who, ms in hours.items()}
    shares = {"office": {"anna": 1, "jan": 1, "ewa": Decimal("0.5")}, "technical": {"ewa": Decimal("0.5")}}
    with localcontext() as exactly:
        exactly.prec = 60
        for team in (None, "office", "technical"):
            part = dict.fromkeys(hours, 1) if team is None else shares[team]
            exact = (
                wage * sum(hours[who] * share for who, share in part.items()) / 3_600_000,
                sum((inbound if way == "in" else outbound) * ms for _, ms, way, of in legs if team in {None, of})
                / Decimal(60_000),
                fixed * passed * (1 if team is None else sum(part.values()) / Decimal(3)) / 86_400,
            )
            figures = kpi.figures(rules, team, at=DAY + passed, logged_in_s=logged_in_s, handled=handled)
            shown = figures.wages, figures.trunks, figures.fixed
            for one, other in zip(shown, exact, strict=True):
                assert abs(one - other) <= Decimal("0.005") + Decimal("1e-50")
                assert one == one.quantize(Decimal("0.01"))
            assert figures.cost == sum(shown)
            per_call = (figures.cost / handled).quantize(Decimal("0.01"), ROUND_HALF_UP) if handled else None
            assert figures.cost_per_call == per_call
