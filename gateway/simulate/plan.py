"""What is simulated (a plan) and what came of it (a run)."""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.actions import LineAction
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallRecord, StepEntered
from gateway.simulate.deeds import Deed
from gateway.simulate.phones import Habit
from gateway.simulate.replies import Replies

PATIENCE_S = 900.0
"""A caller of whom nothing else is said hangs up after that: longer than any queue of the example site."""
TALK_S = 30.0


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """One call to simulate. `at` is Unix time; `caller` empty: withheld; `habits` by agent id, `everyone` for those
    who are not named in it. Lengths count from the answer (`hang_up_after_s`) and from the bridge (`talk_s`)."""

    called: str
    caller: str = ""
    at: float
    deeds: tuple[Deed, ...] = ()
    habits: dict[str, Habit] = msgspec.field(default_factory=dict)
    everyone: Habit = Habit()
    hang_up_after_s: float = PATIENCE_S
    talk_s: float = TALK_S
    agent_hangs_up: bool = False
    """After `talk_s` the agent hangs up, not the caller."""
    services: Replies = msgspec.field(default_factory=dict)
    """What each HTTP service answers; one that is not here was not asked, and counts as failed."""
    cases: dict[str, bool] = msgspec.field(default_factory=dict)
    """Cases of before the call, by number: is it closed?"""
    hours: dict[str, Literal["open", "closed"]] = msgspec.field(default_factory=dict)
    """Calendars that somebody has said by hand to be open or closed."""
    remembered: dict[str, str] = msgspec.field(default_factory=dict)
    """What the caller keyed the day before to a `collect` that remembers, by name."""
    last_spoke: str = ""
    """The agent who spoke with this caller the day before; empty: nobody."""
    full_queues: tuple[str, ...] = ()
    """Teams in whose queue as many wait as may."""
    surge: bool = False
    """Many more people than usual have called in the last minutes."""
    disk_full: bool = False
    """Nothing can be recorded."""

    def habit(self, agent: str) -> Habit:
        """How an agent behaves."""
        return self.habits.get(agent, self.everyone)


class Pressed(msgspec.Struct, frozen=True):
    """The caller pressed a key; `cut` when it stopped what was being said."""

    key: str
    cut: bool = False


class AgentHeard(msgspec.Struct, frozen=True):
    """An agent who has picked up was told something before the talk."""

    agent: str
    words: str


class HungUp(msgspec.Struct, frozen=True):
    """The caller hung up."""


Happening = AnyFact | LineAction | Pressed | HungUp | AgentHeard
"""One entry of a run's log."""


class Run(msgspec.Struct, kw_only=True):
    """What came of a plan: the log of everything that concerns the call, in order, with Unix times."""

    call: str
    log: list[tuple[float, Happening]] = msgspec.field(default_factory=list)
    facts: list[AnyFact] = msgspec.field(default_factory=list)
    """Those of this call, and what agents did."""
    heard: list[str] = msgspec.field(default_factory=list)
    """The words of each prompt that was begun, in order."""
    record: CallRecord | None = None
    """None: the call was turned away."""
    unused: tuple[Deed, ...] = ()
    """What the caller never came to do."""

    @property
    def steps(self) -> tuple[tuple[str, str], ...]:
        """(flow, step) of every step, in order."""
        return tuple((fact.flow, fact.step) for fact in self.facts if isinstance(fact, StepEntered))

    @property
    def path(self) -> tuple[str, ...]:
        """The steps, in order; one of another flow than the first as `flow/step`."""
        first = self.steps[0][0] if self.steps else ""
        return tuple(step if flow == first else f"{flow}/{step}" for flow, step in self.steps)
