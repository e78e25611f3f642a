"""Struct layouts of PJSIP 2.15 that the line reads or fills, declared for ctypes.

Whoever reads through one of them checks what it finds before believing it: another version may lay it out otherwise.
"""

from __future__ import annotations

import ctypes as c

BYE_METHOD_ID = 3
EVENT_RX_MSG, EVENT_TSX_STATE = 3, 5
MAX_PACKET = 4000
"""PJSIP_MAX_PKT_LEN."""
HEADERS_OFFSET = 40
"""Of the list of headers in a pjsip_msg: int type, union of 32 bytes, list."""


class PjStr(c.Structure):
    _fields_ = [("ptr", c.c_char_p), ("slen", c.c_ssize_t)]


class Method(c.Structure):
    _fields_ = [("id", c.c_int), ("name", PjStr)]


class OpKey(c.Structure):
    _fields_ = [("internal", c.c_void_p * 32), ("activesock", c.c_void_p), ("user", c.c_void_p)]


class RxData(c.Structure):
    """pjsip_rx_data as far as the text of the message (sip_transport.h)."""

    _fields_ = [
        ("pool", c.c_void_p),
        ("transport", c.c_void_p),
        ("tp_data", c.c_void_p),
        ("op_key", OpKey),
        ("op_rdata", c.c_void_p),
        ("timestamp", c.c_long * 2),
        ("packet", c.c_char * MAX_PACKET),
        ("zero", c.c_uint32),
        ("packet_len", c.c_ssize_t),
        ("src_addr", c.c_byte * 28),
        ("src_addr_len", c.c_int),
        ("src_name", c.c_char * 46),
        ("src_port", c.c_int),
        ("msg_buf", c.c_void_p),
        ("msg_len", c.c_int),
        ("msg", c.c_void_p),
    ]


class TxData(c.Structure):
    """pjsip_tx_data as far as the message."""

    _fields_ = [
        ("prev", c.c_void_p),
        ("next", c.c_void_p),
        ("pool", c.c_void_p),
        ("obj_name", c.c_char * 32),
        ("info", c.c_void_p),
        ("rx_timestamp", c.c_long * 2),
        ("mgr", c.c_void_p),
        ("op_key", OpKey),
        ("op_tdata", c.c_void_p),
        ("op_token", c.c_void_p),
        ("op_callback", c.c_void_p),
        ("lock", c.c_void_p),
        ("msg", c.c_void_p),
    ]


class RequestMsg(c.Structure):
    """pjsip_msg of a request, as far as the method."""

    _fields_ = [("type", c.c_int), ("method", Method), ("uri", c.c_void_p)]


class ListHead(c.Structure):
    """The head of a pj_list; a list of headers is chained through it."""

    _fields_ = [("prev", c.c_void_p), ("next", c.c_void_p), ("rest", c.c_byte * 240)]


class TsxEvent(c.Structure):
    """pjsip_event of a transaction's change (sip_event.h)."""

    _fields_ = [
        ("prev", c.c_void_p),
        ("next", c.c_void_p),
        ("type", c.c_int),
        ("source", c.c_void_p),
        ("tsx", c.c_void_p),
        ("prev_state", c.c_int),
        ("cause", c.c_int),
    ]


OnRequest = c.CFUNCTYPE(c.c_int, c.c_void_p)
OnSent = c.CFUNCTYPE(None, c.c_void_p, c.c_void_p)


class Module(c.Structure):
    """pjsip_module (sip_module.h)."""

    _fields_ = [
        ("prev", c.c_void_p),
        ("next", c.c_void_p),
        ("name", PjStr),
        ("id", c.c_int),
        ("priority", c.c_int),
        ("load", c.c_void_p),
        ("start", c.c_void_p),
        ("stop", c.c_void_p),
        ("unload", c.c_void_p),
        ("on_rx_request", OnRequest),
        ("on_rx_response", c.c_void_p),
        ("on_tx_request", c.c_void_p),
        ("on_tx_response", c.c_void_p),
        ("on_tsx_state", c.c_void_p),
    ]


def pj_str(text: str) -> PjStr:
    """A pj_str_t of `text`; it borrows Python's bytes, which ctypes keeps alive with the struct."""
    data = text.encode()
    return PjStr(data, len(data))
