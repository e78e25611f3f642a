"""Trunks: registered with digest, told when they change, called through, and named on the calls they bring."""

from __future__ import annotations

import hashlib
import re

import pytest

from gateway.core.actions import Dial, HangUp, Refuse
from gateway.core.events import LegAnswered, LegEnded, TrunkChanged
from gateway.core.line_config import Trunk
from tests.sip.harness import LineUnderTest
from tests.sip.phone import Phone

pytestmark = pytest.mark.sip

USER, PASSWORD, REALM = "office7", "s3cret-pass", "provider"


class Provider(Phone):
    """A registrar that wants digest (RFC 2617, MD5) for REGISTER and INVITE; `refuse` answers everything with 403."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.refuse = refuse
        super().__init__("provider")

    def _hear_request(self, request):
        if request.method not in ("REGISTER", "INVITE") or (request.method == "INVITE" and self.remote_tag):
            super()._hear_request(request)
        elif self.refuse:
            self.respond(request, 403, "Forbidden")
        elif not request.get("Authorization"):
            self._challenge(request)
        elif not self._is_right(request):
            self.respond(request, 403, "Wrong password")
        elif request.method == "INVITE":
            super()._hear_request(request)
        else:
            self._registered(request)

    def _challenge(self, request):
        lines = [f'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="{REALM}", nonce="n1", algorithm=MD5']
        self._answer(request, lines)

    def _registered(self, request):
        expires = request.get("Expires") or "300"
        self._answer(request, [f"SIP/2.0 200 OK\r\nContact: {request.get('Contact')};expires={expires}"])

    def _answer(self, request, lines):
        lines += [line for line in request.lines if line.lower().startswith(("via:", "from:", "call-id:", "cseq:"))]
        lines += [f"To: {request.get('To')};tag=p", "Content-Length: 0", "", ""]
        self._send("\r\n".join(lines).encode())

    def _is_right(self, request):
        given = dict(re.findall(r'(\w+)="?([^",]+)"?', request.get("Authorization")))
        secret = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode()).hexdigest()
        what = hashlib.md5(f"{request.method}:{given['uri']}".encode()).hexdigest()
        return given["response"] == hashlib.md5(f"{secret}:n1:{what}".encode()).hexdigest()


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.close()


def trunk(provider, **more):
    settings = {"id": "t1", "host": f"127.0.0.1:{provider.port}", "user": USER, "password": PASSWORD}
    return Trunk(**settings | {"from_user": "+48221234567"} | more)


def test_a_trunk_registers_is_called_through_and_brings_calls(tmp_path, provider):
    with LineUnderTest(tmp_path, trunks=(trunk(provider),), log_level="DEBUG") as line:
        assert line.expect(TrunkChanged, trunk="t1").up
        line.do(Dial(leg="out", call="c", line="line-1", uri="+48600100200", trunk="t1", display_name="Biuro"))
        line.expect(LegAnswered, leg="out")
        invite = provider.incoming
        assert invite.start == f"INVITE sip:+48600100200@127.0.0.1:{provider.port} SIP/2.0"
        assert invite.get("From").startswith('"Biuro" <sip:+48221234567@127.0.0.1')
        line.do(HangUp(leg="out"))
        provider.wait_for("BYE")
        line.expect(LegEnded, leg="out")

        contact = re.search(r"sip:[^>;]+", provider.wait_for("REGISTER").get("Contact"))[0]
        for target in (contact, line.uri("+48221112233")):  # to our registered user, and to a DID, from its address
            provider.tag += "x"
            provider.invite(target)
            offer = line.offered()
            assert offer.trunk == "t1"
            line.do(Refuse(leg=offer.leg, code=404))
            assert provider.finish_invite().code == 404
        config = repr(line.config)
    assert provider.wait(lambda m: m.method == "REGISTER" and m.get("Expires") == "0")
    assert PASSWORD not in line.log
    assert PASSWORD not in config


def test_a_refused_registration_is_told_and_tried_again(tmp_path):
    provider = Provider(refuse=True)
    try:
        with LineUnderTest(tmp_path, trunks=(trunk(provider),)) as line:
            change = line.expect(TrunkChanged, trunk="t1")
            assert (change.up, change.code) == (False, 403)
            provider.refuse = False
            assert line.expect(TrunkChanged, trunk="t1", timeout_s=20).up
    finally:
        provider.close()


def test_a_trunk_that_knows_us_by_our_address_does_not_register(tmp_path, provider):
    known = trunk(provider, user="", password="", register=False)
    with LineUnderTest(tmp_path, trunks=(known,)) as line:
        provider.invite(line.uri("221112233"))
        offer = line.offered()
        assert offer.trunk == "t1"
        line.do(Refuse(leg=offer.leg, code=404))
        assert provider.finish_invite().code == 404
        assert not [m for m in provider.received if m.method == "REGISTER"]
