"""Whatever callers, phones, lines and the network do, in whatever order: nobody is lost and nobody is in two places.

A model network drives a real Switchboard. It does what the actions tell it, at its own pace or never, lets callers and
agents do what people do, loses lines, restarts the control process from the journal, and sends reports that are late,
repeated, out of place or about legs that nobody knows.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from msgspec.structs import replace

from gateway.core.call.record import Story
from gateway.core.events import (
    ActionFailed,
    AgentCommanded,
    CallOffered,
    KeyPressed,
    LegAnswered,
    LegMediaChanged,
    LegProceeded,
    LineDown,
    PlayEnded,
    TimerDue,
)
from gateway.core.facts.calls import (
    AgentOffered,
    CallBridged,
    CallEnded,
    CallStarted,
    QueueEntered,
    QueueLeft,
    TalkEnded,
)
from gateway.core.kpi.kpi import OFFICE
from tests.core.factory import KOWALSKI, MAIN, NOWAK, STRANGER, another_version
from tests.core.network import OUTSIDE, NetLeg, nonsense_about
from tests.core.restarts import Restarted

AGENTS = ("anna", "jan", "ewa", "ola", "piotr")


class Office(Restarted, RuleBasedStateMachine):
    """The network and the people; `board` is the real thing."""

    @initialize(tight=st.booleans())
    def begin(self, tight) -> None:
        self.open(tight=tight)

    # Callers

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK, STRANGER, "", "junk\r\nX: y"]),
          called=st.sampled_from([MAIN, MAIN, "9999", "100", "999", ""]), confirmed=st.booleans())  # fmt: skip
    def offer(self, line, caller, called, confirmed) -> None:
        self.invite(line, caller, called, confirmed=confirmed)

    def invite(self, line, caller, called, *, confirmed) -> NetLeg | None:
        used = sum(leg.line == line for leg in self.legs.values())
        callers = sum(leg.line == line and not leg.agent for leg in self.legs.values())
        if line not in self.up or used >= self.legs_max - 1 or callers >= self.legs_max // 2:
            return None
        self.count += 1
        leg = NetLeg(f"{line}{self.count}", line, f"{line}{self.count}")
        self.legs[leg.id] = leg
        self.tell(CallOffered(line=line, leg=leg.id, caller=caller, called=called, withheld=not caller))
        if confirmed and leg.id in self.legs:
            self.answered(leg)
        return leg

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK]))
    def queue_up(self, line, caller) -> None:
        """A known client presses 0 during the welcome."""
        leg = self.invite(line, caller, MAIN, confirmed=True)
        if leg is not None:
            self.tell(KeyPressed(leg=leg.id, key="0", source="rfc4733"))

    @rule(line=st.sampled_from("AB"), caller=st.sampled_from([KOWALSKI, NOWAK]), rings=st.booleans())
    def queue_up_and_ring(self, line, caller, rings) -> None:
        """The same, and all phones ring or are picked up."""
        self.queue_up(line, caller)
        for leg in list(self.legs.values()):
            if leg.agent and leg.state == "dialled" and leg.line in self.up and leg.id in self.legs:
                if rings:
                    leg.state = "ringing"
                    self.tell(LegProceeded(leg=leg.id, code=180))
                else:
                    self.answered(leg)

    @rule(data=st.data())
    def confirm(self, data) -> None:
        if leg := self.some(data, "answering"):
            self.answered(leg)

    @rule(data=st.data(), code=st.sampled_from([200, 487]))
    def caller_hangs_up(self, data, code) -> None:
        if leg := self.some(data, "answering", "answered", "ending", agent=False):
            self.end(leg, code=code, by="far")

    @rule(data=st.data(), key=st.sampled_from("01259*#"), sources=st.sets(
        st.sampled_from(["rfc4733", "info", "inband"]), min_size=1), relayed=st.booleans())  # fmt: skip
    def press(self, data, key, sources, relayed) -> None:
        if leg := self.some(data, "answered"):
            for source in sorted(sources):
                self.tell(KeyPressed(leg=leg.id, key=key, source=source, relayed=relayed))

    @rule(data=st.data(), keys=st.sampled_from(["0", "1", "10", "1001#", "2002#", "9", "100199990"]))
    def press_several(self, data, keys) -> None:
        if leg := self.some(data, "answered", agent=False):
            for key in keys:
                if leg.id in self.legs:
                    self.now += 0.1
                    self.tell(KeyPressed(leg=leg.id, key=key, source="rfc4733"))

    @rule(data=st.data(), how=st.sampled_from(["end", "key", "stopped"]))
    def prompt_ends(self, data, how) -> None:
        playing = [leg for leg in self.legs.values() if leg.play and leg.line in self.up and leg.state == "answered"]
        if playing:
            leg = data.draw(st.sampled_from(playing))
            play, leg.play = leg.play, ""
            self.tell(PlayEnded(leg=leg.id, play=play, how=how))

    @rule(data=st.data(), held=st.booleans())
    def hold(self, data, held) -> None:
        if leg := self.some(data, "answered"):
            leg.held = held
            self.tell(LegMediaChanged(leg=leg.id, codec="PCMA", held=held))

    @rule(data=st.data())
    def hold_or_resume(self, data) -> None:
        if leg := self.some(data, "answered"):
            leg.held = not leg.held
            self.tell(LegMediaChanged(leg=leg.id, codec="PCMA", held=leg.held))

    # Phones of agents

    @rule(data=st.data(), code=st.sampled_from([100, 180, 183]))
    def proceed(self, data, code) -> None:
        if leg := self.some(data, "dialled", "ringing", agent=True):
            leg.state = "ringing"
            self.tell(LegProceeded(leg=leg.id, code=code))

    @rule(data=st.data())
    def pick_up(self, data) -> None:
        if leg := self.some(data, "dialled", "ringing", agent=True):
            self.answered(leg)

    @rule(data=st.data())
    def pick_up_too_late(self, data) -> None:
        if leg := self.some(data, "ending", agent=True):
            self.tell(LegAnswered(leg=leg.id))

    @rule(data=st.data(), code=st.sampled_from([403, 404, 408, 480, 486, 500, 503, 600, 603]))
    def decline(self, data, code) -> None:
        if leg := self.some(data, "dialled", "ringing", agent=True):
            self.end(leg, code=code, by="far")

    @rule(data=st.data(), by=st.sampled_from(["far", "far", "line"]))
    def agent_hangs_up(self, data, by) -> None:
        if leg := self.some(data, "answered", "ending", agent=True):
            self.end(leg, code=200, by=by)

    @rule(agent=st.sampled_from([*AGENTS, "nobody"]),
          command=st.sampled_from(["login", "login", "logout", "pause", "unpause", "unpause"]))  # fmt: skip
    def command(self, agent, command) -> None:
        self.tell(AgentCommanded(agent=agent, command=command, reason="lunch"))

    # The line and the box

    @rule(data=st.data(), freed=st.booleans())
    def leg_ends_as_told(self, data, freed) -> None:
        if leg := self.some(data, "ending"):
            self.end(leg, code=200, by="us", freed=freed)

    @rule(line=st.sampled_from("AB"))
    def all_legs_end_as_told(self, line) -> None:
        for leg in [leg for leg in self.legs.values() if leg.state == "ending" and leg.line == line]:
            if leg.id in self.legs and line in self.up:
                self.end(leg, code=200, by="us")

    @rule(seconds=st.sampled_from([0.1, 1.0, 2.5, 9.0, 21.0, 70.0]))
    def pass_time(self, seconds) -> None:
        until = self.now + seconds
        while (deadline := self.board.next_deadline()) is not None and deadline <= until:
            self.now = deadline
            self.tell(TimerDue())
        self.now = until

    @rule(seconds=st.sampled_from([1.0, 30.0, 500.0]))
    def sleep_through_deadlines(self, seconds) -> None:
        self.now += seconds
        self.tell(TimerDue())

    @rule(data=st.data(), action=st.sampled_from(["Play", "Answer", "Bridge", "HangUp", "StopPlay", "SendKeys"]))
    def action_fails(self, data, action) -> None:
        if (leg := self.some(data, "answered", "ending", "answering")) and not data.draw(st.integers(0, 4)):
            if action == "HangUp":
                if leg.state != "ending":
                    return
                self.drop(leg)
            code = 481 if action == "HangUp" else data.draw(st.sampled_from([491, 500]))
            self.tell(ActionFailed(leg=leg.id, action=action, code=code, reason="no"))

    @rule(data=st.data())
    def dial_fails(self, data) -> None:
        if leg := self.some(data, "dialled", agent=True):
            self.drop(leg)
            self.tell(ActionFailed(leg=leg.id, action="Dial", code=data.draw(st.sampled_from([404, 500, 503])),
                                   reason=data.draw(st.sampled_from(["no free leg", "other"]))))  # fmt: skip

    @rule(line=st.sampled_from("AB"), back=st.booleans(), really=st.integers(0, 5))
    def line_dies(self, line, back, really) -> None:
        if line in self.up and not really:
            self.up.discard(line)
            for leg in [leg for leg in self.legs.values() if leg.line == line]:
                self.drop(leg)
            self.tell(LineDown(line=line, reason="killed"))
        if (back or really) and line not in self.up:
            self.kill(line)
            self.greet(line)

    @rule(people=st.sets(st.sampled_from(AGENTS), min_size=1), office=st.sets(st.sampled_from(AGENTS), min_size=1),
          sales=st.sets(st.sampled_from(AGENTS)), moved=st.sampled_from(["", "", *AGENTS]),
          swapped=st.booleans(), renamed=st.booleans())  # fmt: skip
    def new_site_version(self, people, office, sales, moved, swapped, renamed) -> None:  # noqa: PLR0917
        """Agents leave, come back, change teams, telephones and names; a team and a flow may be gone."""
        self.load(
            another_version(
                self.versions[0], len(self.versions) + 1, people=people, office=office, sales=sales, moved=moved,
                swapped=swapped, renamed=renamed,
            )
        )  # fmt: skip

    @rule(line=st.sampled_from("AB"), data=st.data())
    def line_greets_again(self, line, data) -> None:
        """The socket broke and came back; some legs ended meanwhile."""
        if line in self.up and not data.draw(st.integers(0, 4)):
            for leg in [leg for leg in self.legs.values() if leg.line == line]:
                if not data.draw(st.integers(0, 2)):
                    self.drop(leg)
            self.greet(line, self.snapshots(line), boot=self.boot_of(line))

    # Reports that should not be

    @rule(data=st.data())
    def nonsense(self, data) -> None:
        leg = data.draw(st.sampled_from([*self.past[-20:], "never", ""]))
        self.tell(data.draw(st.sampled_from(nonsense_about(leg))))

    @rule(data=st.data())
    @precondition(lambda self: self.legs)
    def out_of_place(self, data) -> None:
        """Reports about legs that are there, at the wrong time."""
        legs = [leg for leg in self.legs.values() if leg.line in self.up]
        if not legs:
            return
        leg = data.draw(st.sampled_from(legs))
        events = [
            PlayEnded(leg=leg.id, play="old", how="stopped"),
            KeyPressed(leg=leg.id, key="?", source="inband"),
            CallOffered(line=leg.line, leg=leg.id, caller="", called=MAIN),
        ]
        if leg.state == "answered":
            events += [LegAnswered(leg=leg.id), LegProceeded(leg=leg.id, code=180)]
        self.tell(data.draw(st.sampled_from(events)))

    # What must hold

    @invariant()
    def nobody_is_lost_or_in_two_places(self) -> None:
        view = self.board.view()
        calls = {call.call: call for call in view.calls}
        queued = [call for queue in view.queues for call in queue.calls]
        assert len(queued) == len(set(queued))
        assert {call for call, seen in calls.items() if seen.state == "queued"} == set(queued)
        started = [fact.call for fact in self.facts if isinstance(fact, CallStarted)]
        ended = [fact.call for fact in self.facts if isinstance(fact, CallEnded)]
        assert len(started) == len(set(started))
        assert len(ended) == len(set(ended))
        alive = set(started) - set(ended)
        if set(calls) != alive:
            assert set(calls) < alive
            up = {line.line for line in view.lines if line.up}
            assert all(call[0] not in up for call in alive - set(calls)), "waits for a line that is up"
        ringing = [agent for call in view.calls for agent in call.ringing]
        talking = [call.agent for call in view.calls if call.agent]
        ringing, talking = ([who for who in people if who != OUTSIDE] for people in (ringing, talking))
        assert len(ringing + talking) == len({*ringing, *talking}), "an agent in two calls"
        for seat in view.agents:
            assert (seat.state == "talking") == (seat.agent in talking)
            assert (seat.state == "ringing") == (seat.agent in ringing)

    @invariant()
    def contacts_add_up(self) -> None:
        open_: dict[str, int] = {}
        talks: dict[str, int] = {}
        for fact in self.facts:
            if isinstance(fact, QueueEntered):
                open_[fact.call] = open_.get(fact.call, 0) + 1
            elif isinstance(fact, QueueLeft):
                open_[fact.call] -= 1
            elif isinstance(fact, CallBridged):
                talks[fact.call] = talks.get(fact.call, 0) + 1
            elif isinstance(fact, TalkEnded):
                talks[fact.call] -= 1
            elif isinstance(fact, CallEnded):
                assert open_.get(fact.call, 0) == talks.get(fact.call, 0) == 0
        assert set(open_.values()) | set(talks.values()) <= {0, 1}
        assert set(self.kpi.conservation().values()) <= {0}
        real = sum(count for call, count in open_.items() if call not in self.tried())
        assert self.kpi.figures(OFFICE, "interval").in_progress == real

    @invariant()
    def nobody_waits_while_one_could_answer(self) -> None:
        """No phone rings for a caller, though his line has room: then nobody is free whom he has not tried."""
        view = self.board.view()
        free = {seat.agent for seat in view.agents if seat.free}
        for call in view.calls:
            if call.state == "queued" and not call.ringing and not call.no_leg and call.stage != "manager":
                members = set(self.board._ex.roster.members(call.team)) & self.site.agents.keys()
                offered = {f.agent for f in self.facts if isinstance(f, AgentOffered) and f.call == call.call}
                assert not (free & members - offered), call

    def teardown(self) -> None:
        if not getattr(self, "whole", False):
            return  # failed already; its own message is the one to read
        for line in list(self.awaited):
            self.kill(line)
        for leg in list(self.legs.values()):
            if leg.id in self.legs and not leg.agent:
                self.end(leg, code=200, by="far")
        assert all(leg.state == "ending" or leg.line not in self.up for leg in self.legs.values()), "phones forgotten"
        while self.legs:
            self.end(next(iter(self.legs.values())), code=200, by="us")
        self.pass_time(500.0)
        view = self.board.view()
        assert not view.calls
        assert not any(queue.calls for queue in view.queues)
        assert {seat.state for seat in view.agents} <= {"idle", "paused", "off"}
        assert all(seat.free == (seat.state == "idle") for seat in view.agents)
        left = {kind for kind, _ in self.board._ex.turn.timers._live}
        assert left <= {"task", "alarm"}, left  # tasks for a manager have a day; they and alarms belong to no call
        records = {fact.call: fact.record for fact in self.facts if isinstance(fact, CallEnded)}
        assert set(records) == {fact.call for fact in self.facts if isinstance(fact, CallStarted)}
        for call, record in records.items():
            story = Story.of([fact for fact in self.facts if fact.call == call])
            assert story.record == record
            assert all(how for _, how in record.offered)
            folded = Story.of([f for f in self.facts if f.call == call and not isinstance(f, CallEnded)]).record
            assert replace(
                folded,
                ended_at=record.ended_at,
                outcome=record.outcome,
                ended_by=record.ended_by,
                end_code=record.end_code,
                end_reason=record.end_reason,
                codec=record.codec,
                adopted=record.adopted,
            ) == record  # fmt: skip
        super().teardown()


TestOffice = Office.TestCase
TestOffice.settings = settings(
    max_examples=60,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
