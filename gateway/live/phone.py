"""A foreign telephone on a UDP port of its own: calls, rings, answers, refuses, hangs up (RFC 3261).

It speaks for itself alone: no proxy, no registration, no TCP. What is lost on the way is sent again, as on any network.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Literal

from gateway.live import sip
from gateway.live.rtp import EVENT, AudioEnd
from gateway.live.sip import HOST, Media, Message

if TYPE_CHECKING:
    from collections.abc import Callable

AGAIN_S = 0.5
"""T1 of RFC 3261; sent again at that pace, which is kinder to a loaded machine than doubling it."""
TIMES = 20
PAYLOADS = (8, 0)

State = Literal["calling", "ringing", "up", "over"]


class Call:
    """One call of a telephone, either way. `ended` says why it is over: a code, or "bye"."""

    def __init__(self, phone: Telephone, *, call_id: str) -> None:
        self.phone, self.call_id = phone, call_id
        self.state: State = "calling"
        self.code = 0
        self.by_us = False
        self.silent = False
        """Nobody seems to be there: nothing that comes for this call is answered."""
        self.sound_at = 0.0
        """Loop time at which the last sound was heard."""
        self.audio = AudioEnd(on_sound=self._sounded)
        self.changed = asyncio.Event()
        """Set whenever the state changes; whoever waits clears it."""
        self._local_tag, self._remote_tag = sip.token(), ""
        self._local = self._remote = ""
        self._target, self._peer = "", ("", 0)
        self._cseq, self._branch = 0, ""
        self._invite: Message | None = None
        self._final = b""
        self._again: asyncio.TimerHandle | None = None
        self._bye: Message | None = None

    # What a person does

    async def dial(self, uri: str, from_: str, headers: tuple[tuple[str, str], ...] = ()) -> None:
        """Call `uri`; `from_` is the From header without its tag. Raises ValueError for a URI without an address."""
        peer = sip.address_of(uri)
        if peer is None:
            raise ValueError(f"{uri} names no address")
        await self.audio.open(HOST)
        self._local, self._remote, self._target, self._peer = from_, f"<{uri}>", uri, peer
        self._branch = self._request("INVITE", self._sdp(PAYLOADS), headers)

    def ring(self) -> None:
        """180 Ringing."""
        if self._invite is not None and self.state == "calling":
            self._move("ringing")
            self._answer(180, "Ringing")

    async def pick_up(self) -> None:
        """200 OK with our audio."""
        if self._invite is None or self.state not in {"calling", "ringing"}:
            return
        media = Media(self._invite.body)
        if media.payload is None:
            self.refuse(488, "Not Acceptable Here")
            return
        await self.audio.open(HOST)
        if self.state not in {"calling", "ringing"}:
            return
        self._take_audio(self._invite.body)
        self._final = self._answer(200, "OK", sdp=self._sdp((media.payload,)))
        self._repeat(self._final)
        self._move("up")

    def refuse(self, code: int, reason: str) -> None:
        """Turn an offered call away."""
        if self._invite is not None and self.state in {"calling", "ringing"}:
            self._final = self._answer(code, reason)
            self._repeat(self._final)
            self._over(code, by_us=True)

    def hang_up(self) -> None:
        """BYE; CANCEL for a call that has not been answered."""
        if self.state == "over":
            return
        if self.state == "up":
            self._request("BYE")
        elif self._invite is None:
            self._send(self._text("CANCEL", self._branch, tagged=False))
        self._over(0, by_us=True)

    def press(self, key: str) -> None:
        """A key, as RFC 4733."""
        if self.state == "up":
            self.audio.press(key)

    # What comes from the other side

    def take_answer(self, message: Message) -> None:
        """An answer to one of our requests."""
        number, method = message.cseq
        if number == self._cseq:
            self._stop_repeating()
        if method != "INVITE":
            return
        if message.code < 200:
            if message.code > 100 and self.state == "calling":
                self._move("ringing")
            self._take_audio(message.body)
            return
        self._remote_tag = message.tag("to") or self._remote_tag
        if message.code >= 300:
            self._send(self._text("ACK", self._branch, number=number))
            self._over(message.code)
            return
        self._target = message.contact or self._target
        self._peer = sip.address_of(self._target) or self._peer
        self._send(self._text("ACK", _branch(), number=number))
        if self.state == "over":  # we gave up as it was answered
            self._request("BYE")
            return
        self._take_audio(message.body)
        self._move("up")

    def take_request(self, message: Message) -> None:
        """A request of the other side within this call."""
        if message.method == "ACK":
            if self._invite is not None and message.cseq[0] == self._invite.cseq[0]:
                self._stop_repeating()
                self._take_audio(message.body)
        elif message.method == "INVITE":
            self._invited_again(message)
        elif message.method == "CANCEL":
            self.phone.send(sip.answer(message, 200, "OK", tag=self._local_tag), self._peer)
            if self._invite is not None and self.state in {"calling", "ringing"}:
                self._final = self._answer(487, "Request Terminated")
                self._repeat(self._final)
                self._over(487)
        else:
            self.phone.send(sip.answer(message, 200, "OK", tag=self._local_tag), self._peer)
            if message.method == "BYE":
                self._over(0)

    def offered(self, message: Message, peer: tuple[str, int]) -> None:
        """The call is a new one, to us."""
        self._invite, self._peer = message, peer
        self._remote_tag, self._target = message.tag("from"), message.contact
        self._remote, self._local = message.get("from").partition(";tag=")[0], message.get("to")
        self._cseq = 1000

    def _invited_again(self, message: Message) -> None:
        """The same INVITE once more, or a re-INVITE (hold, resume, a session refresh)."""
        if self._invite is not None and message.cseq == self._invite.cseq:
            if self._final:
                self.phone.send(self._final, self._peer)
            return
        media = Media(message.body)
        if self.state != "up" or (message.body and media.payload is None):
            self.phone.send(sip.answer(message, 488, "Not Acceptable Here", tag=self._local_tag), self._peer)
            return
        self._invite = message
        self._take_audio(message.body)
        payloads = (media.payload,) if media.payload is not None else PAYLOADS
        self._final = self._answer(200, "OK", sdp=self._sdp(payloads))
        self._repeat(self._final)

    def close(self) -> None:
        """End whatever still goes on here."""
        self._stop_repeating()
        self.audio.close()

    # Inside

    def _sounded(self) -> None:
        self.sound_at = asyncio.get_running_loop().time()

    def _take_audio(self, body: str) -> None:
        media = Media(body)
        if media.address is not None and media.payload is not None:
            self.audio.start(media.address, media.payload, media.event)

    def _sdp(self, payloads: tuple[int, ...]) -> str:
        return sip.sdp_offer(HOST, self.audio.port, payloads, EVENT, self._cseq + 1)

    def _move(self, state: State) -> None:
        if self.state != "over":
            self.state = state
            self.changed.set()

    def _over(self, code: int, *, by_us: bool = False) -> None:
        if self.state != "over":
            self.state, self.code, self.by_us = "over", code, by_us
            self.audio.close()
            self.changed.set()

    def _answer(self, code: int, reason: str, *, sdp: str = "") -> bytes:
        data = sip.answer(self._invite, code, reason, tag=self._local_tag, contact=self.phone.uri, sdp=sdp) \
            if self._invite is not None else b""  # fmt: skip
        self.phone.send(data, self._peer)
        return data

    def _request(self, method: str, sdp: str = "", headers: tuple[tuple[str, str], ...] = ()) -> str:
        """Send a request until something answers; its branch."""
        self._cseq += 1
        branch = _branch()
        data = self._text(method, branch, sdp=sdp, headers=headers)
        self._send(data)
        self._repeat(data)
        return branch

    def _text(
        self, method: str, branch: str, *, sdp: str = "", headers: tuple[tuple[str, str], ...] = (), number: int = 0,
        tagged: bool = True,
    ) -> bytes:  # fmt: skip
        local = self._local if ";tag=" in self._local else f"{self._local};tag={self._local_tag}"
        remote = f"{self._remote};tag={self._remote_tag}" if tagged and self._remote_tag else self._remote
        return sip.write(
            f"{method} {self._target} SIP/2.0",
            [
                ("Via", f"SIP/2.0/UDP {HOST}:{self.phone.port};rport;branch={branch}"),
                ("Max-Forwards", "70"),
                ("From", local),
                ("To", remote),
                ("Call-ID", self.call_id),
                ("CSeq", f"{number or self._cseq} {method}"),
                ("Contact", f"<{self.phone.uri}>"),
                *headers,
            ],
            sdp,
        )

    def _send(self, data: bytes) -> None:
        self.phone.send(data, self._peer)

    def _repeat(self, data: bytes, times: int = TIMES) -> None:
        """Send `data` again and again until `_stop_repeating`."""
        self._stop_repeating()

        def again() -> None:
            self.phone.send(data, self._peer)
            if times > 1:
                self._repeat(data, times - 1)

        self._again = asyncio.get_running_loop().call_later(AGAIN_S, again)

    def _stop_repeating(self) -> None:
        if self._again is not None:
            self._again.cancel()
            self._again = None


class Telephone(asyncio.DatagramProtocol):
    """`on_ring` decides what becomes of a call to it: it tells the Call to ring, to be picked up, refused, or nothing
    (then nobody seems to be there)."""

    def __init__(self, user: str, *, on_ring: Callable[[Call], None] | None = None) -> None:
        self.user = user
        self.calls: list[Call] = []
        """Every call, in order."""
        self.port = 0
        self._on_ring = on_ring
        self._transport: asyncio.DatagramTransport | None = None

    @property
    def uri(self) -> str:
        return f"sip:{self.user}@{HOST}:{self.port}"

    async def open(self) -> None:
        """Take a free port."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=(HOST, 0))
        self.port = self._transport.get_extra_info("sockname")[1]

    def new_call(self) -> Call:
        """A call that is yet to be dialled."""
        self.calls.append(Call(self, call_id=f"{sip.token(60)}@{HOST}"))
        return self.calls[-1]

    def send(self, data: bytes, peer: tuple[str, int]) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, peer)

    def close(self) -> None:
        """Unplug it."""
        for call in self.calls:
            call.close()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        message = Message(data.decode(errors="replace"))
        known = next((call for call in self.calls if call.call_id == message.call_id), None)
        if message.code:
            if known is not None:
                known.take_answer(message)
        elif known is not None:
            if not known.silent:
                known.take_request(message)
        elif message.method == "INVITE" and self._on_ring is not None:
            call = Call(self, call_id=message.call_id)
            self.calls.append(call)
            call.offered(message, peer)
            self._on_ring(call)
        elif message.method == "OPTIONS":
            self.send(sip.answer(message, 200, "OK", tag=sip.token()), peer)
        elif message.method not in {"ACK", ""}:
            self.send(sip.answer(message, 481, "Call/Transaction Does Not Exist", tag=sip.token()), peer)


def _branch() -> str:
    return f"z9hG4bK{sip.token(60)}"
