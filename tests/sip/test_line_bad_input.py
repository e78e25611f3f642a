"""Bad input from the network: the line answers or drops it, and takes the next call."""

from __future__ import annotations

import contextlib
import random
import socket
import time

import pytest

from gateway.core.actions import Answer, Dial, Refuse
from gateway.core.events import LegAnswered, LegEnded

pytestmark = pytest.mark.sip

INVITE = (
    "INVITE sip:200@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bK{n}\r\n"
    "From: <sip:a@b>;tag=1\r\nTo: <sip:200@127.0.0.1>\r\nCall-ID: {n}\r\nCSeq: 1 INVITE\r\n"
    "Contact: <sip:a@127.0.0.1:{port}>\r\nMax-Forwards: 70\r\n"
)


def assert_still_serves(line, phone):
    assert line.alive()
    caller = phone("after")
    caller.invite(line.uri("200"))
    offer = line.offered(caller="after")
    line.do(Refuse(leg=offer.leg, code=404))
    assert caller.finish_invite().code == 404


def send(line, *datagrams):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.bind(("127.0.0.1", 0))
        for i, data in enumerate(datagrams):
            sender.sendto(data, ("127.0.0.1", line.port))
            if i % 100 == 99:
                time.sleep(0.01)  # the socket's buffer is not what is tested
        time.sleep(0.2)


def test_random_datagrams(line, phone):
    dice = random.Random(4)
    send(line, *(dice.randbytes(dice.randrange(1, 1400)) for _ in range(1500)))
    assert_still_serves(line, phone)


def test_an_invite_cut_at_every_place(line, phone):
    whole = (INVITE.format(port=9, n="cut") + "Content-Length: 0\r\n\r\n").encode()
    send(line, *(whole[:n] for n in range(1, len(whole), 3)))
    line.gather(0.2)
    assert_still_serves(line, phone)


def test_an_invite_with_one_byte_changed(line, phone):
    dice = random.Random(5)
    whole = bytearray((INVITE.format(port=9, n="flip") + "Content-Length: 0\r\n\r\n").encode())
    changed = []
    for i in range(len(whole)):
        copy = bytearray(whole)
        copy[i] = dice.randrange(256)
        changed.append(bytes(copy))
    send(line, *changed)
    for offer in [event for event in line.gather(0.3) if type(event).__name__ == "CallOffered"]:
        line.do(Refuse(leg=offer.leg, code=404))
    line.gather(0.3)
    assert_still_serves(line, phone)


@pytest.mark.parametrize(
    "tail",
    [
        "Content-Length: 99999999\r\n\r\n",
        "Content-Length: -5\r\n\r\nxxxx",
        "Content-Type: application/sdp\r\nContent-Length: 6\r\n\r\nv=0\r\nx",
        "X-Long: " + "a" * 3500 + "\r\nContent-Length: 0\r\n\r\n",
        "Require: nothing-known\r\nContent-Length: 0\r\n\r\n",
        "CSeq: 4294967296 INVITE\r\nContent-Length: 0\r\n\r\n",
        "From: " + "<" * 500 + "\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_absurd_invites(line, phone, tail):
    send(line, (INVITE.format(port=9, n=f"t{hash(tail)}") + tail).encode())
    for event in line.gather(0.2):
        if type(event).__name__ == "CallOffered":
            line.do(Refuse(leg=event.leg, code=404))
    assert_still_serves(line, phone)


@pytest.mark.parametrize("method", ["BYE", "CANCEL", "ACK", "MESSAGE", "REFER", "PUBLISH", "OPTIONS", "FOO"])
def test_other_requests_outside_a_call(line, phone, method):
    text = INVITE.format(port=9, n=method).replace("INVITE", method) + "Content-Length: 0\r\n\r\n"
    send(line, text.encode())
    assert_still_serves(line, phone)


def test_names_that_are_no_utf_8(line, phone):
    caller = phone("odd")
    text = INVITE.format(port=caller.port, n="odd").replace("From: <sip:a@b>;tag=1", 'From: "A@@ż" <sip:a@b>;tag=1')
    data = (text + "Subject: @@\r\nContent-Length: 0\r\n\r\n").encode().replace(b"@@", b"\xff\xfe")
    send(line, data)
    offer = line.offered()
    assert offer.caller_name == "A\ufffd\ufffdż"
    line.do(Refuse(leg=offer.leg, code=404))
    assert_still_serves(line, phone)


def test_a_reason_that_is_no_utf_8(line, phone):
    agent = phone("agent", mode="manual")
    line.do(Dial(leg="odd", call="c", line="line-1", uri=agent.uri))
    invite = agent.wait_for("INVITE")
    agent.respond(invite, 480, "Nie ma \udcff\udcfe")
    assert line.expect(LegEnded, leg="odd").code == 480


def test_garbage_over_tcp(line, phone):
    dice = random.Random(6)
    endless = b"INVITE sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n"
    for data in (dice.randbytes(5000), b"\r\n" * 3000, endless, b"A" * 70000):
        with socket.create_connection(("127.0.0.1", line.port)) as stream, contextlib.suppress(OSError):
            stream.sendall(data)
    assert_still_serves(line, phone)


def test_a_refer_inside_a_call_is_declined(line, phone):
    caller = phone("caller")
    caller.invite(line.uri("200"))
    leg = line.offered().leg
    line.do(Answer(leg=leg))
    caller.finish_invite()
    line.expect(LegAnswered, leg=leg)
    caller.cseq += 1
    caller._request("REFER", headers="Refer-To: <sip:evil@127.0.0.1:9>")
    assert caller.wait(lambda m: m.code and m.cseq[1] == "REFER").code == 603
    assert not [event for event in line.gather(0.2) if type(event).__name__ in ("LegProceeded", "LegEnded")]
