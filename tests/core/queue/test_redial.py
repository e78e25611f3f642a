"""Who calls again soon gets his place back: the order alone, the books and the clock are new ones."""

from __future__ import annotations

import pytest

from gateway.core.events import CallsRecovered, LegSnapshot, LineDown, QueueRecovered
from gateway.core.facts.calls import CallBridged, QueueEntered, QueueLeft
from gateway.core.facts.queue import PlaceRegained
from gateway.core.flow.queue_waiting import Waiting
from gateway.core.kpi.kpi import OFFICE, Kpi
from gateway.core.queue.redial import KEPT_S
from tests.core.factory import Rig, command

from .rig import CALLERS, busy, end_talk, rig_of


def order(rig: Rig) -> list[str]:
    """The callers' numbers in the order in which they wait."""
    calls = rig.board._ex.calls
    return [calls[call].story.record.caller for call in rig.board.view().queues[0].calls]


def gone_and_back(rig: Rig, away_s: float, **more: object) -> tuple[str, str]:
    """The first of two callers hangs up after 11 s and calls again; (the old call, the new one)."""
    old = rig.call(CALLERS[0], **more)
    rig.pass_time(1)
    rig.call(CALLERS[1])
    rig.pass_time(10)
    rig.hang_up(old)
    rig.pass_time(away_s)
    return old, rig.call(CALLERS[0], **more)


def test_who_hung_up_and_calls_again_is_first_again():
    rig = busy()
    old, new = gone_and_back(rig, 50.0)
    assert order(rig) == [CALLERS[0], CALLERS[1]]
    began = rig.of(QueueEntered, old)[0].at
    assert rig.of(PlaceRegained) == [
        PlaceRegained(at=rig.now, call=new, team="office", before=old, reason="abandoned", since=began, away_s=50.0,
                      position=1)
    ]  # fmt: skip
    assert [fact.position for fact in rig.of(QueueEntered, new)] == [1]


def test_the_clock_and_the_contact_are_new_ones():
    rig = busy()
    old, new = gone_and_back(rig, 20.0)
    rig.pass_time(5)
    end_talk(rig)
    assert rig.dialled("jan").call == new
    rig.pick_up(rig.dialled("jan").leg)
    assert [fact.wait_s for fact in rig.of(CallBridged, new)] == [5.0]
    assert [(f.call, f.outcome) for f in rig.of(QueueLeft)][1:] == [(old, "abandoned"), (new, "answered")]
    kpi = Kpi(rig.board._ex.site)
    for fact in rig.facts:
        kpi.apply(fact)
    figures = kpi.figures(OFFICE)
    assert (figures.offered, figures.abandoned, figures.answered, figures.in_progress) == (4, 1, 2, 1)
    assert not any(kpi.conservation().values())


@pytest.mark.parametrize(
    ("away_s", "redial_s", "back"), [(60.0, 60.0, True), (60.1, 60.0, False), (1.0, 0.0, False), (300.0, 600.0, True)]
)
def test_for_so_long_and_no_longer(away_s, redial_s, back):
    rig = busy(Waiting(redial_s=redial_s))
    gone_and_back(rig, away_s)
    assert bool(rig.of(PlaceRegained)) is back
    assert order(rig) == ([CALLERS[0], CALLERS[1]] if back else [CALLERS[1], CALLERS[0]])


def test_a_withheld_number_is_nobody_in_particular():
    rig = busy()
    old = rig.call("", withheld=True)
    rig.hang_up(old)
    rig.call("", withheld=True)
    assert not rig.of(PlaceRegained)


def test_a_place_is_given_once_and_survives_a_second_time():
    rig = busy()
    _, second = gone_and_back(rig, 20.0)
    rig.call(CALLERS[0])  # from the same number, while the other still waits
    assert order(rig) == [CALLERS[0], CALLERS[1], CALLERS[0]]
    rig.hang_up(second)
    rig.pass_time(20)
    third = rig.call(CALLERS[0])
    assert rig.board.view().queues[0].calls[0] == third
    assert rig.of(PlaceRegained)[1].since == rig.of(PlaceRegained)[0].since


