"""The office's own people at the telephone: sign_in and agent_set."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.agents.codes import AGENT_MISSES_MAX, digest_of
from gateway.core.events import AgentCommanded
from gateway.core.facts.agents import AgentChanged, AgentIdentified, AgentTold
from gateway.core.facts.calls import AgentOffered, CallEnded, InputTaken
from gateway.core.facts.pins import PinLocked
from gateway.core.flow.model import AgentSet, Branch, Collect, Comparison, Exit, HangUpStep, Queue, Retry, Rule, SignIn
from gateway.core.site.site import Draft
from tests.core.factory import STRANGER, Rig, flow, prompt, site, talking

DESK = "*50"
TEST_NUMBER = "9999"
OFFICE_LINE = "300"


def state_is(value: str, then: str) -> Rule:
    return Rule(condition=Comparison(variable="agent.state", op="==", values=(value,)), exit=Exit(then=then))


def rig_with(to: str = "logout", **of_set) -> Rig:
    """A desk that does one thing with whoever signs in."""
    desk = flow(
        SignIn(
            name="who",
            prompt=prompt("Kod."),
            pin=prompt("PIN."),
            no_input=Retry(tries=2, then="bye"),
            no_match=Retry(prompt=prompt("Nie."), tries=3, then="bye"),
            then="why" if "reason_key" in of_set else "set",
        ),
        Collect(
            name="why", variable="reason", prompt=prompt("Powód."), digits_min=1, digits_max=1,
            no_input=Retry(tries=1, then="set"), no_match=Retry(tries=1, then="set"), then="set",
        ),
        AgentSet(name="set", to=to, then="now", **of_set),
        Branch(
            name="now",
            rules=(
                Rule(condition=Comparison(variable="agent.then"), exit=Exit(then="later")),
                *(state_is(state, state) for state in ("off", "paused")),
                Rule(condition=None, exit=Exit(then="idle")),
            ),
        ),
        *(HangUpStep(name=name, prompt=prompt(name)) for name in ("off", "paused", "idle", "later", "bye", "no")),
        id="desk",
    )  # fmt: skip
    line = flow(Queue(name="human", to="office", team="office"), id="line")
    of = site(flows={"desk": desk, "line": line, "reception": line}, pause_reasons=("lunch", "training"))
    of = replace(of, numbers={**of.numbers, DESK: "desk", OFFICE_LINE: "line"})
    pins = {"anna": "4711", "jan": "4712"}
    agents = {
        name: replace(agent, code=f"200{number}", pin=digest_of(pins[name], name, of.name)) if name in pins else agent
        for number, (name, agent) in enumerate(of.agents.items(), 1)
    }
    return Rig(replace(of, agents=agents))


def desk(rig: Rig, caller: str = STRANGER) -> str:
    return rig.call(caller, called=DESK)


def sign_in(rig: Rig, code: str = "2002#", pin: str = "4712#", caller: str = STRANGER) -> str:
    call = desk(rig, caller)
    rig.press(call, code)
    rig.press(call, pin)
    return call


def step_of(rig: Rig, call: str) -> str:
    return next((seen.step for seen in rig.board.view().calls if seen.call == call), "")


def test_code_and_pin_then_logged_out_and_nobody_rings_him():
    rig = rig_with()
    call = sign_in(rig)
    assert rig.state("jan") == "off"
    assert step_of(rig, call) == "off"
    (who,) = rig.of(AgentIdentified)
    assert (who.call, who.agent, who.how) == (call, "jan", "code")
    (told,) = rig.of(AgentTold)
    assert (told.call, told.agent, told.command, told.how, told.by) == (call, "jan", "logout", "now", "phone")
    rig.call(called=OFFICE_LINE)
    assert [fact.agent for fact in rig.of(AgentOffered)] == ["ewa"]


def test_no_digit_of_a_code_or_pin_stands_anywhere():
    rig = rig_with()
    sign_in(rig, "2002#", "9999#")
    rig.press(rig.board.view().calls[-1].call, "2002#4712#")
    assert rig.of(AgentIdentified)
    assert {fact.keys for fact in rig.of(InputTaken)} == {""}
    assert not any(digits in repr(rig.facts) for digits in ("4712", "9999", "2002"))


@pytest.mark.parametrize(("code", "pin"), [("2002#", "4711#"), ("9999#", "4712#"), ("2003#", "#"), ("2002#", "#")])
def test_a_wrong_pair_is_no_match_and_asks_from_the_beginning(code, pin):
    rig = rig_with()
    call = sign_in(rig, code, pin)
    assert rig.of(InputTaken)[-1].outcome == "no_match"
    assert rig.state("jan") == "idle"
    rig.press(call, "2002#4712#")
    assert rig.state("jan") == "off"


def test_after_the_tries_the_way_out():
    rig = rig_with()
    call = desk(rig)
    rig.press(call, "2002#1111#2002#1111#2002#1111#")
    assert step_of(rig, call) == "bye"


def test_a_pause_ends_the_keying_as_well_as_hash_does():
    rig = rig_with()
    call = desk(rig)
    for keys in ("2002", "4712"):
        rig.press(call, keys)
        rig.pass_time(5)
    assert rig.state("jan") == "off"


def test_a_code_as_long_as_any_needs_no_hash_and_one_behind_it_is_not_taken_for_the_pins():
    rig = rig_with()
    call = desk(rig)
    rig.press(call, "20020000#")
    rig.press(call, "4712#")
    assert rig.of(InputTaken)[-1].outcome == "no_match"
    assert len(rig.of(InputTaken)) == 1


def test_who_keys_nothing_is_asked_again_then_goes():
    rig = rig_with()
    call = desk(rig)
    for _ in range(2):
        rig.heard(call)
        rig.pass_time(7)
    assert step_of(rig, call) == "bye"


def test_too_many_wrong_pins_lock_the_agent_even_with_the_right_one():
    rig = rig_with()
    for _ in range(AGENT_MISSES_MAX):
        call = sign_in(rig, "2002#", "0000#")
        rig.hang_up(call)
    sign_in(rig)
    assert rig.of(PinLocked)
    assert rig.state("jan") == "idle"
    sign_in(rig, "2001#", "4711#")
    assert rig.state("anna") == "off"


# From his own phone


def test_from_his_own_phone_the_pin_alone():
    rig = rig_with()
    call = desk(rig, "jan")
    rig.press(call, "4712#")
    assert rig.of(AgentIdentified)[0].how == "phone"
    assert rig.state("jan") == "off"


def test_the_pin_of_somebody_else_does_not_fit_his_phone():
    rig = rig_with()
    call = desk(rig, "jan")
    rig.press(call, "4711#")
    assert not rig.of(AgentIdentified)
    assert step_of(rig, call) == "who"


def test_from_his_phone_somebody_else_signs_in_behind_a_star():
    rig = rig_with()
    call = desk(rig, "jan")
    rig.press(call, "*2001#4711#")
    assert (rig.state("anna"), rig.state("jan")) == ("off", "idle")
    assert rig.of(AgentIdentified)[0].how == "code"


def test_the_phone_of_one_without_a_pin_is_asked_for_the_code():
    rig = rig_with()
    call = desk(rig, "ewa")
    rig.press(call, "2002#4712#")
    assert rig.state("jan") == "off"


# What he wants to be


@pytest.mark.parametrize(("keys", "reason"), [("1", "lunch"), ("2", "training"), ("0", "")])
def test_a_pause_with_the_reason_of_the_key(keys, reason):
    rig = rig_with("pause", reason_key="reason")
    call = sign_in(rig)
    rig.press(call, keys)
    assert step_of(rig, call) == "paused"
    assert rig.of(AgentChanged)[-1].reason == reason


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_reason_that_is_not_there_does_nothing(refused):
    rig = rig_with("pause", reason_key="reason", refused=refused)
    call = sign_in(rig)
    rig.press(call, "9")
    assert step_of(rig, call) == (refused or "idle")
    assert not rig.of(AgentTold)


def test_a_pause_with_a_reason_of_the_flow():
    rig = rig_with("pause", reason="training")
    sign_in(rig)
    assert rig.of(AgentChanged)[-1].reason == "training"


def test_a_reason_that_the_site_has_no_more_is_refused():
    rig = rig_with("pause", reason="gone", refused="no")
    call = sign_in(rig)
    assert step_of(rig, call) == "no"
    assert rig.state("jan") == "idle"


@pytest.mark.parametrize(("before", "to"), [("logout", "login"), ("pause", "unpause")])
def test_coming_back_lets_the_waiting_caller_have_him(before, to):
    rig = rig_with(to)
    for agent in ("ewa", "ola", "piotr"):
        rig.tell(AgentCommanded(agent=agent, command="pause"))
    rig.tell(AgentCommanded(agent="jan", command=before))
    waiting = rig.call(called=OFFICE_LINE)
    assert not rig.of(AgentOffered)
    sign_in(rig)
    assert [(fact.call, fact.agent) for fact in rig.of(AgentOffered)] == [(waiting, "jan")]


def test_while_he_talks_it_waits_and_the_flow_knows():
    rig = rig_with("pause")
    rig.tell(AgentCommanded(agent="ewa", command="logout"))
    talking(rig, STRANGER, agent="jan")
    call = sign_in(rig)
    assert step_of(rig, call) == "later"
    assert rig.of(AgentTold)[-1].how == "later"


def test_what_is_so_already_is_told_to_the_caller_and_stands_in_his_call():
    rig = rig_with("ready")
    call = sign_in(rig)
    assert step_of(rig, call) == "idle"
    assert [(fact.how, fact.call) for fact in rig.of(AgentTold)] == [("already", call)]


def test_nobody_is_told_anything_before_somebody_has_signed_in():
    only = flow(AgentSet(name="set", to="logout", then="bye", refused="no"),
                *(HangUpStep(name=name, prompt=prompt(name)) for name in ("bye", "no")))  # fmt: skip
    rig = Rig(site(flows={"reception": only}))
    call = rig.call()
    assert step_of(rig, call) == "no"
    assert not rig.of(AgentTold)


@pytest.mark.parametrize("refused", ["no", ""])
def test_a_trial_logs_nobody_out(refused):
    rig = rig_with(refused=refused)
    on_trial(rig)
    call = rig.call(called=TEST_NUMBER)
    rig.press(call, "2002#4712#")
    assert [fact.agent for fact in rig.of(AgentIdentified)] == ["jan"]
    assert step_of(rig, call) == (refused or "idle")
    assert rig.state("jan") == "idle"
    assert not rig.of(AgentTold)
    sign_in(rig)
    assert rig.state("jan") == "off"


def test_a_trial_is_no_way_to_guess_pins():
    rig = rig_with()
    on_trial(rig)
    for _ in range(AGENT_MISSES_MAX):
        call = rig.call(called=TEST_NUMBER)
        rig.press(call, "2002#0000#")
        rig.hang_up(call)
    assert rig.of(PinLocked)
    sign_in(rig)
    assert rig.state("jan") == "idle"


def on_trial(rig: Rig) -> None:
    """The test number reaches the same flows as a draft."""
    of = replace(rig.board._ex.site, draft=Draft(number=TEST_NUMBER))
    rig.load(of)
    rig.draft(replace(of, version="d"), DESK)


def test_an_agent_who_left_the_site_meanwhile_can_do_nothing():
    rig = rig_with("pause", reason_key="reason", refused="no")
    call = sign_in(rig)
    of = rig.board._ex.site
    rest = {name: agent for name, agent in of.agents.items() if name != "jan"}
    teams = {name: replace(team, agents=tuple(a for a in team.agents if a != "jan")) for name, team in of.teams.items()}
    rig.load(replace(of, version="v2", agents=rest, teams=teams))
    rig.press(call, "1")
    assert step_of(rig, call) == "no"
    rig.heard(call)
    rig.end(call)
    assert rig.of(CallEnded)
