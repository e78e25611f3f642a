"""The journal's last word on each agent, found from the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.core.facts.agents import AgentChanged, AgentTold
from gateway.core.facts.calls import CallBridged, TalkEnded, WrapUpEnded
from gateway.edge import store
from gateway.edge.store import Journal


def changed(at: float, agent: str, state: str, reason: str = "") -> AgentChanged:
    return AgentChanged(at=at, agent=agent, state=state, reason=reason)


def test_the_last_of_each_and_the_call_of_after_call_work(tmp_path: Path) -> None:
    bridged = CallBridged(at=3.0, call="c", agent="ewa", leg="c.1", stage="team", team="office", wait_s=1.0)
    talked = TalkEnded(at=4.0, call="c", agent="ewa", talk_s=1.0, hold_s=0.0, by="caller")
    with Journal(tmp_path / "journal.db") as journal:
        assert journal.last_of_agents(["anna"]) == ()
        journal.append([changed(1.0, "jan", "paused", "lunch"), changed(2.0, "anna", "off")])
        journal.append([bridged, talked, changed(4.0, "ewa", "wrap_up", "c"), changed(5.0, "anna", "idle")])
        journal.append([changed(6.0 + n, "gone", "idle") for n in range(2500)])
        journal.flush()
        found = journal.last_of_agents(["anna", "jan", "ewa", "never"])
    assert found == (
        bridged, talked, changed(1.0, "jan", "paused", "lunch"), changed(4.0, "ewa", "wrap_up", "c"),
        changed(5.0, "anna", "idle"),
    )  # fmt: skip
    assert not any(isinstance(fact, WrapUpEnded) for fact in found)


def test_it_does_not_look_back_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "AGENTS_BACK", 2000)
    with Journal(tmp_path / "journal.db") as journal:
        journal.append([changed(1.0, "jan", "paused")])
        journal.append([changed(2.0 + n, "anna", "idle") for n in range(3500)])
        journal.flush()
        assert journal.last_of_agents(["jan"]) == ()


def test_what_somebody_was_told_while_he_could_not_obey(tmp_path: Path) -> None:
    def told(at: float, agent: str) -> AgentTold:
        return AgentTold(at=at, agent=agent, command="pause", how="later")

    with Journal(tmp_path / "journal.db") as journal:
        journal.append([told(0.5, "ewa"), changed(1.0, "ewa", "talking"), changed(1.5, "jan", "idle")])
        journal.append([told(2.0, "ewa")])
        journal.append([told(3.0, "jan"), told(4.0, "nobody"), told(5.0, "ewa")])
        journal.flush()
        found = journal.last_of_agents(["ewa", "jan"])
    assert found == (changed(1.0, "ewa", "talking"), changed(1.5, "jan", "idle"), told(2.0, "ewa"), told(5.0, "ewa"))
