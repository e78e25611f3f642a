"""Which legs over a trunk were up, and for how long: callers' and dialled ones, also over a restart."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import invariant
from msgspec.structs import replace

from gateway.core.events import CallOffered, CallsRecovered, LegEnded, LegSnapshot, LineDown
from gateway.core.facts.calls import WrapUpEnded
from gateway.core.facts.costs import TrunkLegAnswered, TrunkLegEnded
from gateway.core.switchboard import Switchboard
from tests.core.board.test_switchboard_properties import Office
from tests.core.call_back.rig import Office as CallBackOffice
from tests.core.factory import KOWALSKI, Rig, command, queue_rig, site

PROVIDER = "provider"


def on_trunks() -> Rig:
    """Anna, Kowalski's manager, has a mobile behind the trunk."""
    of = site()
    anna = replace(of.agents["anna"], uri="501777000", trunk=PROVIDER)
    return Rig(replace(of, agents={**of.agents, "anna": anna}))


def ends(rig: Rig) -> list[tuple[str, str, str, str, float]]:
    return [(f.leg, f.trunk, f.direction, f.team, round(f.up_s, 3)) for f in rig.of(TrunkLegEnded)]


def test_caller_and_mobile_each_from_the_answer_to_the_end():
    rig = on_trunks()
    call = rig.queue(KOWALSKI, trunk=PROVIDER)
    began = rig.of(TrunkLegAnswered)[0].at
    anna = rig.dialled("anna").leg
    rig.ring(anna)
    rig.pass_time(12)
    assert [f.leg for f in rig.of(TrunkLegAnswered)] == [call], "ringing costs nothing"
    rig.pick_up(anna)
    rig.pass_time(60)
    rig.hang_up(call)
    talked = rig.now - began
    rig.pass_time(2)  # it was told to end with the call
    rig.end(anna)
    assert [(f.leg, f.line, f.trunk, f.direction) for f in rig.of(TrunkLegAnswered)] == [
        (call, "A", PROVIDER, "in"),
        (anna, "A", PROVIDER, "out"),
    ]
    assert ends(rig) == [(call, PROVIDER, "in", "office", round(talked, 3)), (anna, PROVIDER, "out", "office", 60.0)]


def test_the_minutes_of_a_mobile_are_those_of_the_team_that_its_handling_counts_for():
    """Piotr has a mobile and is of the team that helps out."""
    rig = queue_rig(to="office")
    for agent in ("jan", "ewa", "ola"):
        command(rig, agent, "logout")
    call = rig.call()
    leg = rig.dialled("piotr").leg
    rig.ring(leg)
    rig.pick_up(leg)
    rig.press(leg, "1")
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(leg)
    rig.pass_time(60)
    (ended,), (handled,) = rig.of(TrunkLegEnded), rig.of(WrapUpEnded)
    assert (ended.team, rig.record(call).team) == (handled.team, "office")
    assert ended.team == "sales"


def test_a_client_who_is_called_back_is_one_that_the_box_dialled():
    o = CallBackOffice()
    o.asks()
    o.login("jan")
    o.takes("jan")
    client = o.client_answers()
    o.heard(client)
    o.press(client, "1")
    o.pass_time(20)
    up_s = o.now - o.of(TrunkLegAnswered)[0].at
    o.hang_up(client)
    assert ends(o) == [(client, PROVIDER, "out", "office", round(up_s, 3))]


def test_a_phone_in_the_house_and_a_caller_from_the_house_are_no_trunk_legs():
    rig = Rig()
    call = rig.queue(KOWALSKI)
    rig.pick_up(rig.dialled("anna").leg)
    rig.pass_time(10)
    rig.hang_up(call)
    assert not rig.of(TrunkLegAnswered)
    assert not rig.of(TrunkLegEnded)


def test_who_never_came_to_a_team_is_nobodys():
    rig = Rig()
    call = rig.call(trunk=PROVIDER)
    rig.pass_time(3)
    rig.hang_up(call)
    assert ends(rig) == [(call, PROVIDER, "in", "", 3.0)]


def test_a_caller_who_is_refused_or_gone_before_the_answer_has_no_minutes():
    rig = Rig()
    rig.end(rig.offer(trunk=PROVIDER), code=487, by="far")
    rig.offer(trunk=PROVIDER, called="999")
    assert not rig.of(TrunkLegAnswered)


