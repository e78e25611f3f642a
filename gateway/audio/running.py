"""The PJSIP that Python has loaded: bound once, refused when it is one that the native core does not know."""

from __future__ import annotations

from gateway.audio._native import lib, text
from gateway.errors import NativeError

_REMEDY = "install pjsua2-python 2.15.1 (or another build of PJSIP 2.15 with its C functions exported)"


def bind(pjsua2_module_file: str) -> str:
    """Binds the native core to the shared object of the pjsua2 module that is loaded; returns its version.

    `pjsua2_module_file` is the `__file__` of the compiled module (`_pjsua2`). Binding again is harmless.
    Raises NativeError when the file is not loaded, lacks a function, is not PJSIP 2.15, or lays out its structs in
    another way than the native core was written for (it writes and reads them to find out).
    """
    result = lib.gw_pj_bind(pjsua2_module_file.encode())
    found = text(lib.gw_pj_detail())
    if result == lib.GW_BIND_OK:
        return found
    if result == lib.GW_BIND_NOT_LOADED:
        raise NativeError(f"pjsua2: {found}; import pjsua2 before binding")
    raise NativeError(f"pjsua2 at {pjsua2_module_file} cannot carry the native core: {found}; {_REMEDY}")


def describe(status: int) -> str:
    """A pj_status_t, or one of the native core's own results, in words."""
    return text(lib.gw_pj_error(status))


def connect(source_slot: int, sink_slot: int) -> None:
    """What `source_slot` of the bridge sends is heard by `sink_slot`, from the next frames on.

    Raises NativeError when a slot does not exist.
    """
    _check(lib.gw_bridge_connect(source_slot, sink_slot), f"connecting slot {source_slot} to {sink_slot}")


def disconnect(source_slot: int, sink_slot: int) -> None:
    """Undoes `connect`. Raises NativeError when a slot does not exist."""
    _check(lib.gw_bridge_disconnect(source_slot, sink_slot), f"disconnecting slot {source_slot} from {sink_slot}")


def legs_max() -> int:
    """How many legs this build of pjsua2 can have at once; asked after libInit. Raises NativeError.

    It is a limit of compile time, whatever `maxCalls` was asked for.
    """
    count = int(lib.gw_pj_legs_max())
    if count < 0:
        raise NativeError(f"number of legs: {describe(count)}")
    return count


def sip_timers(*, t1_ms: int = 500, t2_ms: int = 4000, t4_ms: int = 5000, td_ms: int = 6000) -> None:
    """Sets T1, T2, T4 and the life of a finished transaction (RFC 3261, 17.1.1): a leg to a silent phone is freed
    after `td_ms` instead of 32 s. Raises NativeError for values that are not positive.
    """
    _check(lib.gw_pj_sip_timers(t1_ms, t2_ms, t4_ms, td_ms), "SIP timers")


def _check(status: int, what: str) -> None:
    if status != 0:
        raise NativeError(f"{what}: {describe(status)}")
