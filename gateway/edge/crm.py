"""The one door to HTTP: asks the site's services for the flows, and never keeps a caller waiting for longer than a
service's time limit, whatever the far end does.

A question goes through the answers that are kept, the service's circuit breaker, one of its few connections, and the
whole of it (connect, TLS, a second try, every byte) is under one deadline. Each ends with exactly one LookedUp.
Redirects are not followed, cookies and the proxies of the environment not used; no address, token or answer is logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import socket
import ssl
import time
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import msgspec

from gateway.core.events import LookedUp
from gateway.core.service_model import TIME_LIMIT_S
from gateway.core.steps.lookups import REPORT_S
from gateway.core.steps.services import Answer, read_answer
from gateway.edge.answers import Answers
from gateway.edge.breaker import Breaker
from gateway.edge.ending import end

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping

    from gateway.config.settings import Secret
    from gateway.core.actions import LookUp
    from gateway.core.service_model import LookupOutcome, LookupReason, Service
    from gateway.edge.breaker import State

log = logging.getLogger("gateway.crm")
log.addHandler(logging.NullHandler())  # a command that asks once says by itself what came of it

ANSWER_MAX = 256 * 1024
"""Bytes of an answer; what a flow can use is a few hundred."""
AT_ONCE_MAX = 8
"""Questions to one service at the same time; the others wait, within their own time limit."""
IDLE_S = 30.0
"""How long an unused connection is kept."""
_DOWN: frozenset[LookupReason] = frozenset({"timed_out", "unreachable", "tls", "fault"})
_OVERLOADED = 429
_BROKEN = 500

for _name in ("httpx", "httpcore"):  # at level debug they would write headers
    logging.getLogger(_name).setLevel(logging.WARNING)


class ServiceState(msgspec.Struct, frozen=True, kw_only=True):
    """One service since the start, for people. `last_error` names no address and no value."""

    service: str
    host: str
    circuit: State
    asked: int
    found: int
    not_found: int
    failed: int
    cached: int
    last_ms: int
    last_error: str
    last_error_at: float | None
    """Unix seconds."""


class _Desk:
    """What is kept of one service from question to question."""

    def __init__(self) -> None:
        self.breaker = Breaker()
        self.slots = asyncio.Semaphore(AT_ONCE_MAX)
        self.host = ""
        self.counts: dict[LookupOutcome, int] = {"found": 0, "not_found": 0, "failed": 0}
        self.cached = 0
        self.last_ms = 0
        self.last_error = ""
        self.last_error_at: float | None = None


class Crm:
    """Asks services. `on_event` gets one LookedUp for each LookUp, on the running loop."""

    def __init__(self, on_event: Callable[[LookedUp], None], clock: Callable[[], float] = time.time) -> None:
        self._on_event, self._clock = on_event, clock
        self._tokens: dict[tuple[str, str], Secret] = {}
        self._names: tuple[str, ...] = ()
        self._desks: dict[str, _Desk] = {}
        self._answers = Answers()
        self._tasks: set[asyncio.Task[None]] = set()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._transports: dict[tuple[str, str], httpx.AsyncHTTPTransport] = {}

    def load(self, services: Mapping[str, Service], tokens: Mapping[str, Secret]) -> None:
        """Take a new version of the site: its tokens count from now on, and its services are in `state`. Calls that
        are still on an older version go on asking by its declarations; a token goes to no other host than the one that
        it was given for."""
        for name, token in tokens.items():
            self._tokens[name, _origin(services[name])] = token
        self._names = tuple(services)
        self._contexts.clear()  # certificates may be others now
        if self._transports:
            self._start(_close_later(tuple(self._transports.values())))
            self._transports = {}
        for service in services.values():
            self._desk(service)
            with contextlib.suppress(OSError, ssl.SSLError):  # told to whoever asks
                self._transport(service)  # now, because reading certificates takes a while

    def perform(self, action: LookUp) -> None:
        """Ask; the answer comes as an event. Never raises."""
        self._start(self._perform(action))

    def state(self) -> list[ServiceState]:
        """Every service, in the order of the site."""
        return [
            ServiceState(
                service=name,
                host=desk.host,
                circuit=desk.breaker.state,
                asked=sum(desk.counts.values()),
                found=desk.counts["found"],
                not_found=desk.counts["not_found"],
                failed=desk.counts["failed"],
                cached=desk.cached,
                last_ms=desk.last_ms,
                last_error=desk.last_error,
                last_error_at=desk.last_error_at,
            )
            for name, desk in ((name, self._desks[name]) for name in self._names)
        ]

    async def close(self) -> None:
        """Give up what is being asked and close the connections."""
        await end(list(self._tasks))
        for transport in self._transports.values():
            await transport.aclose()

    async def ask(self, service: Service, url: str) -> tuple[Answer, bool, int]:
        """(answer, whether it was kept from before, milliseconds). Takes at most the service's time limit."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        desk = self._desk(service)
        kept = self._answers.get(service, url, began)
        if kept is not None:
            desk.cached += 1
            desk.counts[kept.outcome] += 1
            return kept, True, 0
        try:
            async with asyncio.timeout(service.time_limit_s - REPORT_S), desk.slots:
                answer = await self._guarded(desk, service, url)
        except TimeoutError:
            answer = Answer("failed", "timed_out", f"no answer within {service.time_limit_s:g} s")
        took_ms = round(1000 * (loop.time() - began))
        self._note(desk, service, answer, took_ms)
        self._answers.keep(service, url, answer, loop.time())
        return answer, False, took_ms

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _perform(self, action: LookUp) -> None:
        try:
            answer, cached, took_ms = await self.ask(action.service, action.url)
        except Exception as error:  # noqa: BLE001 - whatever it is, the caller must get an answer
            # The text of the error may hold the address, so only its kind is told.
            log.error("service %s: a fault of the gateway: %s", action.service.name, type(error).__name__)  # noqa: TRY400
            answer, cached, took_ms = Answer("failed", "fault"), False, 0
        self._on_event(
            LookedUp(
                call=action.leg,
                lookup=action.lookup,
                outcome=answer.outcome,
                reason=answer.reason,
                values=dict(answer.values),
                took_ms=took_ms,
                cached=cached,
            )
        )

    async def _guarded(self, desk: _Desk, service: Service, url: str) -> Answer:
        """Ask unless the circuit is open, and tell the breaker how it went."""
        loop = asyncio.get_running_loop()
        if not desk.breaker.admit(loop.time()):
            return Answer("failed", "circuit_open", f"left alone after {desk.breaker.failures} failures in a row")
        try:
            answer = await self._fetch(service, url)
        except asyncio.CancelledError:  # its time is over; who only waited for a free connection tells nothing
            desk.breaker.failed(loop.time())
            raise
        if answer.reason in _DOWN or answer.status == _OVERLOADED or answer.status >= _BROKEN:
            desk.breaker.failed(loop.time())
        else:
            desk.breaker.succeeded()
        return answer

    async def _fetch(self, service: Service, url: str) -> Answer:
        """One question, a second time when a connection that was kept turns out to be dead."""
        try:
            transport = self._transport(service)
            request = self._request(service, url)
        except (OSError, ssl.SSLError):
            return Answer("failed", "tls", "the certificates of ca_file cannot be read")
        except (httpx.InvalidURL, ValueError):
            return Answer("failed", "fault", "the address cannot be asked")
        for last in (False, True):
            try:
                return await _exchange(transport, request, service)
            except httpx.TimeoutException:
                return Answer("failed", "timed_out", "no connection in time")
            except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
                if last:  # the error's text may repeat what the service sent
                    return Answer("failed", "unreachable", "the connection broke, or it does not speak HTTP")
            except httpx.LocalProtocolError:  # its text repeats a header
                return Answer("failed", "fault", "the token cannot be sent")
            except (httpx.TransportError, OSError) as error:
                return Answer("failed", "tls" if _is_tls(error) else "unreachable", _why(error))
        raise AssertionError("the second try returns")

    def _request(self, service: Service, url: str) -> httpx.Request:
        headers = {
            "accept": "application/json",
            "accept-encoding": "identity",  # nothing is unpacked here: no small answer that grows
            "user-agent": "edge-gateway",
        }
        token = self._tokens.get((service.name, _origin(service)))
        if token is not None:
            header = service.token_header or "authorization"
            headers[header] = token.value if service.token_header else f"Bearer {token.value}"
        limit = service.time_limit_s
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), limit)
        return httpx.Request("GET", url, headers=headers, extensions={"timeout": timeout})

    def _desk(self, service: Service) -> _Desk:
        desk = self._desks.get(service.name)
        if desk is None:
            desk = self._desks[service.name] = _Desk()
        desk.host = _origin(service)
        return desk

    def _transport(self, service: Service) -> httpx.AsyncHTTPTransport:
        """Below httpx's client, which would follow, remember cookies and log addresses."""
        key = (_origin(service), service.ca_file)
        transport = self._transports.get(key)
        if transport is None:
            limits = httpx.Limits(max_connections=AT_ONCE_MAX, keepalive_expiry=IDLE_S)
            transport = httpx.AsyncHTTPTransport(verify=self._context(service), trust_env=False, limits=limits)
            self._transports[key] = transport
        return transport

    def _context(self, service: Service) -> ssl.SSLContext:
        if urlsplit(service.url).scheme == "http":
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # not used; it trusts nobody and is made at once
        context = self._contexts.get(service.ca_file)
        if context is None:
            context = ssl.create_default_context(cafile=service.ca_file or None)
            self._contexts[service.ca_file] = context
        return context

    def _note(self, desk: _Desk, service: Service, answer: Answer, took_ms: int) -> None:
        desk.counts[answer.outcome] += 1
        desk.last_ms = took_ms
        if answer.outcome != "failed":
            return
        told = f"{answer.reason}: {answer.detail}" if answer.detail else answer.reason
        if answer.reason != "circuit_open":
            desk.last_error, desk.last_error_at = told, self._clock()
        log.warning("service %s: %s (%d ms)", service.name, told, took_ms)


