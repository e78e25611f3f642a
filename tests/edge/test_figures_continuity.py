"""The figures of continuity at the edges: published when a window passes, and the same after any start."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.core.facts.all import AnyFact
from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from gateway.core.hours.calendar import zone_of
from gateway.core.site.site import AlarmRules, CaseRules, Client
from gateway.edge import figures as figures_module
from gateway.edge import figures_continuity, recall
from gateway.edge.figures import Figures
from gateway.edge.store import Journal
from tests.core.kpi.continuity_facts import KNOWN, closed, ended, opened, reopened, visit
from tests.edge.broker import Mosquitto, Subscriber, until
from tests.edge.calls_made_up import MONDAY, SITE, step
from tests.edge.mqtt_box import Box, soon

DAY = 86_400.0
OFFICE = ("continuity", "office")
AGENTS = ("anna", "piotr", "ewa")
PLACE = replace(
    SITE,
    agents=dict.fromkeys(("anna", "ola")),
    clients={name: Client(id=name, name=name, manager=boss, team="care") for name, (boss, _) in KNOWN.items()},
)


def months(days: int, seed: int = 0) -> list[AnyFact]:
    """Calls, cases and what becomes of them, up to the midnight before MONDAY's; in order."""
    chance, begin = random.Random(seed), MONDAY - MONDAY % DAY - days * DAY
    facts, cases = [], list[str]()
    for n in range(days * 6):
        when = begin + n * DAY / 6 + chance.uniform(0, 3000)
        if chance.random() < 0.25:
            case, call = f"case {n}", f"opens {n}"
            cases.append(case)
            facts += [opened(when - 5, case, call, area=chance.choice(["qa", "invoices"])), ended(when - 4, call)]
        client = chance.choice(["1001", "2002", "", ""])
        facts += visit(
            when,
            client,
            chance.choice(["qa", "invoices", ""]),
            *chance.sample(AGENTS, chance.choice([0, 1, 1, 2])),
            number=chance.choice(["+48501000111", "+48501000222", ""]),
            case=chance.choice(cases) if cases and chance.random() < 0.4 else "",
            team=chance.choice(["care", "technical"]),
            draft=chance.random() < 0.1,
        )
        for what in (closed, reopened):
            if cases and chance.random() < 0.2:
                facts.append(what(when + 1000, chance.choice(cases)))
    return sorted(facts, key=lambda fact: fact.at)


def shown(figures: Figures, at: float) -> dict:
    return {words: one.seen for words, one in figures.published(at).items() if words[0] == "continuity"}


def folded(journal: Journal, site=PLACE) -> Figures:
    figures = Figures(journal, site)
    until(lambda: figures.ready and figures.seq == journal.last_seq(), "the fold")
    return figures


