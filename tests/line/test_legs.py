"""The table of states, the registry, the clips and the sums of RTCP: plain data, no SIP."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from gateway.audio.clock import Arrived
from gateway.errors import TransitionError
from gateway.line.call import guarded
from gateway.line.clips import Clips
from gateway.line.legs import Leg, Legs
from gateway.line.rtcp import MediaTotals

STATES = ("offered", "dialled", "ringing", "accepted", "answered", "ending")
STEPS = ("ring", "answer", "confirmed", "rings", "end")


def leg(direction="in", state="offered", name="l-1"):
    return Leg(id=name, call=name, direction=direction, state=state, sip=None)


@pytest.mark.parametrize(("direction", "state", "step"), list(product(("in", "out"), STATES, STEPS)))
def test_a_step_moves_or_raises_and_changes_nothing(direction, state, step):
    one = leg(direction, state)
    if one.allows(step):
        one.step(step)
        assert one.over == (step == "end")
    else:
        with pytest.raises(TransitionError):
            one.step(step)
        assert one.state == state


def test_every_living_state_can_end_and_the_end_is_the_end():
    for direction, living in (("in", STATES[:5]), ("out", STATES[:5])):
        own = [s for s in living if s not in (("dialled",) if direction == "in" else ("offered", "accepted"))]
        assert all(leg(direction, state).allows("end") for state in own)
        assert not any(leg(direction, "ending").allows(step) for step in STEPS)


def test_a_caller_counts_until_its_leg_is_removed():
    legs = Legs()
    for one in (leg(name="a"), leg(name="b"), leg("out", "dialled", "c")):
        legs.add(one)
    legs.get("a").step("end")
    assert (legs.callers, len(legs)) == (2, 3)
    legs.remove(legs.get("a"))
    assert (legs.callers, legs.get("a")) == (1, None)
    assert leg(state="accepted").snapshot().state == "answered"


def test_clips_are_kept_within_their_room_and_live_on_while_held(tmp_path):
    for name in "abc":
        np.full(100, ord(name), np.int16).tofile(tmp_path / f"{name}.pcm")
    clips = Clips(str(tmp_path), room_samples=200)
    first = clips.get("a")
    assert clips.get("a") is first
    clips.get("b")
    clips.get("c")
    (tmp_path / "a.pcm").unlink()
    with pytest.raises(LookupError):
        clips.get("a")
    assert (first == ord("a")).all()
    assert not first.flags.writeable


@pytest.mark.parametrize("key", ["", "../a", "a/b", "a" * 200, "missing", "odd", "empty"])
def test_bad_clips_are_told(tmp_path, key):
    (tmp_path / "odd.pcm").write_bytes(b"123")
    (tmp_path / "empty.pcm").write_bytes(b"")
    with pytest.raises(LookupError, match="clip"):
        Clips(str(tmp_path)).get(key)


def stat(*, rtcp, pkt=100, loss=3):
    mean = SimpleNamespace(mean=4000, n=1 if rtcp else 0)
    way = SimpleNamespace(pkt=pkt, loss=loss, discard=1, jitterUsec=mean, updateCount=1 if rtcp else 0)
    jbuf = SimpleNamespace(discard=2)
    return SimpleNamespace(rtcp=SimpleNamespace(rxStat=way, txStat=way, rttUsec=mean), jbuf=jbuf)


def test_unknown_is_not_zero():
    totals = MediaTotals()
    assert totals.result() is None
    totals.add(stat(rtcp=False), "PCMA/8000", None)
    media = totals.result()
    assert (media.rx_packets, media.rx_lost, media.rx_discarded, media.rx_jitter_ms) == (100, 3, 3, 4.0)
    assert (media.tx_lost, media.tx_jitter_ms, media.rtt_ms) == (None, None, None)
    totals.add(stat(rtcp=True), "", None)
    media = totals.result()
    assert (media.codec, media.rx_packets, media.tx_lost, media.rtt_ms) == ("PCMA/8000", 200, 3, 4.0)


def test_what_depends_on_when_packets_came_is_taken_from_the_kernels_stamps():
    totals = MediaTotals()
    totals.add(stat(rtcp=True), "PCMA/8000", Arrived(packets=100, jitter_ms=1.5, rtcp_late_ms=3.0, source=""))
    media = totals.result()
    assert (media.rx_jitter_ms, media.rtt_ms) == (1.5, 1.0)


def test_an_exception_stays_in_the_callback():
    told = []

    class Broken:
        leg_id = "l-1"
        side = SimpleNamespace(callback_failed=lambda *what: told.append(what))

        @guarded
        def on_state(self, prm):
            raise ValueError(prm)

    Broken().on_state("boom")
    assert told[0][:2] == ("l-1", "on_state")
