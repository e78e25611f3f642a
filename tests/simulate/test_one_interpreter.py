"""The simulator, the scripted calls and a bare switchboard run one interpreter: what is broken in gateway.core is
broken in all three."""

from __future__ import annotations

import pytest

from gateway.core.actions import Play
from gateway.core.facts.calls import StepEntered
from gateway.core.queue import routing
from gateway.core.steps import choose
from gateway.core.steps import kinds as steps
from gateway.core.steps import walk as flow
from gateway.core.steps.ask import MenuKind
from gateway.core.steps.kinds import Move
from gateway.simulate.script_files import load_scripts
from gateway.simulate.suite import run_file
from tests.core.factory import Rig

from .office import FOLDER, KNOWN, LENGTHS, POLISH, SITE, STRANGER, run

FILES = {file.flow: file for file in load_scripts(FOLDER, SITE)}


def by_hand():
    """A known client's and a stranger's way on a switchboard without the simulator."""
    paths = []
    for caller, keys in ((KNOWN, ""), (STRANGER, "1002#1")):
        rig = Rig(SITE)
        call = rig.call(caller, called=POLISH)
        if any(isinstance(action, Play) for action in rig.actions):
            rig.heard(call)
        rig.press(call, keys)
        paths.append(tuple(fact.step for fact in rig.of(StepEntered)))
    return tuple(paths)


def all_three():
    """What each of them makes of the reception."""
    live = by_hand()
    simulated = (run(caller=KNOWN).path, run(keys="1002#, 1").path)
    report = run_file(SITE, FILES["reception_pl"], lengths=LENGTHS)
    return live, simulated, report.good


def test_unbroken_they_agree():
    live, simulated, good = all_three()
    assert live == simulated
    assert good


def no_branch(walk, chosen):
    return Move()


def no_choice(kind, walk, step, pressed):
    return Move()


def no_say(walk, step):
    return Move()


BREAKS = {
    "exits of a branch": (choose, "take", no_branch),
    "keys of a menu": (MenuKind, "taken", no_choice),
    "the end of a prompt": (steps, "play_ended", no_say),
    "the entering of steps": (flow.Walk, "_enter", lambda walk, name: None),
}


@pytest.mark.parametrize("name", BREAKS)
def test_broken_in_the_core_is_broken_in_all_three(name, monkeypatch):
    sound = all_three()
    owner, attribute, broken = BREAKS[name]
    monkeypatch.setattr(owner, attribute, broken)
    live, simulated, good = all_three()
    assert live != sound[0]
    assert simulated != sound[1]
    assert not good


def test_a_broken_routing_is_noticed_by_the_scripts(monkeypatch):
    monkeypatch.setattr(routing, "first_stage", lambda ex, waiter: routing._team(ex, waiter, "no_manager"))
    assert not run_file(SITE, FILES["reception_pl"], lengths=LENGTHS).good