async def _exchange(transport: httpx.AsyncHTTPTransport, request: httpx.Request, service: Service) -> Answer:
    """One request and its answer, no byte more than ANSWER_MAX. Raises what httpx raises."""
    response = await transport.handle_async_request(request)
    try:
        body = bytearray()
        if response.is_success:
            if response.headers.get("content-encoding", "identity").lower() != "identity":
                return Answer("failed", "not_json", "packed, though this was not asked for")
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > ANSWER_MAX:
                    return Answer("failed", "too_large", f"more than {ANSWER_MAX} bytes")
        return read_answer(service, response.status_code, bytes(body))
    finally:
        await response.aclose()


async def _close_later(transports: Iterable[httpx.AsyncHTTPTransport]) -> None:
    """Close connections of before, when what is being asked on them is over; at once at the end of all."""
    try:
        await asyncio.sleep(2 * TIME_LIMIT_S)
    finally:
        for transport in transports:
            await transport.aclose()


def _origin(service: Service) -> str:
    """Scheme, host and port."""
    parts = urlsplit(service.url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_tls(error: BaseException) -> bool:
    return any(isinstance(cause, ssl.SSLError) for cause in _causes(error))


def _why(error: Exception) -> str:
    """What happened, in the system's words: of a connection, so without an address's path."""
    told = str(error)
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError | socket.gaierror):
            told = cause.strerror or told
        elif isinstance(cause, OSError) and cause.errno:
            told = os.strerror(cause.errno)
    return " ".join((told or type(error).__name__).split())[:200]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came from, the first cause last."""
    while error is not None:
        yield error
        error = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error.__cause__ or error.__context__
