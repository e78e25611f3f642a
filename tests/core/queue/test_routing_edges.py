"""Routing at its edges: what plays meanwhile, answers that cross a hang-up, full lines, new versions of the site."""

from __future__ import annotations

from msgspec.structs import replace

from gateway.core.actions import Bridge, Dial, HangUp, Play, StopPlay
from gateway.core.events import ActionFailed, LegEnded, LegFreed, LegSnapshot
from gateway.core.facts.calls import AgentDeclined, CallBridged
from gateway.core.flow.model import Queue, Say
from gateway.core.site.site import Agent, Client
from tests.core.factory import (
    KOWALSKI,
    MUSIC,
    STRANGER,
    Rig,
    busy_office,
    flow,
    offers,
    prompt,
    queue_rig,
    site,
    stages,
    talking,
    team,
    words,
)

# Announcement and music


def test_announcement_names_the_manager_only_when_he_is_rung():
    rig = queue_rig(prompt=prompt("Łączę z {manager}"))
    rig.call(KOWALSKI)
    assert words(rig.new[-1]) == "Łączę z Anną Nowak"
    rig.call(KOWALSKI)
    assert rig.new[-1].loop
    rig.call(STRANGER)
    assert rig.new[-1].loop
    assert rig.new[-1].clips[0].key == MUSIC


def test_answer_cuts_the_announcement_short():
    rig = queue_rig(prompt=prompt("Proszę czekać."))
    call = rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.pick_up(leg)
    assert rig.new == [StopPlay(leg=call), Bridge(leg=call, other=leg)]


def test_no_music_no_play():
    rig = Rig(team(queue_rig().board._ex.site, "office", music=""))
    rig.call(STRANGER)
    assert not any(isinstance(action, Play) for action in rig.actions)


# Races


def test_caller_hangs_up_while_the_agent_answers():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.hang_up(call)
    assert HangUp(leg=leg) in rig.new
    rig.pick_up(leg)
    assert rig.new == [HangUp(leg=leg)]
    assert rig.of(CallBridged) == []
    rig.end(leg)
    assert rig.state("anna") == "idle"
    assert rig.record(call).outcome == "abandoned"


def test_answer_after_the_ringing_was_ended_does_not_win():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    late = rig.dialled().leg
    rig.ring(late)
    rig.pass_time(20)
    second = rig.dialled("jan").leg
    rig.pick_up(late)
    assert rig.new == [HangUp(leg=late)]
    rig.pick_up(second)
    assert [f.agent for f in rig.of(CallBridged, call)] == ["jan"]
    rig.hang_up(late)
    assert rig.board.view().agents[0].free


def test_answer_at_the_very_end_of_the_ringing_wins():
    rig = queue_rig()
    rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.now += 20.0
    rig.pick_up(leg)
    assert rig.state("anna") == "talking"


def test_answer_of_a_leg_that_was_given_up_is_hung_up():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.hang_up(call)
    rig.pass_time(41)
    assert rig.board.view().agents[0].free
    rig.pick_up(leg)
    assert rig.new == [HangUp(leg=leg)]


# Full lines


def test_no_free_leg_keeps_the_place_and_frees_the_agent():
    rig = queue_rig()
    call = rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.tell(ActionFailed(leg=leg, action="Dial", code=503, reason="no free leg"))
    assert [(f.agent, f.why) for f in rig.of(AgentDeclined)] == [("anna", "failed")]
    assert rig.board.view().agents[0].free
    assert rig.board.view().calls[0].no_leg
    assert stages(rig) == [("manager", "office", "manager_free")]
    rig.tell(LegFreed(line="A", leg="other", legs_used=3, callers=1))
    assert rig.dialled().leg == f"{call}.2"
    rig.pick_up(rig.dialled().leg)
    rig.hang_up(call)
    assert rig.record(call).offered == (("anna", "failed"), ("anna", "answered"))


