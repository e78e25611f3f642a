"""What a starting box reads of the past: managers who were assigned, and who spoke with whom, within bounds."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.events import OwnersRecovered
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import CallEnded, CallRecord
from gateway.core.facts.owner import ManagerAssigned
from gateway.core.facts.usual import HourCounted
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


def test_the_hours_of_four_weeks_are_read_and_no_other_kind_for_them(tmp_path):
    def hour(days_ago: float) -> HourCounted:
        start = NOW - days_ago * DAY_S
        return HourCounted(
            at=start + 3600,
            team="care",
            start=start,
            seen_s=3600.0,
            offered=4,
            handled=4,
            handling_s=400.0,
            staff_s=3600.0,
        )

    hours = [hour(days_ago) for days_ago in (60, 28, 21, 14, 7)]
    with Journal(tmp_path / "journal.sqlite") as journal:
        journal.append(hours)
        journal.flush()
        read = recall.of_watch(journal, NOW)
        assert read == tuple(hours[1:])
        board = Switchboard(SITE)
        board.receive(WatchRecovered(facts=read), now=NOW)
    expected = board._ex.usual.expected(SITE, "care", NOW - 900, NOW)
    assert expected is None, "it is eight o'clock, and nothing is known of seven"
    expected = board._ex.usual.expected(SITE, "care", NOW + 1, NOW + 900)
    assert expected is not None
    assert (expected.weeks, expected.handling_s) == (4, 100.0)
