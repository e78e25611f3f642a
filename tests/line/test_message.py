"""Reading SIP text: headers, addresses, the dialogue of a leg."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.line import dialogs
from gateway.line.identity import identify
from gateway.line.message import address, read, split_list

INVITE = (
    "INVITE sip:+48221234567;npdi@box.example:5060;user=phone SIP/2.0\r\n"
    "v: SIP/2.0/TCP 192.0.2.9;branch=z9\r\n"
    "Record-Route: <sip:p1.example;lr>, <sip:p2.example;lr>\r\n"
    "Record-Route: <sip:p3.example;lr>\r\n"
    'f: "Smith, \\"J\\"" <sip:anna%2B@h.example>;tag=r-tag\r\n'
    "To: <sip:+48221234567@box.example>\r\n"
    "i: abc@h\r\nm: <sip:anna@192.0.2.9:5070>\r\nCSeq: 7 INVITE\r\n"
    "Subject: one\r\n  two\r\n"
    "\r\nv=0\r\nFrom: not a header\r\n"
)


def test_headers_compact_folded_and_joined():
    message = read(INVITE)
    assert message.request_uri == "sip:+48221234567;npdi@box.example:5060;user=phone"
    assert message.first("call-id") == "abc@h"
    assert message.first("subject") == "one two"
    assert len(message.every("from")) == 1
    assert message.every("record-route") == ("<sip:p1.example;lr>", "<sip:p2.example;lr>", "<sip:p3.example;lr>")


def test_addresses():
    who = address(read(INVITE).first("from"))
    assert (who.name, who.user, who.host, who.params) == ('Smith, "J"', "anna+", "h.example", {"tag": "r-tag"})
    assert address("sip:a@b;tag=1").params == {"tag": "1"}
    assert address("<tel:+48-22;phone-context=x>").user == "+48-22"
    assert address("Anna <sip:[2001:db8::1]:5060>").host == "[2001:db8::1]"
    assert split_list('"a, b" <sip:x,y@z>, <sip:q>') == ('"a, b" <sip:x,y@z>', "<sip:q>")


@pytest.mark.parametrize("text", ["", '"open', "<", ";;;=", "sip:", '"a" "b" <', "\\"])
def test_bad_addresses_are_empty_not_errors(text):
    assert address(text).user == ""


@given(st.text(max_size=400))
def test_nothing_raises_on_any_text(text):
    message = read(text)
    assert identify(message).caller is not None
    assert dialogs.of_answer("l", message) is None or message.headers


def test_the_dialogue_of_an_invite_and_of_an_answer():
    called = dialogs.of_invite("leg-1", read(INVITE), "our-tag")
    assert (called.local_uri, called.local_tag) == ("sip:+48221234567@box.example", "our-tag")
    assert (called.remote_tag, called.target, called.transport) == ("r-tag", "sip:anna@192.0.2.9:5070", "tcp")
    assert called.route == ("<sip:p1.example;lr>", "<sip:p2.example;lr>", "<sip:p3.example;lr>")
    assert called.cseq >= 32768
    answer = INVITE.replace("INVITE sip:+48221234567;npdi@box.example:5060;user=phone SIP/2.0", "SIP/2.0 200 OK")
    answer = answer.replace("box.example>\r\n", "box.example>;tag=theirs\r\n")
    calling = dialogs.of_answer("leg-2", read(answer))
    assert (calling.local_tag, calling.remote_tag, calling.cseq) == ("r-tag", "theirs", 7)
    assert calling.route == tuple(reversed(called.route))
    assert dialogs.of_answer("leg-2", read(INVITE)) is None  # no To tag, no dialogue
