"""The one pjsua2 endpoint of this process: one Python thread, one media thread, no sound device.

Settings are those that were measured: callbacks come on the loop thread alone, and a leg to a silent phone is freed
after 6 s instead of 32.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from ctypes import CDLL, c_char_p
from pathlib import Path
from typing import Any

from gateway.audio.clock import start_clock, stop_clock
from gateway.audio.tap import bind, legs_max, sip_timers
from gateway.core.line_config import LineConfig
from gateway.errors import LineError
from gateway.line.capi import PjLibrary
from gateway.line.pj import Endpoint, Error, LogWriter, library_file, pj, why

log = logging.getLogger(__name__)
pjsip_log = logging.getLogger("gateway.line.pjsip")

_SECRET = re.compile(r"(?i)(password|passwd|secret|response|nonce|cnonce|username)(\s*[=:]\s*)(\"[^\"]*\"|\S+)")
_FREE_PORT_TRIES = 8

CLOCK_RATE, FRAME_MS = 8000, 20
"""Of the bridge; G.722 is resampled."""


class _Log(LogWriter):  # type: ignore[misc]
    """PJSIP's warnings into our log; credentials, should one ever be in them, are blotted out."""

    def write(self, entry: Any) -> None:
        try:
            text = _SECRET.sub(r"\1\2***", str(entry.msg).strip())
            level = logging.ERROR if entry.level <= 1 else logging.WARNING
            pjsip_log.log(level, "%s", text)
        except Exception:
            log.exception("a line of PJSIP's log was lost")


class _Endpoint(Endpoint):  # type: ignore[misc]
    """`rejected(code, text)` hears of an INVITE that the library refused by itself, with no word to the account."""

    rejected: Callable[[int, str], None] | None = None

    def onRejectedIncomingCall(self, prm: Any) -> None:  # noqa: N802
        try:
            if self.rejected is not None:
                self.rejected(int(prm.statusCode), str(prm.rdata.wholeMsg))
        except Exception:
            log.exception("a call that the library refused could not be told")


class LineEndpoint:
    """Starts PJSIP, tells what it can carry, turns its event loop, ends it."""

    def __init__(self, config: LineConfig) -> None:
        """Raises LineError (a port in use, no codec) and NativeError (an unusable pjsua2 build)."""
        self._config = config
        self._log = _Log()
        self._endpoint: Any = _Endpoint()
        library = library_file()
        self.library = PjLibrary(library)
        self.library.quiet()
        self._endpoint.libCreate()
        self._endpoint.libInit(self._settings())
        self.version = f"PJSIP {bind(library)}"
        self.tls = _tls_version()
        self.legs_max = legs_max()
        self.library.level_g722()
        sip_timers(t1_ms=500, t2_ms=4000, t4_ms=5000, td_ms=6000)
        self.port = 0
        self.listening = self._listen()
        self._endpoint.libStart()
        bridge = int(self._endpoint.audDevManager().setNoDev())
        start_clock(bridge, sample_rate=CLOCK_RATE, frame_samples=CLOCK_RATE * FRAME_MS // 1000)
        self.codecs = self._choose_codecs()

    @property
    def address(self) -> str:
        """host:port of the UDP transport, as published in Contact."""
        return self._address

    def on_rejected(self, rejected: Callable[[int, str], None]) -> None:
        """`rejected(code, text)` for each INVITE that the library itself refuses (488: no codec in common)."""
        self._endpoint.rejected = rejected

    def turn(self, timeout_ms: int) -> None:
        """Let PJSIP do what is due; waits at most that long for something to happen."""
        self._endpoint.libHandleEvents(timeout_ms)

    def destroy(self) -> None:
        """After this the process must leave by os._exit: the library does not survive its own exit handlers."""
        stop_clock()
        self._endpoint.libDestroy()

    def _settings(self) -> Any:
        made = pj.EpConfig()
        ua, media, logs = made.uaConfig, made.medConfig, made.logConfig
        ua.threadCnt, ua.mainThreadOnly = 0, True
        ua.maxCalls = 1024  # the library lowers it to what it was built for
        ua.userAgent = self._config.user_agent
        media.clockRate = media.sndClockRate = CLOCK_RATE
        media.audioFramePtime = media.ptime = FRAME_MS
        media.threadCnt = 1  # 0 is not taken; our clock stops it (docs/adr/0004)
        media.noVad, media.ecTailLen, media.quality = True, 0, 1
        logs.msgLogging, logs.level, logs.consoleLevel = 0, 2, 2
        logs.writer = self._log
        return made

    def _listen(self) -> tuple[str, ...]:
        tries = 1 if self._config.port else _FREE_PORT_TRIES
        for attempt in range(tries):
            udp = self._transport(pj.PJSIP_TRANSPORT_UDP, self._config.port)
            info = self._endpoint.transportGetInfo(udp)
            self._address = str(info.localName)
            self.port = int(str(info.localAddress).rpartition(":")[2])
            listening = (f"udp:{info.localAddress}",)
            if not self._config.tcp:
                return listening
            try:
                self._transport(pj.PJSIP_TRANSPORT_TCP, self.port)
            except LineError:
                if attempt + 1 == tries:
                    raise
                self._endpoint.transportClose(udp)
                continue
            return (*listening, f"tcp:{info.localAddress}")
        raise AssertionError("the last try returns or raises")

    def _transport(self, kind: int, port: int) -> int:
        made = pj.TransportConfig()
        made.port = port
        made.boundAddress = self._config.bind
        if self._config.public_address:
            made.publicAddress = self._config.public_address
        try:
            return int(self._endpoint.transportCreate(kind, made))
        except Error as error:
            name = "UDP" if kind == pj.PJSIP_TRANSPORT_UDP else "TCP"
            raise LineError(
                f"line {self._config.line}: cannot listen on {name} {self._config.bind}:{port}: {why(error)}; "
                "another SIP program may be running, or set sip.port"
            ) from error

    def _choose_codecs(self) -> tuple[str, ...]:
        listed = self._endpoint.codecEnum2()  # the entries point into it
        known = [str(codec.codecId) for codec in listed]
        for codec_id in known:
            self._endpoint.codecSetPriority(codec_id, 0)
        chosen = []
        for i, name in enumerate(self._config.codecs):
            match = next((key for key in known if key.lower() in (name.lower(), f"{name.lower()}/1")), None)
            if match is None:
                log.warning("the pjsua2 build has no codec %s", name)
                continue
            self._endpoint.codecSetPriority(match, 255 - i)
            chosen.append(match.removesuffix("/1"))
        if not chosen:
            raise LineError(
                f"line {self._config.line}: the pjsua2 build has none of the codecs {', '.join(self._config.codecs)}; "
                f"it has {', '.join(key.removesuffix('/1') for key in known)}"
            )
        return tuple(chosen)


def _tls_version() -> str:
    """The OpenSSL that the pjsua2 module brought along; empty when it cannot be found out."""
    try:
        maps = Path("/proc/self/maps").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    files = {line.split(None, 5)[-1] for line in maps if "libcrypto" in line}
    for file in sorted(files, key=lambda path: "pjsua2" not in path):
        library = CDLL(file)
        for name in ("SSLeay_version", "OpenSSL_version"):
            function = getattr(library, name, None)
            if function is not None:
                function.restype = c_char_p
                return str(function(0).decode(errors="replace"))
    return ""