@pytest.mark.parametrize("seed", [1, 2])
def test_a_start_from_a_long_journal_knows_all_that_a_fold_of_the_whole_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Four months, folded whole and from yesterday on; later facts come out the same, those of old cases, too."""
    monkeypatch.setattr(figures_continuity, "CHUNK", 500)  # many chunks
    facts = months(120, seed)
    with Journal(tmp_path / "journal.db") as journal:
        journal.append(facts)
        journal.flush()
        whole = folded(journal)
        monkeypatch.setattr(figures_module, "REFOLD_MAX", 10)
        short = folded(journal)
        last = facts[-1].at
        assert len(shown(whole, last)) == 5, "the office, two teams, two managers"
        assert shown(whole, last)[OFFICE][0].people_per_client_30d_n == 2
        assert len(shown(whole, last)[OFFICE][1]) > 13
        assert shown(short, last) == shown(whole, last)
        cases = [fact.case for fact in facts if hasattr(fact, "case") and fact.at < last - 45 * DAY]
        more = [reopened(last + 10, case) for case in dict.fromkeys(cases)]
        more += [fact for case in dict.fromkeys(cases) for fact in visit(last + 20, "1001", "", "ewa", case=case)]
        more += [closed(last + 200, case) for case in dict.fromkeys(cases)]
        journal.append(more)
        journal.flush()
        until(lambda: whole.seq == short.seq == journal.last_seq(), "the rest")
        told = shown(whole, last + 300)[OFFICE][0]
        assert told.handoffs_per_case_n > 10
        assert told.handoffs_per_case > 0.5
        for at in (last + 300, last + 3 * DAY, last + 8 * DAY, last + 29 * DAY):
            assert shown(short, at) == shown(whole, at)
        whole.close()
        short.close()


def test_the_window_passes_while_nothing_happens_and_while_the_box_is_off(tmp_path: Path) -> None:
    """The next change is that moment, and whoever looks after it finds the day final; also days later."""
    zone = zone_of(SITE)
    midnight = dt.datetime.combine(dt.datetime.fromtimestamp(MONDAY, zone).date(), dt.time(), zone)
    until_ = (midnight + dt.timedelta(days=1)).timestamp() + 7 * DAY
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([*visit(MONDAY, "1001", "qa"), *visit(MONDAY + 60, "2002", "qa")])
        journal.append([*visit(MONDAY + DAY, "1001", "qa"), *visit(MONDAY + 3 * DAY, "", "qa", number="")])
        journal.flush()
        figures = folded(journal)
        now = MONDAY + 3 * DAY
        seen = []
        while now < until_:
            now = figures.next_change(now)
            seen.append(now)
            assert len(seen) < 20
        assert until_ in seen
        before, after = (shown(figures, moment)[OFFICE] for moment in (until_ - 0.001, until_))
        assert before != after
        figures.close()
        later = folded(journal)
        for moment in (until_, until_ + 5 * DAY):
            finals = [day for day in shown(later, moment)[OFFICE][1] if day.fcr_repeat_final]
            assert [(day.start, day.fcr_repeat, day.fcr_repeat_n) for day in finals][-1:] == [
                (midnight.timestamp(), 0.5, 2)
            ]
        later.close()


def test_it_stands_retained_on_the_broker_and_becomes_final_by_time_alone(
    tmp_path: Path, mosquitto: Mosquitto, foreign: Subscriber
) -> None:
    async def main() -> None:
        now = [MONDAY + 7 * DAY]
        box = Box(tmp_path, mosquitto.port)
        box.clock = lambda: now[0]
        box.journal.append([*visit(MONDAY, "1001", "qa", "anna", team="care"), *visit(MONDAY + 60, "1001", "qa")])
        box.journal.flush()
        until(lambda: box.figures.ready and box.figures.seq == box.journal.last_seq(), "the fold")
        (day,) = box.figures.published(now[0])[OFFICE].message.earlier
        now[0] = day.fcr_repeat_until - 0.5
        async with box.publishing():
            await soon(lambda: foreign.on("/continuity/team/care"), "the team's figures")
            (told,) = foreign.on("/continuity/office")[-1].data["earlier"]
            assert (told["fcr_repeat"], told["fcr_repeat_n"], told["fcr_repeat_final"]) == (0.5, 2, False)
            now[0] += 1.0  # and nothing else
            await soon(
                lambda: foreign.on("/continuity/office")[-1].data["earlier"][0]["fcr_repeat_final"], "the final day"
            )
        box.figures.close()
        box.journal.close()

    asyncio.run(main())


def test_the_alarm_of_each_client_stands_until_his_own_is_cleared(tmp_path: Path) -> None:
    def many(at: float, client: str, team: str) -> AlarmRaised:
        return AlarmRaised(at=at, alarm="many_people", team=team, subject=client, value=5.0, threshold=4.0, since=at)

    with Journal(tmp_path / "journal.db") as journal:
        journal.append([many(MONDAY, "1001", "care"), many(MONDAY + 1, "2002", "care"), many(MONDAY + 2, "3003", "")])
        journal.append([AlarmCleared(at=MONDAY + 9, alarm="many_people", subject="2002", since=MONDAY, lasted_s=9.0)])
        journal.flush()
        figures = folded(journal)
        alarms = figures.published(MONDAY + 10)["alarms",].message.alarms
        assert [(alarm.subject, alarm.team, alarm.value) for alarm in alarms] == [
            ("1001", "care", 5.0),
            ("3003", "", 5.0),
        ]
        figures.close()


def test_another_window_is_published_at_once(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([*visit(MONDAY, "1001", "qa"), *visit(MONDAY + 3 * DAY, "1001", "qa")])
        journal.flush()
        figures = folded(journal)
        assert shown(figures, MONDAY + 4 * DAY)[OFFICE][1][-1].fcr_repeat == 0.0
        figures.load(replace(PLACE, cases=CaseRules(repeat_s=2 * DAY)))
        message = figures.published(MONDAY + 4 * DAY)[OFFICE].message
        assert (message.repeat_s, message.earlier[-1].fcr_repeat, message.earlier[-1].fcr_repeat_final) == (
            2 * DAY,
            1.0,
            True,
        )
        figures.close()


def test_what_a_start_reads_of_talks(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        for days_ago in (40, 30.5, 10, 1):
            journal.append(visit(MONDAY - days_ago * DAY, "1001", "qa", "anna"))
        journal.flush()
        asks = replace(PLACE, alarms=AlarmRules(people_max=2))
        event = recall.watch(journal, asks, MONDAY)
        kinds = [type(fact).__name__ for fact in event.talks]
        assert kinds == ["CallStarted", "ClientIdentified", "CallBridged"] * 3
        assert recall.watch(journal, PLACE, MONDAY).talks == ()


def test_rows_of_some_kinds_between_others(tmp_path: Path) -> None:
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([step(float(n), str(n)) if n % 2 else closed(float(n), str(n)) for n in range(10)])
        journal.flush()
        assert [row.seq for row in journal.rows_of(("CaseClosed",), after=1, before=9)] == [3, 5, 7]
        assert [row.seq for row in journal.rows_of(("CaseClosed", "StepEntered"), after=7)] == [8, 9, 10]
        assert journal.rows_of(("CaseOpened",)) == ()
