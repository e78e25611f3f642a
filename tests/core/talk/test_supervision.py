"""Listening, whispering, joining: who hears whom, who may, and what ends it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.actions import HangUp, Hear, Play, Unhear
from gateway.core.agents.codes import digest_of
from gateway.core.events import LegSnapshot, PlayEnded
from gateway.core.events_watch import WatchRecovered
from gateway.core.facts.calls import CallEnded, CallStarted, StepEntered
from gateway.core.facts.watch import SupervisionChanged, SupervisionEnded, SupervisionRefused, SupervisionStarted
from gateway.core.flow.model import HangUpStep, Retry, Say, SignIn, Supervise
from gateway.core.site.site import Site
from tests.core.factory import KOWALSKI, MAIN, STRANGER, Rig, command, flow, prompt, queue_rig, site, talking, words

CODES = {"anna": "2001", "jan": "2002", "ewa": "2003", "ola": "2004"}
PIN = "4711"


def place(**changes: object) -> Site:
    """`*90` is the supervisors' number; Ewa supervises the office, of which Jan is; Ola is of sales."""
    queue = queue_rig().board._ex.site
    again = Retry(tries=3, then="bye")
    steps = (
        SignIn(name="who", prompt=prompt("Kod?"), pin=prompt("PIN?"), then="whom", no_input=again, no_match=again),
        Supervise(
            name="whom", prompt=prompt("Kogo?"), then="bye", no_input=again,
            no_match=Retry(prompt=prompt("Nie ma."), tries=4, then="bye"),
            announce=prompt("Rozmowa jest odsłuchiwana."), over=prompt("Koniec rozmowy."),
            not_talking=prompt("Nie rozmawia."),
        ),
        HangUpStep(name="bye", prompt=prompt("Pa.")),
    )  # fmt: skip
    agents = {
        name: replace(agent, code=CODES.get(name, ""), pin=digest_of(PIN, name, "test"), uri=f"{agent.uri}")
        for name, agent in site().agents.items()
    }
    agents["ewa"] = replace(agents["ewa"], supervises=("office",))
    return site(
        **{
            "flows": {
                **queue.flows,
                "listen": flow(*steps, id="listen"),
                "greeted": flow(
                    Say(name="hello", prompt=prompt("Dzień dobry."), barge_in=False, then="who"), *steps, id="greeted"
                ),
            },
            "numbers": {**queue.numbers, "*90": "listen", "*91": "greeted"},
            "agents": agents,
            "supervision": "on",
            **changes,
        }
    )


def signed_in(r: Rig, who: str = "ewa", line: str = "A") -> str:
    """The supervisor's call, at the question whom to hear."""
    call = r.call(STRANGER, called="*90", line=line)
    r.heard(call)
    r.press(call, f"{CODES[who]}#")
    r.heard(call)
    r.press(call, f"{PIN}#")
    r.pass_time(1)
    assert r.of(StepEntered, call)[-1].step == "whom"
    return call


def office_talk(r: Rig, caller: str = STRANGER) -> tuple[str, str]:
    return talking(r, caller, agent="jan")


def heard_by(r: Rig, listener: str) -> set[str]:
    """Whom a leg hears by what was ordered."""
    edges: set[str] = set()
    for action in r.actions:
        if isinstance(action, Hear) and action.other == listener:
            edges.add(action.leg)
        elif isinstance(action, Unhear) and action.other == listener:
            edges.discard(action.leg)
    return edges


def test_he_hears_both_and_nobody_hears_him():
    r = Rig(place())
    caller, agent = office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    assert heard_by(r, mine) == {caller, agent}
    assert heard_by(r, caller) == heard_by(r, agent) == set()
    (fact,) = r.of(SupervisionStarted)
    assert (fact.call, fact.who, fact.agent, fact.talk, fact.mode) == (mine, "ewa", "jan", caller, "listen")
    assert not fact.announced


def test_keys_change_who_hears_him():
    r = Rig(place())
    caller, agent = office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    for key, by in (("2", {agent}), ("3", {agent, caller}), ("2", {agent}), ("1", set()), ("3", {agent, caller})):
        r.press(mine, key)
        assert {leg for leg in (caller, agent) if mine in heard_by(r, leg)} == by
        assert heard_by(r, mine) == {caller, agent}
    assert [fact.mode for fact in r.of(SupervisionChanged)] == ["whisper", "barge", "whisper", "listen", "barge"]
    before = len(r.of(SupervisionChanged))
    r.press(mine, "3")
    r.press(mine, "7")
    assert len(r.of(SupervisionChanged)) == before
    r.press(mine, "#")
    assert [fact.how for fact in r.of(SupervisionEnded)] == ["key"]
    assert heard_by(r, mine) == heard_by(r, caller) == heard_by(r, agent) == set()
    assert words(r.actions[-1]) == "Kogo?"
    assert r.where(caller) == "bridged"


def test_the_end_of_the_talk_is_said_and_the_next_can_be_heard():
    r = Rig(place())
    command(r, "ewa", "logout")
    caller, _ = office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    r.pass_time(10)
    r.hang_up(caller)
    (fact,) = r.of(SupervisionEnded)
    assert (fact.how, fact.lasted_s) == ("talk_over", pytest.approx(10, abs=2))
    assert words(r.actions[-1]) == "Koniec rozmowy."
    r.end(r.dialled("jan").leg)
    office_talk(r)
    r.press(mine, "2002#")
    assert len(r.of(SupervisionStarted)) == 2


