"""The few C functions of PJSIP that pjsua2 does not offer, looked up in the library that is already loaded.

Call them from the loop thread only. What is read through a struct (abi.py) is checked each time before it is believed.
"""

from __future__ import annotations

import ctypes as c
from collections.abc import Callable
from typing import Any

from gateway.errors import NativeError
from gateway.line.abi import (
    BYE_METHOD_ID,
    EVENT_RX_MSG,
    EVENT_TSX_STATE,
    HEADERS_OFFSET,
    MAX_PACKET,
    ListHead,
    Method,
    Module,
    OnRequest,
    OnSent,
    PjStr,
    RequestMsg,
    RxData,
    TsxEvent,
    TxData,
    pj_str,
)

_MAX_CALLS = 1024
OUTSIDE_DIALOGUES = 63
"""Priority just before the application's own (64): transactions and dialogues have had their turn."""


class PjLibrary:
    """The running PJSIP, through its C functions."""

    def __init__(self, library_file: str) -> None:
        """Raises NativeError when a function is missing."""
        # CDLL gives the interpreter lock away during a call: the clock thread may want to log meanwhile.
        self._lib = c.CDLL(library_file)
        self._keep: list[Any] = []
        try:
            self._declare()
        except AttributeError as error:
            raise NativeError(f"this pjsua2 build does not export what the line needs: {error}") from error

    def _declare(self) -> None:
        lib, ptr, string = self._lib, c.c_void_p, c.POINTER(PjStr)
        lib.pjsua_get_pjsip_endpt.restype = ptr
        lib.pjsua_pool_create.restype = ptr
        lib.pjsua_pool_create.argtypes = [c.c_char_p, c.c_size_t, c.c_size_t]
        lib.pjsua_enum_calls.argtypes = [c.POINTER(c.c_int), c.POINTER(c.c_uint)]
        lib.pjsip_rx_data_get_info.restype = c.c_char_p
        lib.pjsip_rx_data_get_info.argtypes = [ptr]
        lib.pjsip_endpt_register_module.argtypes = [ptr, c.POINTER(Module)]
        lib.pjsip_generic_string_hdr_create.restype = ptr
        lib.pjsip_generic_string_hdr_create.argtypes = [ptr, string, string]
        lib.pj_list_insert_before.argtypes = [ptr, ptr]
        lib.pjsip_rx_data_clone.argtypes = [ptr, c.c_uint, c.POINTER(ptr)]
        lib.pjsip_rx_data_free_cloned.argtypes = [ptr]
        lib.pjsip_endpt_respond.argtypes = [ptr, ptr, ptr, c.c_int, string, ptr, ptr, ptr]
        lib.pjsip_parse_uri.restype = ptr
        lib.pjsip_parse_uri.argtypes = [ptr, c.c_char_p, c.c_size_t, c.c_uint]
        lib.pjsip_parse_hdr.restype = ptr
        lib.pjsip_parse_hdr.argtypes = [ptr, string, c.c_char_p, c.c_size_t, ptr]
        lib.pjsip_method_set.argtypes = [c.POINTER(Method), c.c_int]
        lib.pjsip_endpt_create_request_from_hdr.argtypes = [
            ptr, c.POINTER(Method), ptr, ptr, ptr, ptr, ptr, c.c_int, ptr, c.POINTER(ptr),
        ]  # fmt: skip
        lib.pjsip_tx_data_dec_ref.argtypes = [ptr]
        lib.pjsip_endpt_send_request.argtypes = [ptr, ptr, c.c_int32, ptr, OnSent]
        lib.pjsip_tsx_layer_find_tsx.restype = ptr
        lib.pjsip_tsx_layer_find_tsx.argtypes = [string, c.c_int]
        lib.pjsip_tsx_terminate.argtypes = [ptr, c.c_int]
        lib.pj_log_set_level.argtypes = [c.c_int]
        lib.pj_pool_release.argtypes = [ptr]

    def quiet(self) -> None:
        """Before libCreate: PJLIB prints to stdout until a log writer is set."""
        self._lib.pj_log_set_level(0)

    def legs_max(self) -> int:
        """How many calls this build can have at once; needs libInit."""
        return int(self._lib.pjsua_call_get_max_count())

    def level_g722(self) -> None:
        """G.722 at the level of other stacks: by default this version sends it 6 dB too low and turns what it receives
        6 dB too high (pjproject#4419). Does nothing in a build without G.722."""
        shift = getattr(self._lib, "pjmedia_codec_g722_set_pcm_shift", None)
        if shift is not None:
            shift(1)

    def calls_in_use(self) -> frozenset[int]:
        """Ids of the call slots that the library has not freed. A call that is over can still be among them."""
        ids = (c.c_int * _MAX_CALLS)()
        count = c.c_uint(_MAX_CALLS)
        self._lib.pjsua_enum_calls(ids, c.byref(count))
        return frozenset(ids[: count.value])

    def give_up_invite(self, branch: str) -> bool:
        """End our INVITE transaction with that Via branch as if it had timed out; False when there is none."""
        # The key of a client INVITE transaction (RFC 3261, 17.1.3, as PJSIP writes it).
        tsx = self._lib.pjsip_tsx_layer_find_tsx(c.byref(pj_str(f"c${branch}")), 0)
        return tsx is not None and self._lib.pjsip_tsx_terminate(tsx, 408) == 0

    def watch_requests(self, name: str, on_request: Callable[[int], bool], priority: int = OUTSIDE_DIALOGUES) -> int:
        """Show every request that has come as far as `priority` in PJSIP's chain of modules to `on_request(rdata)`.
        True: it was dealt with. `on_request` must not raise. Returns the module, for `respond`.

        Raises NativeError when PJSIP does not take the module.
        """
        callback = OnRequest(lambda rdata: 1 if on_request(int(rdata)) else 0)
        module = Module(name=pj_str(name), id=-1, priority=priority, on_rx_request=callback)
        self._keep += [callback, module]
        status = self._lib.pjsip_endpt_register_module(self._endpoint(), c.byref(module))
        if status != 0:
            raise NativeError(f"PJSIP does not take the module {name}: status {status}")
        return c.addressof(module)

    def keep_request(self, rdata: int) -> int:
        """A copy of a request that outlives its callback, for `respond`; 0 when it cannot be made. It holds the
        transport until `drop_request`."""
        copy = c.c_void_p()
        status = self._lib.pjsip_rx_data_clone(rdata, 0, c.byref(copy))
        return int(copy.value) if status == 0 and copy.value is not None else 0

    def drop_request(self, rdata: int) -> None:
        """Let a copy go."""
        self._lib.pjsip_rx_data_free_cloned(rdata)

    def info(self, rdata: int) -> str:
        """In the library's words: `Request msg INVITE/cseq=1 (rdata0x...)`."""
        text = self._lib.pjsip_rx_data_get_info(rdata)
        return (text or b"").decode(errors="replace")

    def text(self, rdata: int) -> str:
        """The message as received; empty when the struct does not lie as declared."""
        data = RxData.from_address(rdata)
        start = rdata + RxData.packet.offset
        inside = data.msg_buf is not None and start <= data.msg_buf < start + MAX_PACKET
        if not inside or not 0 < data.msg_len <= start + MAX_PACKET - data.msg_buf:
            return ""
        return c.string_at(data.msg_buf, data.msg_len).decode(errors="replace")

    def respond(self, rdata: int, code: int, reason: str, headers: tuple[tuple[str, str], ...], *, module: int) -> int:
        """Answer a request statefully (retransmissions get the same answer), as the module that watched it. Returns a
        pj_status_t, 0 is success."""
        head = ListHead()
        address = c.addressof(head)
        head.prev = head.next = address
        pool = self._pool()
        try:
            for name, value in headers:
                made = self._lib.pjsip_generic_string_hdr_create(pool, c.byref(pj_str(name)), c.byref(pj_str(value)))
                self._lib.pj_list_insert_before(address, made)
            text = pj_str(reason)
            return int(
                self._lib.pjsip_endpt_respond(self._endpoint(), module, rdata, code, c.byref(text), address, None, None)
            )
        finally:
            self._lib.pj_pool_release(pool)

    def send_bye(
        self,
        *,
        target: str,
        from_: str,
        to: str,
        call_id: str,
        cseq: int,
        route: tuple[str, ...],
        done: Callable[[str], None],
    ) -> str:
        """BYE for a dialogue that another process had. `from_` and `to` are whole header values with tags; `route` are
        name-addrs. `done` gets the answer in the library's words, "" when none came. Returns "" or what is wrong."""
        pool = self._pool()
        try:
            uri = self._parsed_uri(pool, target)
            parts = [self._parsed_header(pool, *pair) for pair in (("From", from_), ("To", to), ("Call-ID", call_id))]
            if not uri or not all(parts):
                return "the dialogue's target or headers cannot be read"
            method = Method()
            self._lib.pjsip_method_set(c.byref(method), BYE_METHOD_ID)
            tdata = c.c_void_p()
            status = self._lib.pjsip_endpt_create_request_from_hdr(
                self._endpoint(), c.byref(method), uri, parts[0], parts[1], None, parts[2], cseq, None, c.byref(tdata)
            )
            if status != 0 or tdata.value is None:
                return f"PJSIP does not make the request: status {status}"
            problem = self._add_route(tdata.value, route)
            if problem:
                self._lib.pjsip_tx_data_dec_ref(tdata)
                return problem
            callback = OnSent(lambda _token, event: done(self._answer(int(event))))
            self._keep.append(callback)
            status = self._lib.pjsip_endpt_send_request(self._endpoint(), tdata, -1, None, callback)
            return "" if status == 0 else f"PJSIP does not send it: status {status}"
        finally:
            self._lib.pj_pool_release(pool)

    def _answer(self, event: int) -> str:
        state = TsxEvent.from_address(event)
        came = state.type == EVENT_TSX_STATE and state.cause == EVENT_RX_MSG and state.source
        return self.info(state.source) if came else ""

    def _add_route(self, tdata: int, route: tuple[str, ...]) -> str:
        if not route:
            return ""
        data = TxData.from_address(tdata)
        if data.msg is None or RequestMsg.from_address(data.msg).method.id != BYE_METHOD_ID:
            return "pjsip_tx_data lies otherwise than in PJSIP 2.15"
        for entry in route:
            header = self._parsed_header(data.pool, "Route", entry)
            if not header:
                return "a Route cannot be read"
            # pjsip_msg_add_hdr is inline: a message's headers are a list that begins behind its start line.
            self._lib.pj_list_insert_before(data.msg + HEADERS_OFFSET, header)
        return ""

    def _parsed_uri(self, pool: int, text: str) -> int | None:
        data = c.create_string_buffer(text.encode())
        self._keep.append(data)  # what is parsed points into it; orphans are few
        return self._as_int(self._lib.pjsip_parse_uri(pool, c.cast(data, c.c_char_p), len(data) - 1, 0))

    def _parsed_header(self, pool: int, name: str, value: str) -> int | None:
        data = c.create_string_buffer(value.encode())
        self._keep.append(data)  # what is parsed points into it; orphans are few
        text, size = c.cast(data, c.c_char_p), len(data) - 1
        return self._as_int(self._lib.pjsip_parse_hdr(pool, c.byref(pj_str(name)), text, size, None))

    @staticmethod
    def _as_int(value: Any) -> int | None:
        return None if value is None else int(value)

    def _endpoint(self) -> int:
        return int(self._lib.pjsua_get_pjsip_endpt())

    def _pool(self) -> int:
        return int(self._lib.pjsua_pool_create(b"line", 1024, 1024))
