"""A smaller number of the calls with faults in the office that uses everything; the ten thousand are
`python -m tests.load.conservation`."""

from __future__ import annotations

from collections import Counter

import pytest

from gateway.core.agents.agents import Roster
from gateway.core.board.exchange import Exchange
from gateway.core.queue import leaving
from gateway.errors import TransitionError
from tests.load.everything import RunawayError, whole
from tests.load.whole_office import STRATEGIES


def test_faults_lose_nobody_and_leave_nothing_behind() -> None:
    seen: Counter = Counter()
    for seed in range(1, len(STRATEGIES) + 1):
        day = whole(300, seed)
        assert day.balance.good, (seed, day.balance)
        assert not day.left, (seed, day.left)
        assert not day.differences, seed
        assert day.on_the_way == 0, seed
        assert day.good, (seed, sorted(day.answered_last))
        assert day.callers == 300
        seen += day.seen
    for strategy in STRATEGIES:
        assert seen[f"rung {strategy}"], strategy
    wanted = (
        "rung manager", "rung next_caller", "rung again", "rung preferred_skill", "stage manager_absent_deputy",
        "stage manager_absent", "stage last_spoke_with", "stage overflow_wait", "stage max_wait", "left overflowed key",
        "left overflowed step_wait", "left overflowed full", "left lost", "call-back reached", "missed no_key",
        "missed busy", "AcceptanceEnded", "JoiningBegan", "AgentAutoPaused", "PlaceRegained", "SkillsRelaxed",
        "WaitTold", "CallBackWithdrawn", "CallBackGivenUp", "MessageLeft", "LineLost",
    )  # fmt: skip
    assert not [what for what in wanted if not seen[what]]


@pytest.mark.parametrize(
    ("where", "what"),
    [(Exchange, "agent_let_go"), (Roster, "wrap_up_ended"), (leaving, "close_contact")],
)
def test_a_switchboard_that_forgets_something_is_found_out(
    monkeypatch: pytest.MonkeyPatch, where: object, what: str
) -> None:
    """An agent's phone that is never free again; after-call work without end; a wait that is never over."""
    monkeypatch.setattr(where, what, lambda *_, **__: None)
    try:
        assert not whole(150, 2).good
    except (TransitionError, RunawayError):
        return
