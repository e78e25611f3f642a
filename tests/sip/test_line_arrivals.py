"""Jitter and round trip are those of the wire, although the media clock takes packets in up to a frame late."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable

import pytest

from gateway.core.actions import Answer, HangUp
from gateway.core.events import LegAnswered, LegEnded
from gateway.core.facts.media import MediaStats
from tests.sip.harness import LineUnderTest
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip


def answered(line: LineUnderTest, caller: Phone) -> str:
    caller.invite(line.uri("200"))
    leg = line.offered().leg
    line.do(Answer(leg=leg))
    assert caller.finish_invite().code == 200
    line.expect(LegAnswered, leg=leg)
    return leg


def figures(line: LineUnderTest, leg: str) -> MediaStats:
    line.do(HangUp(leg=leg))
    media = line.expect(LegEnded, leg=leg).media
    assert media is not None
    return media


def send_spaced(caller: Phone, gaps_ms: Iterable[float]) -> None:
    """A packet after each gap, whatever its time stamp says; in place of the phone's own steady stream."""
    remote, caller.rtp.remote = caller.rtp.remote, None
    time.sleep(0.05)
    due = time.monotonic()
    for number, gap_ms in enumerate(gaps_ms):
        due += gap_ms / 1000
        time.sleep(max(0.0, due - time.monotonic()))
        head = struct.pack(">BBHII", 0x80, 8, (5000 + number) & 0xFFFF, 900000 + 160 * number, 77)
        caller.rtp.socket.sendto(head + b"\xd5" * 160, remote)


@pytest.mark.parametrize(("gaps_ms", "jitter_ms"), [((20, 20), (0, 4)), ((30, 10), (7.5, 12)), ((25, 15), (3.5, 7.5))])
def test_jitter(
    line: LineUnderTest, phone: Callable[..., Phone], gaps_ms: tuple[float, float], jitter_ms: tuple[float, float]
) -> None:
    caller = phone("caller")
    leg = answered(line, caller)
    send_spaced(caller, gaps_ms * 100)
    media = figures(line, leg)
    assert jitter_ms[0] <= media.rx_jitter_ms <= jitter_ms[1]


def test_round_trip(line: LineUnderTest, phone: Callable[..., Phone]) -> None:
    """The far end keeps a sender report for 70 ms and says that it has kept it for 10 (655 / 65536 s)."""
    held_ms, told_ms = 70, 10
    caller = phone("caller")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rtcp:
        rtcp.bind(("127.0.0.1", caller.rtp.port + 1))
        leg = answered(line, caller)
        answered_reports = threading.Event()

        def answer_reports() -> None:
            rtcp.settimeout(12)
            report, source = rtcp.recvfrom(2048)
            while report[1] != 200:
                report, source = rtcp.recvfrom(2048)
            ssrc, seconds, fraction = struct.unpack(">III", report[4:16])
            time.sleep(held_ms / 1000)
            block = struct.pack(">IIIIII", ssrc, 0, 0, 0, (seconds & 0xFFFF) << 16 | fraction >> 16, 655)
            rtcp.sendto(struct.pack(">BBHI", 0x81, 201, 7, 77) + block, source)
            answered_reports.set()

        thread = threading.Thread(target=answer_reports)
        thread.start()
        assert answered_reports.wait(15), "no sender report came"
        thread.join()
        time.sleep(0.2)
        media = figures(line, leg)
    assert media.rtt_ms == pytest.approx(held_ms - told_ms, abs=4)