def test_no_free_leg_is_tried_again_after_a_pause():
    rig = queue_rig()
    rig.call(KOWALSKI)
    rig.tell(ActionFailed(leg=rig.dialled().leg, action="Dial", code=503, reason="no free leg"))
    rig.pass_time(5)
    assert offers(rig) == ["anna", "anna"]


def test_full_line_is_not_dialled_on_and_other_lines_are_served():
    rig = queue_rig()
    rig.line_up("B", legs_max=1)
    waits = rig.call(STRANGER, line="B")
    assert offers(rig, waits) == []
    assert rig.board.view().calls[0].no_leg
    call = rig.call(STRANGER)
    assert offers(rig, call) == ["jan"]
    here = LegSnapshot(leg=waits, call=waits, direction="in", state="answered")
    rig.line_up("B", legs_max=2, legs=(here,))
    assert offers(rig, waits) == ["ewa"]


def test_dial_that_fails_otherwise_is_the_phones_fault():
    rig = queue_rig()
    rig.call(KOWALSKI)
    leg = rig.dialled().leg
    rig.tell(ActionFailed(leg=leg, action="Dial", code=500, reason="bad uri"))
    assert stages(rig)[-1] == ("team", "office", "manager_unreachable")
    rig.tell(LegEnded(leg=leg, code=500, reason="", by="us"))
    assert rig.board.view().agents[0].free


# New versions


def test_new_version_is_for_later_calls_and_people_change_at_once():
    rig = Rig()
    old = rig.call(KOWALSKI)
    new = replace(
        site(),
        version="v2",
        flows={"reception": flow(Say(name="new", prompt=prompt("Nowe."), then=""))},
        agents={**{k: v for k, v in site().agents.items() if k != "anna"},
                "zoe": Agent(id="zoe", name="Zoe", uri="sip:zoe@127.0.0.1")},
        clients={"1001": Client(id="1001", name="Kowalski", numbers=(KOWALSKI,), manager="zoe", team="office")},
    )  # fmt: skip
    rig.load(new)
    later = rig.call(KOWALSKI)
    assert words(rig.new[-1]) == "Nowe."
    rig.press(old, "0")
    assert stages(rig, old) == [("team", "office", "manager_off")]
    assert {seat.agent for seat in rig.board.view().agents} == {"jan", "ewa", "ola", "piotr", "zoe"}
    for call in (old, later):
        rig.hang_up(call)
    assert (rig.record(old).site_version, rig.record(later).site_version) == ("v1", "v2")


def test_somebody_hired_serves_who_waits():
    rig = queue_rig()
    busy_office(rig)
    call = rig.call(STRANGER)
    of = rig.board._ex.site
    more = replace(of, version="v2", agents={**of.agents, "zoe": Agent(id="zoe", name="Zoe", uri="sip:z@h")})
    rig.load(team(more, "office", agents=("jan", "ewa", "zoe")))
    assert offers(rig, call) == ["zoe"]


def test_somebody_who_left_finishes_the_call():
    rig = queue_rig()
    call, leg = talking(rig)
    of = rig.board._ex.site
    rig.load(replace(of, version="v2", agents={k: v for k, v in of.agents.items() if k != "anna"}))
    assert rig.state("anna") == "talking"
    rig.hang_up(call)
    rig.end(leg)
    assert "anna" not in {seat.agent for seat in rig.board.view().agents}
    rig.call(KOWALSKI)
    assert offers(rig)[-1] == "jan"


def test_dial_of_a_client_with_a_dirty_name_is_told_as_it_is():
    """Cleaning is the line's work: it must get the value whole, as one header."""
    of = site()
    dirty = replace(of.clients["1001"], name="Zły\r\nX-Evil: 1")
    rig = Rig(replace(of, clients={"1001": dirty}, flows={"reception": flow(Queue(name="q", to="by_client"))}))
    rig.call(KOWALSKI)
    (dial,) = [action for action in rig.actions if isinstance(action, Dial)]
    assert dict(dial.headers)["X-Gateway-Client-Name"] == "Zły\r\nX-Evil: 1"
