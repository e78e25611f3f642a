"""Who is heard in a call and who hears it: the far end that its SDP names, whoever else sends to its ports; and a far
end behind a NAT, whose sound comes from elsewhere."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest

from tests.sip.box import Box
from tests.sip.harness import wait_until
from tests.sip.phone import Phone
from tests.sip.rtp import RtpEnd, sine

pytestmark = pytest.mark.sip
CLIENT = '"Flower" <sip:+48220000201@127.0.0.1>'


class Stranger:
    """Sends a packet of silence to each of `ports` every 20 ms, as the far end of a call does that it was never told is
    over, or one who hopes to be sent what is said; and counts what he gets."""

    def __init__(self, ports: range) -> None:
        self.got = 0
        self._ports = ports
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.setblocking(False)
        self._open = True
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._open = False
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        n, due = 0, time.monotonic()
        while self._open:
            n, due = n + 1, due + 0.02
            packet = struct.pack(">BBHII", 0x80, 8, n & 0xFFFF, 160 * n, 0x5EED) + b"\xd5" * 160
            for port in self._ports:
                self._socket.sendto(packet, ("127.0.0.1", port))
            self._count()
            time.sleep(max(0.0, due - time.monotonic()))

    def _count(self) -> None:
        while True:
            try:
                self._socket.recv(2048)
            except BlockingIOError:
                return
            self.got += 1


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Box, Phone]]:
    anna = Phone("anna")
    with Box(tmp_path_factory.mktemp("box"), agents={"anna": anna.uri}) as box:
        yield box, anna
    anna.close()


def test_whoever_sends_to_all_ports_disturbs_no_call_and_is_sent_nothing(office: tuple[Box, Phone]) -> None:
    box, anna = office
    first = re.search(r"rtp_ports: (\d+)", (box.folder / "gateway.yaml").read_text())
    assert first is not None
    stranger = Stranger(range(int(first[1]), int(first[1]) + 40, 2))
    caller = Phone("caller")
    try:
        assert caller.call(box.uri("100"), from_=CLIENT).code == 200
        anna.wait_for("INVITE")
        wait_until(lambda: box.agent("anna") == "talking")
        anna.rtp.say(sine(1500, -16, 1), loop=True)
        caller.rtp.say(sine(700, -10, 1), loop=True)
        assert caller.rtp.level(1500) == pytest.approx(-16, abs=1)
        assert anna.rtp.level(700) == pytest.approx(-10, abs=1)
        before = stranger.got
        assert len(caller.rtp.hear(1.0)) > 2000, "the caller hears no more"
        assert stranger.got == before, "what is said was sent to a stranger"
        caller.bye()
        anna.wait_for("BYE")
    finally:
        stranger.close()
        caller.close()


def test_a_phone_behind_a_nat_is_heard_but_whom_its_sdp_names_goes_before(office: tuple[Box, Phone]) -> None:
    box, _anna = office
    phone, elsewhere, moved = Phone("nat"), RtpEnd(), RtpEnd()
    there: tuple[str, int] | None = None
    try:
        assert phone.call(box.uri("1004")).code == 200
        there, phone.rtp.remote = phone.rtp.remote, None  # what its SDP names sends nothing
        elsewhere.remote = there
        wait_until(lambda: len(elsewhere.heard) > 0, 10, "its sound goes where nobody is")
        elsewhere.press("2")
        wait_until(
            lambda: any(c["step"] == "tone" for c in box.status()["board"]["calls"]), 10, "its key was not heard"
        )
        assert elsewhere.level(1004) == pytest.approx(0, abs=0.5)
        elsewhere.remote = None
        moved.remote = there  # its NAT gives it another port
        wait_until(lambda: len(moved.heard) > 0, 10, "its new port is not found")
        assert moved.level(1004) == pytest.approx(0, abs=0.5)
        phone.rtp.remote = there  # and now comes the one that is named
        assert phone.rtp.level(1004) == pytest.approx(0, abs=0.5)
        wait_until(lambda: moved.falls_silent(1004), 10, "both are sent what is said")
    finally:
        phone.rtp.remote = there
        phone.bye()
        wait_until(lambda: not box.status()["board"]["calls"], 10, "a call is left")
        for end in (elsewhere, moved, phone):
            end.close()
