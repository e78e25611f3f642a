"""Call-backs: which number is taken down, for whom, in which order, and when a contact counts as called back."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from gateway.core.events_desk import DeskCommanded, DeskRecovered
from gateway.core.facts.calls import QueueLeft
from gateway.core.facts.desk import CallBackClosed, CallBackRequested, MessageLeft, is_of_desk
from gateway.core.flow.model import CallBack, HangUpStep, Queue, Retry
from gateway.core.kpi.kpi import OFFICE, Kpi
from tests.core.factory import KOWALSKI, STRANGER, Rig, command, flow, prompt, site, words

KEYED = "+48601000101"


def rig(*, queue: bool = False, **changes: object) -> Rig:
    step = replace(
        CallBack(
            name="call_back",
            to="by_client",
            whose="agent",
            team="office",
            prompt=prompt("Oddzwonimy na {call_back_number}."),
            another=prompt("Jaki numer?"),
            then="thanks",
            no_input=Retry(tries=2, then="sorry"),
            no_match=Retry(prompt=prompt("Zły numer."), tries=3, then="sorry"),
        ),
        **changes,
    )
    steps = [step, HangUpStep(name="thanks", prompt=prompt("Dobrze.")), HangUpStep(name="sorry", prompt=prompt("Pa."))]
    if queue:
        steps.insert(0, Queue(name="human", to="by_client", team="office", gave_up="call_back"))
    r = Rig(site(flows={"reception": flow(*steps)}))
    if queue:
        for agent in ("anna", "jan", "ewa", "ola", "piotr"):
            command(r, agent, "logout")
    return r


def said(r: Rig) -> str:
    return words(r.actions[-1])


def test_the_callers_own_number_is_said_and_confirmed():
    r = rig()
    call = r.call(KOWALSKI)
    assert said(r).startswith("Oddzwonimy na cztery osiem dwa dwa")
    r.press(call, "1")
    (wanted,) = r.of(CallBackRequested)
    assert (wanted.number, wanted.whose, wanted.to, wanted.client) == (KOWALSKI, "agent", "anna", "1001")
    assert (wanted.waiting_since, wanted.queued, wanted.due_at) == (None, False, wanted.at + 86400)
    assert said(r) == "Dobrze."


def test_another_number_is_keyed_said_and_confirmed():
    r = rig()
    call = r.call(STRANGER)
    r.press(call, "2")
    assert said(r) == "Jaki numer?"
    r.press(call, "601000101#")
    assert said(r).startswith("Oddzwonimy na cztery osiem sześć zero jeden")
    r.press(call, "1")
    assert [(f.number, f.whose, f.to) for f in r.of(CallBackRequested)] == [(KEYED, "team", "office")]


def test_a_withheld_number_is_asked_for_at_once():
    r = rig()
    call = r.call("", withheld=True)
    assert said(r) == "Jaki numer?"
    r.press(call, "601000101")
    r.pass_time(4.1)
    r.press(call, "1")
    assert [fact.number for fact in r.of(CallBackRequested)] == [KEYED]


@pytest.mark.parametrize("keys", ["112#", "12#", "#", "1" * 19, "601*00#"])
def test_what_is_no_number_is_asked_for_again(keys):
    r = rig()
    call = r.call("", withheld=True)
    r.press(call, keys)
    assert said(r) == "Zły numer."
    r.press(call, "601000101#1")
    assert [fact.number for fact in r.of(CallBackRequested)] == [KEYED]


def test_who_says_nothing_wants_nothing():
    r = rig()
    call = r.call(KOWALSKI)
    for _ in range(2):
        r.heard(call)
        r.pass_time(7)
    assert not r.of(CallBackRequested)
    assert said(r) == "Pa."


def test_the_contact_is_called_back_only_when_somebody_has_reached_the_caller():
    r = rig(queue=True)
    kpi, fed = Kpi(site()), 0

    def figures():
        nonlocal fed
        for fact in r.facts[fed:]:
            kpi.apply(fact)
        fed = len(r.facts)
        assert set(kpi.conservation().values()) <= {0}
        of = kpi.figures(OFFICE)
        assert of.offered == of.answered + of.abandoned + of.overflowed + of.voicemail + of.called_back + of.lost
        return of.overflowed, of.called_back

    calls = [r.call(caller) for caller in (KOWALSKI, STRANGER)]
    for call in calls:
        r.press(call, "1")
        r.heard(call)
        r.end(call)
    assert [fact.outcome for fact in r.of(QueueLeft)] == ["overflowed"] * 2
    assert figures() == (2, 0)
    first, second = r.of(CallBackRequested)
    assert first.queued
    assert first.waiting_since is not None
    r.tell(DeskCommanded(what="call_back", id=first.call_back, deed="reached", who="anna"))
    assert figures() == (1, 1)
    r.tell(DeskCommanded(what="call_back", id=second.call_back, deed="not_reached"))
    r.tell(DeskCommanded(what="call_back", id=first.call_back, deed="reached"))
    assert figures() == (1, 1)
    assert [(fact.result, fact.who) for fact in r.of(CallBackClosed)] == [("reached", "anna"), ("not_reached", "")]
    assert [r.record(call).outcome for call in calls] == ["overflowed"] * 2
    assert not r.of(MessageLeft)


def test_the_place_in_the_queue_is_kept_on_the_desk_also_over_a_restart():
    r = rig(queue=True)
    waited = r.call(STRANGER)
    r.pass_time(1)
    short = r.call(KOWALSKI)
    r.press(short, "1")
    r.pass_time(1)
    r.press(waited, "1")
    stranger, kowalski = (
        next(f.call_back for f in r.of(CallBackRequested) if f.call == call) for call in (waited, short)
    )
    desk = r.board._ex.desk
    again = rig()
    again.tell(DeskRecovered(facts=tuple(fact for fact in r.facts if is_of_desk(fact))))
    for one in (desk, again.board._ex.desk):
        assert [task.call_back for task in one.open_call_backs()] == [stranger, kowalski]
    assert r.board.desk(r.now).call_backs == 2
    assert r.board.desk(r.now + 86401).call_backs_overdue == 2


def test_a_command_that_does_not_fit_is_answered():
    r = rig()
    call = r.call(KOWALSKI)
    r.press(call, "1")
    id_ = r.of(CallBackRequested)[0].call_back
    for event, why in (
        (DeskCommanded(what="call_back", id=id_, deed="done"), "cannot be done"),
        (DeskCommanded(what="call_back", id="x", deed="reached"), "no call-back x"),
    ):
        assert why in r.board.desk_problem(event)
        r.tell(event)
    assert not r.of(CallBackClosed)
    assert r.board.desk_problem(DeskCommanded(what="call_back", id=id_, deed="cancelled")) == ""