def test_who_comes_back_to_his_place_is_let_in_although_the_queue_is_full():
    rig = busy(Waiting(queue_max=1))
    old = rig.call(CALLERS[0])
    rig.pass_time(1)
    rig.hang_up(old)
    second = rig.call(CALLERS[1])
    back, third = rig.call(CALLERS[0]), rig.call(CALLERS[2])
    assert [rig.where(call) for call in (second, back, third)] == ["queued", "queued", "flow"]
    assert rig.board.view().queues[0].calls == (back, second)


def test_who_left_by_a_key_or_was_given_up_has_no_place():
    rig = busy(max_wait_s=30.0)
    call = rig.call(CALLERS[0])
    rig.press(call, "1")
    rig.hang_up(call)
    late = rig.call(CALLERS[1])
    rig.pass_time(31)
    rig.hang_up(late)
    rig.call(CALLERS[0])
    rig.call(CALLERS[1])
    assert not rig.of(PlaceRegained)


def test_who_was_cut_off_with_the_line_too():
    rig = busy()
    rig.call(CALLERS[0])
    rig.tell(LineDown(line="A", reason="killed"))
    rig.line_up("A", boot="b2")
    rig.pass_time(5)
    rig.call(CALLERS[0])
    assert [fact.reason for fact in rig.of(PlaceRegained)] == ["lost"]


def test_from_the_journal_after_a_restart():
    rig = busy()
    old = rig.call(CALLERS[0])
    rig.pass_time(10)
    rig.hang_up(old)
    other = rig_of(agents=("jan",))
    other.now = rig.now + 20.0
    other.board.receive(QueueRecovered(facts=tuple(rig.facts)), now=other.now)
    other.call(CALLERS[1])
    new = other.call(CALLERS[0])
    assert [(fact.before, fact.since, fact.away_s) for fact in other.of(PlaceRegained, new)] == [
        (old, rig.of(QueueEntered, old)[0].at, 20.0)
    ]
    assert other.board.view().queues[0].calls[0] == new


def test_who_was_lost_in_the_restart_itself():
    rig = busy()
    old = rig.call(CALLERS[0])
    rig.pass_time(10)
    other = rig_of(agents=("jan",))
    other.now = rig.now + 5.0
    other.tell(QueueRecovered(facts=tuple(rig.facts)))
    other.tell(CallsRecovered(calls=(tuple(fact for fact in rig.facts if fact.call == old),)))
    other.line_up("A", boot="b2")  # a new line process: the caller's leg is gone
    new = other.call(CALLERS[0])
    assert [(fact.reason, fact.before) for fact in other.of(PlaceRegained, new)] == [("lost", old)]


def test_a_regained_place_is_kept_through_a_restart():
    """The contact that waits on keeps its clock, and the order that it was given back."""
    rig = busy()
    _, new = gone_and_back(rig, 20.0)
    between = next(call for call in rig.board.view().queues[0].calls if call != new)
    other = rig_of()
    other.now = rig.now + 3.0
    command(other, "jan", "pause")
    other.tell(QueueRecovered(facts=tuple(rig.facts)))
    calls = (between, new)
    other.tell(CallsRecovered(calls=tuple(tuple(f for f in rig.facts if f.call == call) for call in calls)))
    legs = tuple(LegSnapshot(leg=call, call=call, direction="in", state="answered") for call in calls)
    other.line_up("A", boot="b2", legs=legs)
    assert other.board.view().queues[0].calls == (new, between)
    assert not other.of(QueueEntered)
    waits = {call.call: call.wait_s for call in other.board.view().calls}
    assert waits[new] == 3.0, "the clock is that of the present contact"


def test_what_is_too_old_is_forgotten():
    rig = busy()
    for caller in CALLERS[:20]:
        rig.hang_up(rig.call(caller))
        rig.pass_time(KEPT_S)
    assert len(rig.board._ex.redials._left) <= 2
    assert not rig.board._ex.redials._gone
    assert len(rig.board._ex.redials._since) == 0
