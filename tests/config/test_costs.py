"""What gateway.yaml says of costs, as it is read."""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.config.load import load_site
from gateway.core.site.costs import CostRules, Tariff
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"


def read(tmp_path: Path, costs: str = "") -> CostRules | None:
    folder = Path(shutil.copytree(SOUND, tmp_path / "site"))
    file = folder / "gateway.yaml"
    file.write_text(file.read_text() + costs)
    return load_site(folder).site.costs


def test_what_is_written(tmp_path):
    rules = read(
        tmp_path,
        "costs:\n  currency: pln\n  wage: 45\n  team_wages: {qa: '55,50'}\n  agent_wages: {anna: 62.50 PLN, jan: 60}\n"
        "  trunks: {provider: {inbound: 0.0189, outbound: 0.12}}\n  fixed: 3000 PLN a month\n",
    )
    assert rules == CostRules(
        currency="PLN",
        wage=Decimal(45),
        team_wages={"qa": Decimal("55.5")},
        agent_wages={"anna": Decimal("62.5"), "jan": Decimal(60)},
        trunks={"provider": Tariff(inbound=Decimal("0.0189"), outbound=Decimal("0.12"))},
        fixed=Decimal(3000),
        fixed_per="month",
    )


def test_what_is_left_out(tmp_path):
    assert read(tmp_path, "costs: {currency: EUR, wage: 18.20}\n") == CostRules(currency="EUR", wage=Decimal("18.2"))


def test_without_the_section_nothing_is_counted_in_money(tmp_path):
    assert read(tmp_path) is None


@pytest.mark.parametrize(
    ("said", "fixed"),
    [("120.00 a day", (120, "day")), ("3000 per month", (3000, "month")), ("7 PLN a day", (7, "day"))],
)
def test_fixed_costs_say_for_how_long(tmp_path, said, fixed):
    rules = read(tmp_path, f"costs: {{currency: PLN, wage: 1, fixed: {said}}}\n")
    assert rules is not None
    assert (rules.fixed, rules.fixed_per) == fixed


def test_somebody_in_teams_with_different_wages_needs_one_of_his_own(tmp_path):
    with pytest.raises(SiteError) as caught:
        read(tmp_path, "costs: {currency: PLN, wage: 45, team_wages: {qa: 55}}\n")
    (problem,) = caught.value.problems
    assert (problem.file, problem.message) == (
        "gateway.yaml", "'jan' is in teams with different wages: office, qa",
    )  # fmt: skip
    assert problem.hint == "write it below agent_wages:, such as {jan: 45.00}"
