"""The control socket: how the command line speaks to a running gateway on the same machine.

A Unix stream socket, mode 0600. One JSON line asks, one JSON line answers, then the connection ends.
Requests: {"request":"status"}, {"request":"agent","agent":...,"command":...,"reason":...},
{"request":"hours","calendar":...,"to":...,"until":...,"who":...},
{"request":"desk","what":...,"id":...,"deed":...,"who":...,"answers":{},"again":false},
{"request":"site","do":...,"version":...,"who":...,"note":...,"folder":...,"called":...},
{"request":"stop","keep_calls":false}.
Answers: {"ok":true,...} or {"ok":false,"error":...}.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Literal, Protocol, Self

import msgspec

from gateway.core.agents.commands import Refusal
from gateway.core.events import AgentCommanded, HoursCommanded
from gateway.core.events_desk import DeskCommanded, DeskDeed, DeskThing
from gateway.core.hours.override import OverrideError, OverrideRequest
from gateway.errors import GatewayError, SettingError

LINE_MAX = 64 * 1024
_REQUESTS = "status, agent, hours, desk, site and stop"
ANSWER_S = 10.0
SITE_S = 600.0
"""Another version of the site is read and its prompts are made before it is taken."""
PATH_MAX = 107
"""Bytes in sockaddr_un.sun_path, less the end (unix(7))."""

_log = logging.getLogger(__name__)


class _Request(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="request"):
    pass


class _Status(_Request, frozen=True, kw_only=True, tag="status"):
    pass


class _Stop(_Request, frozen=True, kw_only=True, tag="stop"):
    keep_calls: bool = False


class _Agent(_Request, frozen=True, kw_only=True, tag="agent"):
    agent: str
    command: Literal["login", "logout", "pause", "unpause", "ready"]
    reason: str = ""


class _Hours(_Request, frozen=True, kw_only=True, tag="hours"):
    calendar: str
    to: Literal["open", "closed", "normal"]
    until: str = ""
    who: str = ""


class _Desk(_Request, frozen=True, kw_only=True, tag="desk"):
    what: DeskThing
    id: str
    deed: DeskDeed
    who: str = ""
    answers: dict[str, str] = msgspec.field(default_factory=dict)
    again: bool = False


class SiteAsked(_Request, frozen=True, kw_only=True, tag="site"):
    """Another version of the site is to be taken (`gateway/versions/keeper.py` does it)."""

    do: Literal["publish", "rollback", "reload", "draft"]
    version: str = ""
    who: str = ""
    note: str = ""
    folder: str = ""
    called: str = ""


_AnyRequest = _Status | _Stop | _Agent | _Hours | _Desk | SiteAsked
_decoder: msgspec.json.Decoder[_AnyRequest] = msgspec.json.Decoder(_AnyRequest)


def _no_hours(name: str, request: OverrideRequest) -> HoursCommanded:  # noqa: ARG001 - it refuses whatever is asked
    raise OverrideError("calendar", "this gateway has no hours", "")


class OnStop(Protocol):
    """What ends the gateway."""

    def __call__(self, *, keep_calls: bool) -> None: ...


class ControlServer:
    """Listens while its `async with` block runs."""

    def __init__(
        self,
        path: Path,
        *,
        status: Callable[[], Mapping[str, Any]],
        on_command: Callable[[AgentCommanded], Refusal | None],
        on_stop: OnStop,
        on_hours: Callable[[str, OverrideRequest], HoursCommanded] = _no_hours,
        on_desk: Callable[[DeskCommanded], str] = lambda _event: "this gateway has no desk",
        on_site: Callable[[SiteAsked], Awaitable[dict[str, Any]]] | None = None,
    ) -> None:
        """`status` makes the answer's fields (anything msgspec can encode). `on_command` gives the reason for which
        it does not take a command. `on_stop` is called after the answer has gone out. `on_hours` takes a
        calendar's name and what is asked of it, and raises OverrideError."""
        self.path = path
        self._status, self._on_command, self._on_stop, self._on_hours = status, on_command, on_stop, on_hours
        self._on_desk, self._on_site = on_desk, on_site
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        """Raises SettingError: another gateway listens here, the path is too long, or may not be written."""
        _expect_short(self.path)
        try:
            self._server = await asyncio.start_unix_server(self._serve, sock=_bound(self.path), limit=LINE_MAX)
        except OSError as error:
            raise SettingError(
                f"{self.path}: the control socket cannot be made ({error.strerror}); its folder must be writable "
                f"for user {os.geteuid()}"
            ) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is not None:
            self._server.close()
            with contextlib.suppress(OSError):
                self.path.unlink()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(ANSWER_S) as limit:
                try:
                    line = await reader.readline()
                except ValueError:
                    line, answer = b"", _no(f"a request is one line of at most {LINE_MAX} bytes")
                else:
                    found = self._answer(line)
                    if isinstance(found, SiteAsked):
                        limit.reschedule(asyncio.get_running_loop().time() + SITE_S)
                        found = await self._on_site(found) if self._on_site else _no("this gateway has one version")
                    answer = found
                writer.write(msgspec.json.encode(answer) + b"\n")
                await writer.drain()
            if answer.get("stopping"):
                self._on_stop(keep_calls=answer["keep_calls"])
        except (OSError, TimeoutError) as error:
            _log.info("a command line went away: %s", error)
        finally:
            writer.close()

    def _answer(self, line: bytes) -> dict[str, Any] | SiteAsked:
        try:
            request = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            return _no(f"not a request: {error}; requests are {_REQUESTS}, one JSON object in one line")
        if isinstance(request, _Status):
            try:
                return {"ok": True, **self._status()}
            except GatewayError as error:
                return _no(str(error))
        if isinstance(request, SiteAsked):
            return request
        if isinstance(request, _Stop):
            return {"ok": True, "stopping": True, "keep_calls": request.keep_calls}
        if isinstance(request, _Desk):
            said = {name: getattr(request, name) for name in DeskCommanded.__struct_fields__}
            wrong = self._on_desk(DeskCommanded(**said))
            return _no(wrong) if wrong else {"ok": True}
        if isinstance(request, _Hours):
            wanted = OverrideRequest(to=request.to, until=request.until, who=request.who)
            try:
                event = self._on_hours(request.calendar, wanted)
            except OverrideError as error:
                return _no(str(error))
            return {"ok": True, "calendar": event.calendar, "to": event.to, "until": event.until}
        command = AgentCommanded(agent=request.agent, command=request.command, reason=request.reason)
        problem = self._on_command(command)
        return _no(str(problem)) if problem else {"ok": True}


