"""A whole box: a supervisor hears a talk, whispers, joins, and hears no more when it is over, by three tones."""

from __future__ import annotations

import pytest

from gateway.core.facts.watch import SupervisionChanged, SupervisionEnded, SupervisionStarted
from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import sine

pytestmark = pytest.mark.sip
PIN = "471100"
CALLER_HZ, AGENT_HZ, SUPERVISOR_HZ = 700, 1100, 1900
OFFICE = """
flow: main
language: en
start: office
steps:
  office: {queue: office, gave_up: bye}
  bye: {hang_up: "Bye."}
"""
LISTEN = """
flow: listen
language: en
human: none
start: who
steps:
  who: {sign_in: "Code.", pin: "PIN.", then: whom}
  whom: {supervise: "Whom?", announce: "Somebody listens.", over: "It is over.", then: bye}
  bye: {hang_up: "Bye."}
"""


@pytest.fixture
def phones():
    made = {"anna": Phone("anna", mode="answer"), "caller": Phone("caller"), "ewa": Phone("ewa")}
    yield made
    for phone in made.values():
        phone.close()


@pytest.fixture(params=["on", "announce"])
def box(tmp_path, phones, request):
    made = Box(
        tmp_path,
        agents={name: phones[name].uri for name in ("anna", "ewa")},
        office=("anna",),
        flow=OFFICE,
        numbers={"*90": "listen"},
        who={
            "anna": "code: 2001, pin_file: secret_pin",
            "ewa": "code: 2003, pin_file: secret_pin, supervises: [office]",
        },
        more=f"supervision: {request.param}\n",
    )
    (made.folder / "flows" / "listen.yaml").write_text(LISTEN)
    (made.folder / "secret_pin").write_text(f"{PIN}\n")
    (made.folder / "secret_pin").chmod(0o600)
    with made:
        yield made


def hears(phone: Phone, *hz: int) -> None:
    """The phone hears these of the three tones, and no other."""
    for one in (CALLER_HZ, AGENT_HZ, SUPERVISOR_HZ):
        if one in hz:
            assert phone.rtp.level(one) == pytest.approx(-15, abs=2), one
        else:
            assert phone.rtp.falls_silent(one), one


def of(box: Box, kind: type) -> list:
    return [fact for fact in box.facts() if isinstance(fact, kind)]


def test_listen_whisper_barge_and_the_end_of_the_talk(box: Box, phones: dict[str, Phone]) -> None:
    caller, agent, supervisor = phones["caller"], phones["anna"], phones["ewa"]
    assert caller.call(box.uri("100")).code == 200
    wait_until(lambda: box.agent("anna") == "talking", 20, "anna does not talk")
    assert supervisor.call(box.uri("*90")).code == 200
    for phone, hz in ((caller, CALLER_HZ), (agent, AGENT_HZ), (supervisor, SUPERVISOR_HZ)):
        phone.rtp.say(sine(hz, -15, 1), loop=True)
    hears(caller, AGENT_HZ)

    supervisor.rtp.press(f"2003#{PIN}#2001#")
    wait_until(lambda: of(box, SupervisionStarted), 30, f"nobody listens:\n{box.log}")
    hears(supervisor, CALLER_HZ, AGENT_HZ)
    hears(caller, AGENT_HZ)
    hears(agent, CALLER_HZ)

    supervisor.rtp.press("2")  # whisper: the agent alone
    wait_until(lambda: len(of(box, SupervisionChanged)) == 1, 20, "no whisper")
    hears(agent, CALLER_HZ, SUPERVISOR_HZ)
    hears(caller, AGENT_HZ)

    supervisor.rtp.press("3")  # barge
    wait_until(lambda: len(of(box, SupervisionChanged)) == 2, 20, "no barge")
    hears(caller, AGENT_HZ, SUPERVISOR_HZ)

    supervisor.rtp.press("1")
    wait_until(lambda: len(of(box, SupervisionChanged)) == 3, 20, "no listening")
    hears(caller, AGENT_HZ)
    hears(supervisor, CALLER_HZ, AGENT_HZ)

    caller.bye()
    wait_until(lambda: of(box, SupervisionEnded), 20, "the end was not noticed")
    hears(supervisor)
    (started,), (ended,) = of(box, SupervisionStarted), of(box, SupervisionEnded)
    assert (started.who, started.agent, started.announced) == ("ewa", "anna", "supervision: announce" in site(box))
    assert (ended.how, ended.talk) == ("talk_over", started.talk)
    supervisor.rtp.press("#")  # no further code: on to the goodbye
    box.ended(2, 30)


def site(box: Box) -> str:
    return (box.folder / "gateway.yaml").read_text()
