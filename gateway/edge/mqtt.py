"""MQTT: a cursor on the journal, and the only module that imports aiomqtt.

Every committed fact is published once, in order, with QoS 1; the cursor moves only after the broker's PUBACK, so
what is uncertain is sent again with the same `seq`. At most WINDOW messages are under way: a broker that stops
reading costs no memory. A broker that is away or refuses us is tried again for ever.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import socket
import time
from collections.abc import Callable
from typing import Any

import aiomqtt

from gateway.config.settings import BrokerSettings
from gateway.core.actions import ScreenPop
from gateway.core.facts.journal import JournalRow
from gateway.edge import mqtt_messages as messages
from gateway.edge.ending import end
from gateway.edge.mqtt_commands import Commands
from gateway.edge.mqtt_contract import BrokerState, FiguresSource, JournalSource, refused, sentence, tls_context
from gateway.errors import BrokerError, StoreError

CURSOR = "mqtt"
WINDOW = 16
"""Facts under way at most. With a message of each other kind that stays below 20, which is the Receive Maximum of
Mosquitto and paho's own limit: nothing is queued inside the library."""

ACK_S = 10.0
CONNACK_S = 5.0
FAREWELL_S = 2.0
FIGURES_S = 1.0
"""Figures are published at most that often."""

BACK_OFF_S = (1.0, 60.0)
STEADY_S = 10.0
"""A connection that held that long starts the back-off anew."""

COMMANDS_WAITING_MAX = 100
_UNSUPPORTED_VERSION = 0x84

_log = logging.getLogger(__name__)


