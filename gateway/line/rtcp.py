"""The figures of RTP and RTCP of one leg, summed over its streams (a re-INVITE makes a new one).

A stream is read while the library takes it down; later it is too late. Without RTCP from the far end the figures of
what we sent are unknown, not 0.
"""

from __future__ import annotations

from typing import Any

from gateway.audio.clock import Arrived
from gateway.core.facts.media import MediaStats


class MediaTotals:
    """Adds up pjsua2's StreamStat."""

    def __init__(self) -> None:
        self._streams = 0
        self._codec = ""
        self._rx_packets = self._rx_lost = self._rx_discarded = self._tx_packets = 0
        self._rx_jitter_ms = 0.0
        self._tx_lost: int | None = None
        self._tx_jitter_ms: float | None = None
        self._rtt_ms: float | None = None

    def add(self, stat: Any, codec: str, arrived: Arrived | None) -> None:
        """One stream that ends. Jitter and round trip are means; of several streams the worst counts.

        The media clock takes packets in late (docs/adr/0004): what depends on when they came is corrected by
        `arrived`. Without it (a stream that ended before its media was up) the library's own figures stand.
        """
        self._streams += 1
        self._codec = codec or self._codec
        rx, tx, rtt = stat.rtcp.rxStat, stat.rtcp.txStat, stat.rtcp.rttUsec
        self._rx_packets += int(rx.pkt)
        self._rx_lost += int(rx.loss)
        self._rx_discarded += int(rx.discard) + int(stat.jbuf.discard)
        self._tx_packets += int(tx.pkt)
        jitter_ms = arrived.jitter_ms if arrived is not None and arrived.packets else int(rx.jitterUsec.mean) / 1000
        self._rx_jitter_ms = max(self._rx_jitter_ms, jitter_ms)
        if int(tx.updateCount) > 0:
            self._tx_lost = (self._tx_lost or 0) + int(tx.loss)
            self._tx_jitter_ms = max(self._tx_jitter_ms or 0.0, int(tx.jitterUsec.mean) / 1000)
        if int(rtt.n) > 0:
            late_ms = arrived.rtcp_late_ms if arrived is not None else 0.0
            self._rtt_ms = max(self._rtt_ms or 0.0, int(rtt.mean) / 1000 - late_ms)

    def result(self) -> MediaStats | None:
        """None when there was no stream at all."""
        if self._streams == 0:
            return None
        return MediaStats(
            codec=self._codec,
            rx_packets=self._rx_packets,
            rx_lost=self._rx_lost,
            rx_discarded=self._rx_discarded,
            rx_jitter_ms=self._rx_jitter_ms,
            tx_packets=self._tx_packets,
            tx_lost=self._tx_lost,
            tx_jitter_ms=self._tx_jitter_ms,
            rtt_ms=self._rtt_ms,
        )
