"""The HTTP services of a live call: what a script says that they answer, over real HTTP on loopback.

They take the place of the site's own, under the same paths, so that a trial never asks the office's systems.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from gateway.live.sip import HOST
from gateway.simulate.replies import Replies, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.service_model import Service

HEAD_MAX = 64 * 1024
READ_S = 10.0
HANG_S = 60.0
"""A service that is slow lets go after that; the gateway has long given it up."""
_ORIGIN = re.compile(r"https?://[^/?#]*")


class ServiceHost:
    """One HTTP server for all services of a call: the first part of the path names the service."""

    def __init__(self, services: Mapping[str, Service], replies: Replies) -> None:
        self._services, self._replies = services, replies
        self._asked: dict[str, int] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        """Listen on a free port."""
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=HEAD_MAX)
        self.port = self._server.sockets[0].getsockname()[1]

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(READ_S):
                head = await reader.readuntil(b"\r\n\r\n")
            words = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
            name = urlsplit(words[1]).path.lstrip("/").partition("/")[0] if len(words) > 1 else ""
            reply = self._reply(name)
            if reply is not None and reply.slow:
                await asyncio.sleep(HANG_S)
            elif reply is not None and reply.outcome != "failed":
                writer.write(_answer(self._services[name], reply))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # it went away, or it spoke no HTTP: nothing is answered
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    def _reply(self, name: str) -> Reply | None:
        replies = self._replies.get(name, ())
        number = self._asked.get(name, 0)
        self._asked[name] = number + 1
        return replies[min(number, len(replies) - 1)] if replies and name in self._services else None


def services_at(services: Mapping[str, Service], port: int) -> dict[str, Service]:
    """The site's services as a ServiceHost on `port` plays them: the address changed up to its path, no TLS."""
    return {
        name: replace(service, url=_ORIGIN.sub(f"http://{HOST}:{port}/{name}", service.url, count=1), ca_file="")
        for name, service in services.items()
    }


def _answer(service: Service, reply: Reply) -> bytes:
    """JSON with each declared value where the service would have it; 404 when there is no such thing."""
    document: dict[str, Any] = {}
    for field in service.answer:
        if field.name in reply.values:
            place = document
            for key in field.at[:-1]:
                place = place.setdefault(key, {})
            place[field.at[-1]] = reply.values[field.name]
    body = msgspec.json.encode(document) if reply.outcome == "found" else b"{}"
    status = "200 OK" if reply.outcome == "found" else "404 Not Found"
    headers = ("Content-Type: application/json", f"Content-Length: {len(body)}", "Connection: close")
    return "\r\n".join((f"HTTP/1.1 {status}", *headers, "", "")).encode() + body
