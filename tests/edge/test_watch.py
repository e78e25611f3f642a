"""Cases and alarms at the edges: retained on the broker, folded from a long journal, read again at a start."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.core.events_watch import BACK_S, WatchRecovered
from gateway.core.facts.calls import CallEnded, CallRecord, QueueEntered, QueueLeft
from gateway.core.facts.desk import CaseClosed, CaseOpened
from gateway.core.facts.watch import AlarmCleared, AlarmRaised, SupervisionStarted
from gateway.core.kpi.kpi import Key
from gateway.core.switchboard import Switchboard
from gateway.edge import figures as figures_module
from gateway.edge import recall
from gateway.edge.figures import Figures
from gateway.edge.store import Journal
from tests.edge.broker import Mosquitto, Subscriber, until
from tests.edge.calls_made_up import MONDAY, SITE, step
from tests.edge.mqtt_box import Box, soon

DAY = 86_400.0


def raised(at: float, team: str = "care") -> AlarmRaised:
    return AlarmRaised(at=at, alarm="longest_wait", team=team, value=60.0, threshold=60.0, since=at)


def cleared(at: float, team: str = "care") -> AlarmCleared:
    return AlarmCleared(at=at, alarm="longest_wait", team=team, since=at - 5, lasted_s=5.0)


def opened(at: float, case: str = "10008") -> CaseOpened:
    return CaseOpened(at=at, case=case, kind="complaint", whose="team", to="care")


def test_alarms_and_cases_stand_retained_on_the_broker(
    tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber
) -> None:
    async def main() -> None:
        box = Box(tmp_path, mosquitto.port)
        async with box.publishing():
            box.journal.append([opened(MONDAY), raised(MONDAY + 1), raised(MONDAY + 2, "technical")])
            box.journal.flush()
            await soon(lambda: any(len(m.data["alarms"]) == 2 for m in foreign.on("/alarms")), "two alarms")
            await soon(lambda: foreign.on("/cases/team/care"), "the team's cases")
            box.journal.append([cleared(MONDAY + 6), CaseClosed(at=MONDAY + 7, case="10008", resolution_s=7.0)])
            box.journal.flush()
            await soon(lambda: foreign.on("/alarms")[-1].data["alarms"][0]["team"] == "technical", "one alarm")
            await soon(
                lambda: foreign.on("/cases/office")[-1].data["figures"]["resolution_p50_s"] == 7.0, "a solved case"
            )
        box.figures.close()
        box.journal.close()

    asyncio.run(main())
    late = Subscriber(mosquitto, "gw/demo/#", tmp_path, name="late")
    try:
        until(lambda: late.on("/alarms") and late.on("/cases/office"), "what is retained")
    finally:
        late.stop()
    assert [one["team"] for one in late.on("/alarms")[-1].data["alarms"]] == ["technical"]
    assert late.on("/cases/office")[-1].data["figures"]["unsolved"] == 0


def test_a_long_journal_forgets_no_open_case_and_no_alarm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is folded from yesterday on; a case of last week that is closed today took a week."""
    monkeypatch.setattr(figures_module, "REFOLD_MAX", 10)
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([opened(MONDAY - 7 * DAY), raised(MONDAY - 6 * DAY), raised(MONDAY - 6 * DAY, "technical")])
        journal.append([cleared(MONDAY - 5 * DAY)])
        journal.append([step(MONDAY - 4 * DAY + n, str(n)) for n in range(20)])
        journal.append([CaseClosed(at=MONDAY, case="10008", resolution_s=7 * DAY)])
        journal.flush()
        figures = Figures(journal, SITE)
        until(lambda: figures.ready, "the figures")
        found = figures.published(MONDAY + 60)
        figures.close()
    cases = found["cases", "office"].message.figures
    assert (cases.resolution_n, cases.resolution_p50_s, cases.unsolved) == (1, 7 * DAY, 0)
    assert [alarm.team for alarm in found["alarms",].message.alarms] == ["technical"]


def test_nothing_is_published_of_whom_the_site_has_no_more(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([opened(MONDAY), replace(opened(MONDAY, "10016"), to="gone")])
        journal.flush()
        figures = Figures(journal, SITE)
        until(lambda: figures.ready, "the figures")
        words = {words for words in figures.published(MONDAY + 60) if words[0] == "cases"}
        figures.close()
    assert words == {("cases", "office"), ("cases", "team", "care")}


def test_what_a_start_reads_of_the_past(tmp_path: Path) -> None:
    def contact(name: str, at: float) -> list:
        record = CallRecord(call=name, caller="+48601000101", team="care", outcome="abandoned")
        return [
            QueueEntered(at=at, call=name, team="care", position=1),
            QueueLeft(at=at + 10, call=name, team="care", outcome="abandoned", wait_s=10.0),
            CallEnded(at=at + 10, call=name, record=record),
        ]

    heard = SupervisionStarted(at=MONDAY - 60, call="s1", who="ewa", agent="anna", talk="c9")
    with Journal(tmp_path / "journal.db") as journal:
        for name, ago_s in (("a", BACK_S + 100), ("b", BACK_S - 100), ("c", 3600.0)):
            journal.append([*contact(name, MONDAY - ago_s), step(MONDAY - ago_s, "menu")])
        journal.append([raised(MONDAY - 300), heard])
        journal.flush()
        facts = recall.of_watch(journal, MONDAY)
    assert [fact.call for fact in facts if isinstance(fact, QueueEntered)] == ["b", "c"]
    assert [fact.call for fact in facts if isinstance(fact, CallEnded)] == ["c"]
    board = Switchboard(SITE)
    outcome = board.receive(WatchRecovered(facts=facts), now=MONDAY)
    assert [alarm.alarm for alarm in board.alarms()] == ["longest_wait"]
    assert [type(fact).__name__ for fact in outcome.facts] == ["SupervisionEnded"]
    assert board._ex.alarms.kpi.offered(Key("team", "care"), at=MONDAY - 3600.0) == 1


def test_facts_of_some_kinds_before_a_row(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([raised(1.0), step(2.0, "a"), cleared(3.0), raised(4.0), cleared(5.0)])
        journal.flush()
        assert [fact.at for fact in journal.of_kinds(("AlarmRaised", "AlarmCleared"), before=4)] == [1.0, 3.0]
        assert [fact.at for fact in journal.of_kinds(("AlarmRaised", "AlarmCleared"), 3.0)] == [3.0, 4.0, 5.0]
        assert [fact.at for fact in journal.of_kinds(("AlarmRaised",), 2.0, before=4)] == []
