"""An agent who has signed in by telephone deals with a case by its number."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.agents.codes import digest_of
from gateway.core.facts.calls import StepEntered
from gateway.core.facts.desk import CaseAnswered, CaseClosed, CaseOpened, CaseReopened
from gateway.core.flow.model import CaseDesk, HangUpStep, OpenCase, Retry, SignIn
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, prompt, site, words

PIN = "4711"


def rig() -> Rig:
    """A call to the office opens a case; `*92` is the agents' number."""
    bye = HangUpStep(name="bye", prompt=prompt("Pa."))
    again = Retry(prompt=prompt("Jeszcze raz."), tries=2, then="bye")
    desk = (
        SignIn(name="who", prompt=prompt("Kod?"), pin=prompt("PIN?"), then="case", no_input=again, no_match=again),
        CaseDesk(name="case", prompt=prompt("Numer sprawy?"), choose=prompt("{case}: jeden, dwa czy trzy?"),
                 then="done", refused="late", no_input=again, no_match=again),
        HangUpStep(name="done", prompt=prompt("Zapisane.")),
        HangUpStep(name="late", prompt=prompt("Nie można.")),
        bye,
    )  # fmt: skip
    open_ = OpenCase(name="open", kind="complaint", to="by_client", whose="agent", team="office", then="bye",
                     warn_s=7200.0, limit_s=10800.0)  # fmt: skip
    agents = {
        name: replace(agent, code="2001", pin=digest_of(PIN, name, "test")) if name == "anna" else agent
        for name, agent in site().agents.items()
    }
    flows = {"complain": flow(open_, bye, id="complain"), "desk": flow(*desk, id="desk")}
    return Rig(site(flows=flows, agents=agents, numbers={"+48221234500": "complain", "*92": "desk"}))


def opened(r: Rig) -> str:
    call = r.call(KOWALSKI)
    r.heard(call)
    r.end(call)
    return r.of(CaseOpened)[-1].case


def signed_in(r: Rig) -> str:
    call = r.call(STRANGER, called="*92")
    r.heard(call)
    r.press(call, "2001#")
    r.heard(call)
    r.press(call, f"{PIN}#")
    return call


def deal(r: Rig, keys: str) -> str:
    """Where it leads."""
    call = signed_in(r)
    r.press(call, keys)
    return r.of(StepEntered, call)[-1].step


@pytest.mark.parametrize(("key", "kind"), [("1", CaseAnswered), ("2", CaseClosed)])
def test_a_case_is_answered_and_closed_by_key(key, kind):
    r = rig()
    case = opened(r)
    assert deal(r, f"{case}#{key}") == "done"
    (fact,) = r.of(kind)
    assert (fact.case, fact.agent if kind is CaseAnswered else fact.who) == (case, "anna")
    assert deal(r, f"{case}#{key}") == "late"
    assert len(r.of(kind)) == 1


def test_a_closed_one_is_reopened_and_an_open_one_is_not():
    r = rig()
    case = opened(r)
    assert deal(r, f"{case}#3") == "late"
    assert deal(r, f"{case}#2") == "done"
    assert deal(r, f"{case}#3") == "done"
    assert [fact.who for fact in r.of(CaseReopened)] == ["anna"]


def test_the_number_is_said_back_before_anything_is_done():
    r = rig()
    case = opened(r)
    call = signed_in(r)
    r.press(call, f"{case}#")
    assert words(r.actions[-1]) == "jeden zero zero zero osiem : jeden, dwa czy trzy?"
    assert not r.of(CaseClosed)
    r.press(call, "7")
    assert words(r.actions[-1]) == "Jeszcze raz."
    r.press(call, "2")
    assert len(r.of(CaseClosed)) == 1


def test_a_pause_ends_the_number_and_a_wrong_one_is_asked_for_again():
    r = rig()
    case = opened(r)
    call = signed_in(r)
    r.press(call, "10007#")
    assert words(r.actions[-1]) == "Jeszcze raz."
    r.press(call, case)
    r.pass_time(5)
    r.press(call, "2")
    assert len(r.of(CaseClosed)) == 1


def test_who_has_not_signed_in_changes_nothing():
    r = rig()
    case = opened(r)
    place = r.board._ex.site
    r.load(replace(place, version="v2", flows={**place.flows, "desk": replace(place.flows["desk"], start="case")}))
    call = r.call(STRANGER, called="*92")
    r.press(call, f"{case}#")
    assert r.of(StepEntered, call)[-1].step == "late"
    assert not r.of(CaseClosed) + r.of(CaseAnswered)