def ask(path: Path, request: Mapping[str, Any], timeout_s: float = ANSWER_S) -> dict[str, Any]:
    """Ask the gateway that listens at `path`; its answer, `ok` told apart by the caller.

    Raises SettingError: no gateway runs there, it may not be asked by this user, or it does not answer in time.
    """
    _expect_short(path)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(timeout_s)
            link.connect(str(path))
            link.sendall(msgspec.json.encode(request) + b"\n")
            with link.makefile("rb") as stream:
                line = stream.readline()
        answer: dict[str, Any] = msgspec.json.decode(line, type=dict[str, Any])
    except (FileNotFoundError, ConnectionRefusedError) as error:
        raise SettingError(f"no gateway runs at {path}; start one (`gateway run`) or name its folder") from error
    except PermissionError as error:
        raise SettingError(f"{path}: only the user that runs the gateway (and root) may ask it") from error
    except (OSError, msgspec.DecodeError) as error:
        raise SettingError(f"{path}: the gateway does not answer ({error}); see its log") from error
    return answer


def _bound(path: Path) -> socket.socket:
    """A listening socket that only our user can open; what a dead gateway left there is removed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(ANSWER_S)
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            pass
        except ConnectionRefusedError:
            path.unlink()
        else:
            raise SettingError(f"{path}: another gateway runs with this state folder; stop it first")
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        link.bind(str(path))
    except OSError:
        link.close()
        raise
    finally:
        os.umask(before)
    return link


def _expect_short(path: Path) -> None:
    if len(os.fsencode(path)) > PATH_MAX:
        raise SettingError(f"{path}: longer than the {PATH_MAX} bytes that a Unix socket's path may have")


def _no(error: str) -> dict[str, Any]:
    return {"ok": False, "error": error}
