"""The quality sample against a naive one that keeps every talk for ever and sorts them all, over weeks with restarts,
deleted recordings, clients who are not to be recorded any more, and versions without the form or without somebody."""

from __future__ import annotations

import datetime as dt
from hashlib import blake2b
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from msgspec.structs import replace

from gateway.core.events_desk import DeskCommanded, RecordingRemoved
from gateway.core.facts.desk import TaskClosed, TaskOpened
from gateway.core.facts.quality import QualityDrawn, QualitySampled, QualityScored
from tests.core.factory import KOWALSKI, NOWAK, STRANGER, Rig, team

from .test_quality import GOOD, RULES, office, restarted, talk

WARSAW = ZoneInfo("Europe/Warsaw")
CLIENTS = {KOWALSKI: "1001", NOWAK: "2002", STRANGER: ""}
DAY = 86_400.0


def monday_of(at: float) -> str:
    day = dt.datetime.fromtimestamp(at, WARSAW).date()
    return (day - dt.timedelta(days=day.weekday())).isoformat()


class Sampled(RuleBasedStateMachine):
    """One office and what the naive draw expects of it."""

    @initialize(before_dst=st.booleans())
    def begin(self, before_dst) -> None:
        self.r = Rig(office())
        if before_dst:
            self.r.pass_time(dt.datetime(2024, 3, 27, 12, tzinfo=WARSAW).timestamp() - self.r.now)
        self.talks: dict[str, tuple[str, str, str]] = {}
        """Recording -> agent, client, week."""
        self.deleted: set[str] = set()
        self.unrecorded: set[str] = set()
        self.people = ("jan", "ewa")
        self.rules = True
        self.wanted: list[str] = []
        self.weeks: list[str] = []
        self.scores: dict[str, float] = {}
        self.withdrawn: set[str] = set()

    # What happens

    @rule(agent=st.sampled_from(["jan", "ewa"]), caller=st.sampled_from(list(CLIENTS)), yes=st.booleans())
    def somebody_talks(self, agent, caller, yes) -> None:
        if agent not in self.people:
            return
        client = CLIENTS[caller]
        keys = "" if client in self.unrecorded else "1" if yes else "2"
        name = talk(self.r, agent, caller, keys)
        assert bool(name) == (keys == "1")
        if name:
            self.talks[name] = agent, client, monday_of(self.r.now)
            self._draw()

    @rule(days=st.sampled_from([0.5, 1.0, 3.0, 7.0, 20.0]))
    def time_passes(self, days) -> None:
        self.r.pass_time(days * DAY)
        self._draw()

    @rule(data=st.data())
    def a_file_is_deleted(self, data) -> None:
        left = sorted(self.talks.keys() - self.deleted)
        if left:
            name = data.draw(st.sampled_from(left))
            self.r.tell(RecordingRemoved(file=f"recordings/{name}.wav", recorded_at=0.0))
            self.deleted.add(name)
            if name in self.wanted and name not in self.scores:
                self.withdrawn.add(name)

    @rule(people=st.sampled_from([("jan", "ewa"), ("ewa",)]), rules=st.booleans(),
          unrecorded=st.sets(st.sampled_from(["1001", "2002"])))  # fmt: skip
    def another_version_comes(self, people, rules, unrecorded) -> None:
        self.people, self.rules, self.unrecorded = people, rules, unrecorded
        of = office(quality=RULES if rules else None)
        agents = {name: one for name, one in of.agents.items() if name in people or name not in {"jan", "ewa"}}
        clients = {
            name: replace(one, do_not_record=name in unrecorded) for name, one in of.clients.items()
        }  # fmt: skip
        self.r.load(replace(team(of, "office", agents=people), agents=agents, clients=clients))
        waiting = set(self.wanted) - self.scores.keys()
        self.withdrawn |= {name for name in waiting if self.talks[name][1] in unrecorded}
        self._draw()

    @rule(off=st.sampled_from([0.0, 2.0, 8.0]))
    def the_box_starts_anew(self, off) -> None:
        self.r.now += off * DAY
        calls = self.r._calls
        self.r = restarted(self.r)
        self.r._calls = calls
        self._draw()

    @rule(data=st.data(), answer=st.sampled_from(["yes", "no", "maybe"]), again=st.booleans(),
          who=st.sampled_from(["ewa", "ola", "jan"]))  # fmt: skip
    def somebody_scores(self, data, answer, again, who) -> None:
        if not self.talks:
            return
        name = data.draw(st.sampled_from(sorted(self.talks)))
        event = DeskCommanded(
            what="sample", id=name, deed="scored", who=who, answers=GOOD | {"greeting": answer}, again=again
        )
        fine = name in self.wanted and self.rules and name not in self.deleted | self.withdrawn
        fine = fine and who != self.talks[name][0] and answer != "maybe" and (again or name not in self.scores)
        assert (self.r.board.desk_problem(event) == "") == fine
        self.r.tell(event)
        if fine:
            self.scores[name] = 100.0 if answer == "yes" else 50.0

    # What the naive one expects

    def _draw(self) -> None:
        if not self.rules:
            return
        undrawn = sorted({week for _, _, week in self.talks.values()} - set(self.weeks))
        newest = [week for week in undrawn if week > max(self.weeks, default="")][-2:]
        for week in newest:
            if week < monday_of(self.r.now):
                self.weeks.append(week)
                for agent in sorted(self.people):
                    lots = sorted(
                        (blake2b(f"0:{name[:-2]}:{agent}".encode(), digest_size=8).digest(), name)
                        for name, (whose, client, when) in self.talks.items()
                        if (whose, when) == (agent, week) and name not in self.deleted
                        and client not in self.unrecorded
                    )  # fmt: skip
                    self.wanted += [name for _, name in lots[: RULES.per_agent_week]]

    @invariant()
    def the_same_talks_are_drawn(self) -> None:
        if not hasattr(self, "r"):
            return
        facts = self.r.of(QualitySampled)
        assert sorted(fact.recording for fact in facts) == sorted(self.wanted)
        assert [fact.week for fact in self.r.of(QualityDrawn)] == self.weeks
        for fact in facts:
            agent, client, week = self.talks[fact.recording]
            assert (fact.agent, fact.client, fact.week) == (agent, client, week)
            assert fact.reviewer != fact.agent
            assert fact.of == sum((whose, when) == (agent, week) for whose, _, when in self.talks.values())

    @invariant()
    def each_has_its_task_and_its_score(self) -> None:
        if not hasattr(self, "r"):
            return
        opened = [fact.task for fact in self.r.of(TaskOpened)]
        assert sorted(opened) == sorted(f"{name}.q" for name in self.wanted)
        closed = {fact.task: fact.result for fact in self.r.of(TaskClosed)}
        assert len(closed) == len(self.r.of(TaskClosed))
        assert closed == {f"{name}.q": "done" for name in self.scores} | {
            f"{name}.q": "cancelled" for name in self.withdrawn
        }
        assert {fact.recording: fact.score for fact in self.r.of(QualityScored)} == self.scores
        waiting = set(self.wanted) - self.scores.keys() - self.withdrawn
        assert self.r.board.desk(self.r.now).samples == len(waiting)
        assert {sample.sampled.recording for sample in self.r.board._ex.desk.quality.open()} == waiting


TestSampled = Sampled.TestCase
TestSampled.settings = settings(
    max_examples=20,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
