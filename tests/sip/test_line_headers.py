"""What goes into headers, and what is read from them: clean on the wire, the caller's identity as received."""

from __future__ import annotations

import pytest

from gateway.core.actions import Dial, HangUp, Refuse
from gateway.core.events import LegAnswered, LegEnded, LegProceeded

pytestmark = pytest.mark.sip


def dialled(line, phone, leg, **fields):
    agent = phone("agent", mode="ring")
    line.do(Dial(leg=leg, call="c", line="line-1", uri=agent.uri, **fields))
    invite = agent.wait_for("INVITE")
    line.expect(LegProceeded, leg=leg, code=180)
    line.do(HangUp(leg=leg))
    line.expect(LegEnded, leg=leg)
    return invite


ELSEWHERE = 'SIP;cause=200;text="Call completed elsewhere"'


@pytest.mark.parametrize("tcp", [False, True])
@pytest.mark.parametrize("elsewhere", [True, False])
def test_a_phone_that_rings_is_told_that_somebody_else_has_answered(line, phone, elsewhere, tcp):
    """RFC 3326: with this in the CANCEL a phone shows no missed call."""
    agent, leg = phone("agent", mode="ring", tcp=tcp), f"e-{elsewhere}-{tcp}"
    line.do(Dial(leg=leg, call="c", line="line-1", uri=agent.uri))
    line.expect(LegProceeded, leg=leg, code=180)
    line.do(HangUp(leg=leg, elsewhere=elsewhere))
    assert agent.wait_for("CANCEL").all("Reason") == [ELSEWHERE] * elsewhere
    line.expect(LegEnded, leg=leg)


def test_so_is_one_that_was_picked_up_too_late(line, phone):
    agent = phone("agent")
    line.do(Dial(leg="late", call="c", line="line-1", uri=agent.uri))
    line.expect(LegAnswered, leg="late")
    line.do(HangUp(leg="late", elsewhere=True))
    assert agent.wait_for("BYE").all("Reason") == [ELSEWHERE]
    line.expect(LegEnded, leg="late")


def test_a_line_break_in_a_name_or_a_value_is_no_new_header(line, phone):
    invite = dialled(
        line,
        phone,
        "h1",
        display_name='Zażółć "Jan" \\\r\nX-Evil: 1\r\n\r\nv=0',
        from_user="+48 22\r\nX-Evil: 2@x>",
        headers=(("X-Client", "Alfa\r\nX-Evil: 3"), ("X-Number", "\x00+48\t600\u2028X-Evil: 4")),
    )
    assert not invite.all("X-Evil")
    assert not any(line.startswith("v=0") for line in invite.lines)
    assert invite.body.startswith("v=0\r\no=- ")
    from_ = invite.get("From")
    wanted = '"Zażółć \\"Jan\\" \\\\ X-Evil: 1 v=0" <sip:+48%2022%20X-Evil%3A%202%40x%3E@127.0.0.1>;tag='
    assert from_.lower().startswith(wanted.lower())
    assert invite.get("X-Client") == "Alfa X-Evil: 3"
    assert invite.get("X-Number") == "+48 600 X-Evil: 4"


def test_headers_of_the_stack_cannot_be_set_and_bad_names_are_left_out(line, phone):
    headers = (("Call-ID", "mine"), ("To", "x"), ("v", "x"), ("X Bad", "1"), ("X-Ok:", "1"), ("X-Ok", "yes"))
    invite = dialled(line, phone, "h2", display_name="", headers=headers)
    assert (len(invite.all("Call-ID")), len(invite.all("To")), len(invite.all("Via"))) == (1, 1, 1)
    assert invite.all("X-Ok") == ["yes"]
    assert not [line for line in invite.lines if line.lower().startswith("x bad")]
    assert '"' not in invite.get("From")


def test_a_name_that_is_too_long_is_cut_at_a_character(line, phone):
    invite = dialled(line, phone, "h3", display_name="ą" * 500, headers=(("X-Long", "ż" * 5000),))
    assert 30 <= invite.get("From").count("ą") <= 40
    assert "\ufffd" not in invite.raw
    assert 100 < len(invite.get("X-Long")) <= 200


def offered(line, phone, headers="", from_='"Anna" <sip:+48600100200@127.0.0.1>', user="221234567"):
    caller = phone("caller")
    caller.invite(line.uri(user), headers=headers, from_=from_)
    offer = line.offered()
    line.do(Refuse(leg=offer.leg, code=404))
    assert caller.finish_invite().code == 404
    return offer


@pytest.mark.parametrize(
    ("headers", "from_", "caller", "name", "withheld", "diverted"),
    [
        ("", '"Anna K" <sip:+48600100200@h>', "+48600100200", "Anna K", False, ""),
        ("P-Asserted-Identity: <sip:+48500@h>", "<sip:123@h>", "+48500", "", False, ""),
        ("P-Asserted-Identity: <tel:+48500>, <sip:x@h>", "<sip:1@h>", "+48500", "", False, ""),
        ("Privacy: id\r\nP-Asserted-Identity: <sip:+48500@h>", "<sip:a@h>", "", "", True, ""),
        ("", '"Anonymous" <sip:anonymous@anonymous.invalid>', "", "", True, ""),
        ("Diversion: <sip:+4822@h>;reason=no-answer", "<sip:1@h>", "1", "", False, "+4822"),
        ("History-Info: <sip:+4811@h>;index=1, <sip:2@h>;index=1.1", "<sip:1@h>", "1", "", False, "+4811"),
    ],
)
def test_who_calls(line, phone, headers, from_, caller, name, withheld, diverted):  # noqa: PLR0917
    offer = offered(line, phone, headers, from_)
    assert (offer.caller, offer.caller_name, offer.withheld) == (caller, name, withheld)
    assert (offer.called, offer.diverted_from, offer.trunk) == ("221234567", diverted, "")
    assert offer.sip_call_id.endswith("@phone")
    assert offer.source.startswith("127.0.0.1:")
