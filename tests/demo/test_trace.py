"""Reading baresip's trace: messages as they were on the wire, whatever stands between them."""

from __future__ import annotations

import pytest

from gateway.demo.trace import TraceReader

RING = """\
baresip is ready.
\x1b[36;1m#
UDP 127.0.0.1:5060 -> 127.0.0.1:5080
INVITE sip:anna@127.0.0.1:5080 SIP/2.0
Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1
From: "Firma \\"Zięba\\" +48221112233" <sip:1@127.0.0.1>;tag=a
To: <sip:anna@127.0.0.1>
Call-ID: abc
CSeq: 7 INVITE
X-Gateway-Client: 1001
Content-Length: 5

v=0
s=-
\x1b[;m
ua: using AF from sdp offer
\x1b[36;1m#
UDP 127.0.0.1:5080 -> 127.0.0.1:5060
SIP/2.0 180 Ringing
Call-ID: abc
CSeq: 7 INVITE

\x1b[;m
""".splitlines()


def read(lines):
    reader = TraceReader(5080)
    return [message for number, line in enumerate(lines) if (message := reader.feed(line, float(number)))]


def test_messages_and_who_sent_them():
    invite, ringing = read(RING)
    assert (invite.method, invite.status, invite.sent) == ("INVITE", 0, False)
    assert (ringing.method, ringing.status, ringing.sent, ringing.cseq_method) == ("", 180, True, "INVITE")
    assert invite.header("x-gateway-client") == "1001"
    assert invite.header("X-Missing") == ""
    assert invite.body == "v=0\ns=-"


def test_the_display_name_is_unquoted():
    assert read(RING)[0].from_name == 'Firma "Zięba" +48221112233'


@pytest.mark.parametrize(
    ("header", "name"),
    [("<sip:1@h>;tag=1", ""), ("Anna Nowak <sip:1@h>", "Anna Nowak"), ('"" <sip:1@h>', ""), ("sip:1@h", "")],
)
def test_other_shapes_of_from(header, name):
    lines = [f"From: {header}" if line.startswith("From:") else line for line in RING]
    assert read(lines)[0].from_name == name


def test_a_block_that_never_ends_is_no_message():
    assert read(RING[:8]) == []
    assert read(["\x1b[36;1m#", "nonsense", "\x1b[;m"]) == []