class _Client(aiomqtt.Client):
    """aiomqtt takes any PUBACK for a good one. MQTT 5 brokers say no in it, e.g. when an ACL forbids the topic;
    a fact that was thrown away must not count as published."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.refusal = ""
        # A connection that ends after we have turned away from it is no news.
        self._disconnected.add_done_callback(lambda end: end.cancelled() or end.exception())

    def send_now(self, topic: str, payload: bytes) -> None:
        """QoS 0, onto the socket before this returns, as far as that does not block."""
        self._client.publish(topic, payload, qos=0)
        self._client.loop_write()

    def _on_publish(self, client: Any, userdata: Any, mid: int, reason_code: Any, properties: Any) -> None:
        if reason_code.is_failure:
            self.refusal = str(reason_code)
        super()._on_publish(client, userdata, mid, reason_code, properties)

    def _on_socket_register_write(self, client: Any, userdata: Any, sock: Any) -> None:  # noqa: ARG002
        """As in aiomqtt, but a socket that was closed before its turn came is left alone: asyncio would log a
        traceback for each connection that a broker drops while we write."""

        def write() -> None:
            try:
                client.loop_write()
            except Exception as error:  # noqa: BLE001 - whatever it is, the connection is over
                if not self._disconnected.done():
                    self._disconnected.set_exception(error)

        def begin() -> None:
            if sock.fileno() >= 0 and client.want_write():  # else `send_now` has written it, and it never ended
                self._loop.add_writer(sock.fileno(), write)

        self._loop.call_soon_threadsafe(begin)


class Publisher:
    """Publishes one journal to one broker. `run` is its task; `state` can be read at any time."""

    def __init__(
        self,
        settings: BrokerSettings,
        journal: JournalSource,
        figures: FiguresSource,
        *,
        site: str,
        site_version: str,
        version: str,
        on_stage: Callable[[str, int], None] = lambda _stage, _seq: None,
        commands: Commands | None = None,
        jitter: random.Random | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`commands` are obeyed; None: nothing is. `on_stage` hears "published" and "acked" with the seq. Raises
        BrokerError for settings that cannot work."""
        self._clock = clock
        if not settings.host or not 0 < settings.port < 65536:
            raise BrokerError(f"mqtt: {settings.host!r} port {settings.port} is no address of a broker")
        self._settings, self._journal, self._figures = settings, journal, figures
        self._topics = messages.Topics(settings.topic, site)
        self._site, self._site_version, self._version = site, site_version, version
        self._on_stage, self._commands = on_stage, commands
        self._jitter = jitter or random.Random()  # noqa: S311 - spreads attempts, guards nothing
        self._tls = tls_context(settings)
        self._client: _Client | None = None
        self._protocol, self._only_311 = aiomqtt.ProtocolVersion.V5, False
        self._greeted = False
        self._attempt: asyncio.Task[None] | None = None
        self._facts_fresh, self._figures_fresh = asyncio.Event(), asyncio.Event()
        self._status_fresh = asyncio.Event()
        self._idle = asyncio.Event()
        self._stopping = asyncio.Event()
        self._acked = journal.cursor(CURSOR)
        self._connected, self._since = False, clock()
        self._attempts, self._error = 0, ""
        self._next_try: float | None = None

    @property
    def state(self) -> BrokerState:
        """How it stands with the broker."""
        return BrokerState(
            broker=f"{self._settings.host}:{self._settings.port}",
            connected=self._connected,
            since=self._since,
            protocol="5.0" if self._protocol is aiomqtt.ProtocolVersion.V5 else "3.1.1",
            acked_seq=self._acked,
            backlog=max(0, self._journal.last_seq() - self._acked),
            attempts=self._attempts,
            last_error=self._error,
            next_try_at=self._next_try,
        )

    def load(self, site_version: str) -> None:
        """Another version of the site runs: it is told at once. The last will, which the broker has had since the
        connection began, goes on naming the one before."""
        self._site_version = site_version
        self._status_fresh.set()

    def pop(self, action: ScreenPop) -> None:
        """Hand a screen-pop to the broker at once, before whatever is done next; without a connection it is lost."""
        if self._client is not None:
            message = messages.PopMessage.of(action, site=self._site, at=self._clock())
            self._client.send_now(self._topics.pop(action.agent), messages.encode(message))

    def go_on_from(self, seq: int) -> None:
        """Before `run`: another publisher of this journal has come so far."""
        self._acked = max(self._acked, seq)

    async def run(self) -> None:
        """Publish until `close` is called or the task is cancelled. The broker's faults never leave here."""
        loop = asyncio.get_running_loop()

        def waking(event: asyncio.Event) -> Callable[[], None]:
            def wake() -> None:
                with contextlib.suppress(RuntimeError):  # the loop may just have been closed
                    loop.call_soon_threadsafe(event.set)

            return wake

        forget_facts = self._journal.on_commit(waking(self._facts_fresh))
        forget_figures = self._figures.on_change(waking(self._figures_fresh))
        try:
            while not self._stopping.is_set():
                self._attempt = asyncio.create_task(self._try_session())
                try:
                    await self._attempt
                except asyncio.CancelledError:
                    if not self._stopping.is_set():
                        raise
        finally:
            forget_facts()
            forget_figures()

    async def close(self, drain_s: float = 2.0) -> None:
        """Let the broker have what is committed, for at most `drain_s`, say goodbye, and let `run` end."""
        with contextlib.suppress(TimeoutError):
            if self._connected:
                self._idle.clear()
                self._facts_fresh.set()
                async with asyncio.timeout(drain_s):
                    await self._idle.wait()
        self._stopping.set()
        if not self._greeted and self._attempt is not None:
            self._attempt.cancel()  # nobody to say goodbye to

    async def _try_session(self) -> None:
        began = time.monotonic()
        try:
            await self._session()
        except (aiomqtt.MqttError, StoreError, OSError, ValueError) as error:
            if self._tries_older_protocol(error):
                return
            before, self._error = self._error, sentence(error, self._settings.user)
            if time.monotonic() - began >= STEADY_S:
                self._attempts = 0
            self._attempts += 1
            level = logging.WARNING if self._error != before else logging.DEBUG
            _log.log(level, "broker %s:%d: %s", self._settings.host, self._settings.port, self._error)
            await self._back_off()
        finally:
            self._set_connected(value=False)

    def _tries_older_protocol(self, error: Exception) -> bool:
        """MQTT 5 first, because its PUBACK can say no. 3.1.1, at once, for brokers that refuse it or leave its
        CONNECT without an answer; the latter may just have been slow and are asked again the next time."""
        refused = getattr(getattr(error, "rc", None), "value", None) == _UNSUPPORTED_VERSION
        ignored = not self._greeted and "timed out" in str(error)
        before, newest = self._protocol, aiomqtt.ProtocolVersion.V5
        self._only_311 = self._only_311 or (refused and before is newest)
        self._protocol = aiomqtt.ProtocolVersion.V311 if self._only_311 or (ignored and before is newest) else newest
        return before is newest and self._protocol is not newest

    async def _back_off(self) -> None:
        first, most = BACK_OFF_S
        wait = min(most, first * 2 ** min(self._attempts - 1, 10)) * self._jitter.uniform(0.5, 1.0)
        self._next_try = self._clock() + wait
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await self._stopping.wait()
        self._next_try = None

    async def _session(self) -> None:
        """One connection, from birth to farewell. Raises MqttError when it breaks."""
        self._greeted = False
        will = aiomqtt.Will(self._topics.status, self._status("offline", "connection lost"), qos=1, retain=True)
        async with _Client(
            self._settings.host,
            self._settings.port,
            username=self._settings.user or None,
            password=self._settings.password or None,
            # Always the same: the broker then ends a half-dead connection of ours, and sends its will, before
            # it takes the new one, so that "online" is always the last word.
            identifier=f"gw{self._journal.id.replace('-', '')[:20]}",
            protocol=self._protocol,
            will=will,
            clean_session=True if self._protocol is aiomqtt.ProtocolVersion.V311 else None,
            keepalive=self._settings.keepalive_s,
            timeout=CONNACK_S,
            max_queued_incoming_messages=COMMANDS_WAITING_MAX,
            tls_context=self._tls,
            socket_options=[(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)],
            logger=_quiet(),
        ) as client:
            self._greeted = True
            await self._publish(client, self._topics.status, self._status("online", "connected"), retain=True)
            for topic in self._command_topics():
                await client.subscribe(topic, qos=1)
            self._set_connected(value=True)
            reason, self._client = "the gateway's task was ended", client
            try:
                await self._work(client)
                reason = "stopped"
            except (aiomqtt.MqttError, StoreError) as error:
                reason = sentence(error, self._settings.user)
                if client.refusal:
                    # Some brokers also end the connection then; the refusal is what people must hear of.
                    reason = refused(self._topics.base, client.refusal)
                    raise aiomqtt.MqttError(reason) from error
                raise
            finally:
                client.refusal, self._client = "", None
                with contextlib.suppress(aiomqtt.MqttError):
                    farewell = self._status("offline", reason)
                    await self._publish(client, self._topics.status, farewell, retain=True, timeout_s=FAREWELL_S)

    async def _work(self, client: _Client) -> None:
        """All that goes on side by side while connected; ends when we stop, raises when one of them does."""
        jobs = [
            asyncio.create_task(self._stopping.wait()),
            asyncio.create_task(self._send_facts(client)),
            asyncio.create_task(self._send_figures(client)),
            asyncio.create_task(self._send_status(client)),
            asyncio.create_task(self._take_commands(client)),
        ]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
            for job in done:
                job.result()
        finally:
            await end(jobs)

    async def _send_facts(self, client: _Client) -> None:
        while True:
            self._facts_fresh.clear()
            rows = await asyncio.to_thread(self._journal.read_from, self._acked, WINDOW)
            if not rows:
                self._idle.set()
                await self._facts_fresh.wait()
                continue
            # Tasks begin in the order they were made, and each hands its message over in its first step.
            sends = [asyncio.create_task(self._send_fact(client, row)) for row in rows]
            await asyncio.sleep(0)
            self._on_stage("published", rows[-1].seq)
            try:
                for row, send in zip(rows, sends, strict=True):
                    await send
                    self._on_stage("acked", row.seq)
                    self._acked, self._error = row.seq, ""
                    self._journal.move_cursor(CURSOR, row.seq)
            finally:
                await end(sends)

    async def _send_fact(self, client: _Client, row: JournalRow) -> None:
        message = messages.FactMessage.of(row, site=self._site, journal=self._journal.id)
        await self._publish(client, self._topics.of(row), messages.encode(message))

    async def _send_figures(self, client: _Client) -> None:
        sent: dict[tuple[str, ...], object] = {}
        while True:
            self._figures_fresh.clear()
            now = self._clock()
            present = self._figures.published(now)
            fresh = [(words, *one) for words, one in present.items() if sent.get(words) != one[0]]
            for words, seen, message in fresh:
                await self._publish(client, self._topics.below(words), messages.encode(message), retain=True)
                sent[words], self._error = seen, ""
            for words in [words for words in sent if present and words not in present]:
                await self._publish(client, self._topics.below(words), b"", retain=True)
                del sent[words]
            await asyncio.sleep(FIGURES_S)
            with contextlib.suppress(TimeoutError):
                by_time_alone = self._figures.next_change(now) - self._clock()  # also what came meanwhile
                async with asyncio.timeout(max(0.0, by_time_alone)):
                    await self._figures_fresh.wait()

    def _command_topics(self) -> tuple[str, ...]:
        return self._commands.topics if self._commands is not None else ()

    async def _send_status(self, client: _Client) -> None:
        while True:
            await self._status_fresh.wait()
            self._status_fresh.clear()
            await self._publish(client, self._topics.status, self._status("online", "another version"), retain=True)

    async def _take_commands(self, client: _Client) -> None:
        async for message in client.messages:
            topic = str(message.topic)
            payload = message.payload if isinstance(message.payload, bytes) else str(message.payload).encode()
            commands = self._commands
            told = commands.answer(topic, payload, retained=message.retain) if commands is not None else None
            if commands is not None and told is not None:
                await self._publish(client, commands.answers, messages.encode(told))

    async def _publish(
        self, client: _Client, topic: str, payload: bytes, *, retain: bool = False, timeout_s: float = ACK_S
    ) -> None:
        """QoS 1; returns after PUBACK. Raises MqttError when none comes, or one that refuses."""
        await client.publish(topic, payload, qos=1, retain=retain, timeout=timeout_s)
        if client.refusal:
            raise aiomqtt.MqttError(refused(topic, client.refusal))

    def _status(self, state: Any, reason: str) -> bytes:
        return messages.encode(
            messages.StatusMessage(
                state=state,
                reason=reason,
                site=self._site,
                site_version=self._site_version,
                version=self._version,
                journal=self._journal.id,
                at=self._clock(),
            )
        )

    def _set_connected(self, *, value: bool) -> None:
        if value == self._connected:
            return
        self._connected, self._since = value, self._clock()
        if value:
            _log.info("broker %s:%d: connected", self._settings.host, self._settings.port)


def _quiet() -> logging.Logger:
    """The library warns of more than ten calls under way, our window's normal state; of all else we tell ourselves."""
    logger = logging.getLogger("gateway.edge.mqtt.client")
    logger.setLevel(logging.CRITICAL)
    return logger
