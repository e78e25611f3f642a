"""What a starting box reads of the past: managers who were assigned, and who spoke with whom, within bounds."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.events import OwnersRecovered
from gateway.core.facts import CallEnded, CallRecord
from gateway.core.facts_owner import ManagerAssigned
from gateway.core.switchboard import Switchboard
from gateway.edge import recall
from gateway.edge.store import Journal
from tests.edge.calls_made_up import SITE

NOW = 1_795_420_800.0
DAY_S = 86_400.0
CALLER, NEW = "+48501000111", "+48501000222"


def spoke(days_ago: float, agent: str) -> CallEnded:
    record = CallRecord(call=f"c{days_ago}", caller=CALLER, answered_by=agent)
    return CallEnded(at=NOW - days_ago * DAY_S, call=record.call, record=record)


def of_days(days: int):
    teams = {name: replace(team, last_spoke_s=days * DAY_S) for name, team in SITE.teams.items()}
    return replace(SITE, teams=teams)


def test_what_is_asked_for_is_read_and_no_more(tmp_path):
    journal = Journal(tmp_path / "journal.sqlite")
    assigned = ManagerAssigned(
        at=NOW - 400 * DAY_S, call="c", number=NEW, manager="anna", rule="1", team="care", clients=0
    )
    journal.append([assigned, spoke(40, "ewa"), spoke(20, "piotr"), spoke(2, "")])
    journal.flush()
    assert recall.of_owners(journal, SITE, NOW) == (assigned,)
    assert recall.of_owners(journal, of_days(30), NOW) == (assigned, spoke(20, "piotr"), spoke(2, ""))
    board = Switchboard(SITE)
    board.receive(OwnersRecovered(facts=recall.of_owners(journal, of_days(365), NOW)), now=NOW)
    owners = board._ex.owners
    assert (owners.spoke[CALLER].agent, owners.assigned[NEW].manager) == ("piotr", "anna")
    journal.close()