def test_who_hangs_up_hears_no_more_and_the_talk_goes_on():
    r = Rig(place())
    caller, agent = office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#2")
    r.hang_up(mine)
    assert [fact.how for fact in r.of(SupervisionEnded)] == ["hung_up"]
    assert r.where(caller) == "bridged"
    assert not r.board._ex.supervisions.by_call


def test_a_code_that_was_keyed_ahead():
    r = Rig(place())
    caller, agent = office_talk(r)
    call = r.call(STRANGER, called="*91")
    r.press(call, f"2003#{PIN}#2002#2")
    r.heard(call)  # the greeting is over
    assert heard_by(r, call) == {caller, agent}
    assert call in heard_by(r, agent)
    assert not [a for a in r.actions if isinstance(a, Play) and a.leg == call and words(a) == "Kogo?"]


def refusals(r: Rig) -> list[str]:
    return [fact.reason for fact in r.of(SupervisionRefused)]


def test_who_may_not_or_cannot_is_told_why():
    r = Rig(place())
    mine = signed_in(r)
    for code in ("9999", "2003", "2002", "2004"):
        r.press(mine, f"{code}#")
    assert refusals(r) == ["no_such_agent", "not_yours", "not_talking", "not_yours"]
    said = [words(action) for action in r.actions if isinstance(action, Play) and action.leg == mine]
    assert said[-4:] == ["Nie ma.", "Nie ma.", "Nie rozmawia.", "Pa."]


def test_one_without_the_right_hears_nobody():
    r = Rig(place())
    office_talk(r)
    mine = signed_in(r, "anna")
    r.press(mine, "2002#")
    assert refusals(r) == ["not_yours"]
    assert not [action for action in r.actions if isinstance(action, Hear)]


def test_a_talk_on_another_line_cannot_be_heard():
    r = Rig(place())
    r.line_up("B", boot="b7")
    office_talk(r)
    mine = signed_in(r, line="B")
    r.press(mine, "2002#")
    assert refusals(r) == ["other_line"]


def test_one_supervisor_a_talk():
    agents = dict(place().agents)
    agents["anna"] = replace(agents["anna"], supervises=("office",))
    r = Rig(place(agents=agents))
    office_talk(r)
    first, second = signed_in(r), signed_in(r, "anna")
    r.press(first, "2002#")
    r.press(second, "2002#")
    assert refusals(r) == ["busy"]
    r.press(first, "#")
    r.press(second, "2002#")
    assert len(r.of(SupervisionStarted)) == 2


def test_a_site_that_lets_nobody_listen():
    r = Rig(place(supervision="off"))
    office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    assert refusals(r) == ["off"]


def told(r: Rig, leg: str) -> Play:
    return next(a for a in r.actions if isinstance(a, Play) and a.leg == leg and "odsłuchiwana" in words(a))


def test_both_are_told_first_where_the_site_wants_that():
    r = Rig(place(supervision="announce"))
    caller, agent = office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    assert not heard_by(r, mine)
    r.press(mine, "3")  # nothing yet
    assert told(r, caller)
    assert told(r, agent)
    r.tell(PlayEnded(leg=caller, play=told(r, caller).play, how="end"))
    assert heard_by(r, mine) == {caller, agent}
    assert [fact.announced for fact in r.of(SupervisionStarted)] == [True]
    assert not r.of(SupervisionChanged)


def test_who_could_not_be_told_is_not_heard():
    r = Rig(place(supervision="announce"))
    office_talk(r)
    mine = signed_in(r)
    r.press(mine, "2002#")
    r.pass_time(31)
    assert not heard_by(r, mine)
    assert not r.of(SupervisionStarted) + r.of(SupervisionEnded)
    assert words(r.actions[-1]) == "Kogo?"


def test_a_client_who_is_not_recorded_stands_in_the_fact():
    clients = dict(place().clients)
    clients["1001"] = replace(clients["1001"], manager="jan", do_not_record=True)
    r = Rig(place(clients=clients))
    office_talk(r, KOWALSKI)
    mine = signed_in(r)
    r.press(mine, "2002#")
    assert [fact.do_not_record for fact in r.of(SupervisionStarted)] == [True]


def test_after_a_restart_the_supervisor_is_let_go_and_the_talk_goes_on():
    r = Rig(place(), line="Z")
    caller, agent = office_talk(r)
    mine = signed_in(r, line="Z")
    r.press(mine, "2002#")
    again = Rig(place(), up=False)
    again.now = r.now + 5
    kinds = (SupervisionStarted, SupervisionEnded)
    again.tell(WatchRecovered(facts=tuple(fact for fact in r.facts if isinstance(fact, kinds))))
    assert [(fact.call, fact.how) for fact in again.of(SupervisionEnded)] == [(mine, "restart")]
    legs = (
        LegSnapshot(leg=caller, call=caller, direction="in", state="answered", called=MAIN, bridged_with=agent),
        LegSnapshot(leg=agent, call=caller, direction="out", state="answered", agent="jan", bridged_with=caller),
        LegSnapshot(leg=mine, call=mine, direction="in", state="answered", called="*90"),
    )  # fmt: skip
    again.line_up("Z", legs=legs)
    again.line_up("A")
    assert [action.leg for action in again.actions if isinstance(action, HangUp)] == [mine]
    assert again.where(caller) == "bridged"
    again.end(mine)
    assert [fact.call for fact in again.of(CallEnded)] == [mine]
    another = again.call(STRANGER, called="*90")  # a new call is not let go
    assert again.of(CallStarted)[-1].call == another
    assert again.where(another) == "flow"
