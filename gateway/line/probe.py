"""What this pjsua2 build offers, as one line of JSON on stdout: `python -m gateway.line.probe` (for `gateway doctor`).

A process of its own, because loading a strange build can end the process that tries.
"""

from __future__ import annotations

import ctypes
import datetime as dt
import json
import os
import re
import sys
from typing import Any

from gateway.audio.tap import bind
from gateway.errors import NativeError
from gateway.line.capi import PjLibrary
from gateway.line.pj import Endpoint, library_file, pj

OPENSSL_ENDS = {
    "0.9": dt.date(2015, 12, 31),
    "1.0": dt.date(2019, 12, 31),
    "1.1": dt.date(2023, 9, 11),
    "3.0": dt.date(2026, 9, 7),
    "3.1": dt.date(2025, 3, 14),
    "3.2": dt.date(2025, 11, 23),
    "3.3": dt.date(2026, 4, 9),
    "3.4": dt.date(2026, 10, 22),
    "3.5": dt.date(2030, 4, 8),
}
"""Series -> end of its public support, from the OpenSSL project's release strategy. A distribution can look after its
own copy for longer; one that is built into the pjsua2 wheel nobody looks after."""


def tls(library: str, today: dt.date) -> dict[str, Any]:
    """The OpenSSL that the shared object at path `library` uses, by its own word; empty: none."""
    loaded = ctypes.CDLL(library)
    for name in ("OpenSSL_version", "SSLeay_version"):  # since 1.1, and before
        if (ask := getattr(loaded, name, None)) is not None:
            ask.restype = ctypes.c_char_p
            text = " ".join(ask(0).decode().split())
            series = re.search(r"\d+\.\d+", text)
            ends = OPENSSL_ENDS.get(series[0]) if series else None
            return {"library": text, "out_of_support": ends is not None and today > ends}
    return {"library": "", "out_of_support": False}


def probe() -> dict[str, Any]:
    """Start the library without a transport, ask it, and leave it as it is: the caller ends the process."""
    library = PjLibrary(library_file())
    library.quiet()
    endpoint = Endpoint()
    endpoint.libCreate()
    config = pj.EpConfig()
    config.uaConfig.threadCnt = 0
    config.uaConfig.mainThreadOnly = True
    config.logConfig.level = config.logConfig.consoleLevel = 0
    endpoint.libInit(config)
    native = "ok"
    try:
        bind(library_file())
    except NativeError as error:
        native = str(error)
    return {
        "version": f"PJSIP {endpoint.libVersion().full}",
        "file": library_file(),
        "legs_max": library.legs_max(),
        "codecs": [codec.codecId for codec in endpoint.codecEnum2()],
        "tls": tls(library_file(), dt.datetime.now(tz=dt.UTC).date()),
        "native": native,
    }


if __name__ == "__main__":
    print(json.dumps(probe()))  # noqa: T201 - stdout is the interface
    sys.stdout.flush()
    os._exit(0)  # libDestroy is not needed, and leaving the ordinary way runs destructors without a library