def test_a_line_that_dies_ends_its_minutes():
    rig = Rig()
    call = rig.call(trunk=PROVIDER)
    rig.pass_time(4)
    rig.tell(LineDown(line="A", reason="killed"))
    assert ends(rig) == [(call, PROVIDER, "in", "", 4.0)]


def test_a_draft_is_in_no_figure():
    from gateway.core.site.site import Draft  # noqa: PLC0415 - of this test alone

    of = replace(site(), draft=Draft(number="9999"))
    rig = Rig(of)
    rig.draft(of, "100")
    rig.hang_up(rig.call(called="9999", trunk=PROVIDER))
    assert not rig.of(TrunkLegAnswered)


def restarted(rig: Rig, call: str) -> Rig:
    """Another program, with what the journal tells of the call."""
    anew = on_trunks()
    anew.board, anew.now = Switchboard(anew.board._ex.site), rig.now
    anew.tell(CallsRecovered(calls=(tuple(f for f in rig.facts if f.call == call),), lines=("A",)))
    anew.facts.clear()
    return anew


def test_over_a_restart_minutes_go_on():
    rig = on_trunks()
    call = rig.queue(KOWALSKI, trunk=PROVIDER)
    anna = rig.dialled("anna").leg
    rig.pick_up(anna)
    answered = {f.leg: f.at for f in rig.of(TrunkLegAnswered)}
    rig.pass_time(30)
    anew = restarted(rig, call)
    anew.line_up(
        "A",
        legs=(
            LegSnapshot(leg=call, call=call, direction="in", state="answered", bridged_with=anna),
            LegSnapshot(leg=anna, call=call, direction="out", state="answered", agent="anna", bridged_with=call),
        ),
    )
    assert not anew.of(TrunkLegEnded)
    anew.pass_time(12)
    anew.hang_up(call)
    anew.tell(LegEnded(leg=anna, code=200, reason="", by="us"))
    assert not anew.of(TrunkLegAnswered)
    assert [(f.leg, f.up_s) for f in anew.of(TrunkLegEnded)] == [
        (call, anew.now - answered[call]),
        (anna, anew.now - answered[anna]),
    ]
    assert {f.team for f in anew.of(TrunkLegEnded)} == {"office"}


def test_what_ended_while_nobody_looked_is_closed_when_that_is_seen():
    rig = on_trunks()
    call = rig.queue(KOWALSKI, trunk=PROVIDER)
    began = rig.of(TrunkLegAnswered)[0].at
    rig.pass_time(20)
    anew = restarted(rig, call)
    anew.pass_time(3)
    anew.line_up("A")
    assert ends(anew) == [(call, PROVIDER, "in", "office", round(anew.now - began, 3))]
    kinds = [type(fact).__name__ for fact in anew.facts]
    assert kinds.index("TrunkLegEnded") < kinds.index("CallEnded")


def test_a_line_that_never_comes_back_ends_its_minutes():
    rig = on_trunks()
    call = rig.queue(KOWALSKI, trunk=PROVIDER)
    anew = restarted(rig, call)
    anew.pass_time(300)
    assert [leg for leg, *_ in ends(anew)] == [call]


class OnTrunks(Office):
    """The office of all properties, every caller and two of the phones behind a trunk."""

    def adapted(self, of):
        of = super().adapted(of)
        return replace(of, agents={**of.agents, "jan": replace(of.agents["jan"], uri="501777999", trunk=PROVIDER)})

    def tell(self, event) -> None:
        if isinstance(event, CallOffered):
            event = replace(event, trunk=PROVIDER)
        super().tell(event)

    @invariant()
    def every_answer_has_one_end_and_only_what_may_be_up_is_open(self) -> None:
        if not self.whole:
            return
        is_open: dict[str, float] = {}
        for fact in self.facts:
            if isinstance(fact, TrunkLegAnswered):
                assert fact.leg not in is_open
                is_open[fact.leg] = fact.at
            elif isinstance(fact, TrunkLegEnded):
                assert fact.up_s == fact.at - is_open.pop(fact.leg)
        not_told = {name for kind, name in self.board._ex.turn.timers._live if kind == "recovered"}
        assert {leg for leg in is_open if leg[0] not in not_told | self.awaited.keys()} <= self.legs.keys()


TestOnTrunks = OnTrunks.TestCase
TestOnTrunks.settings = settings(
    max_examples=30,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
