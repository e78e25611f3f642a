"""What the network does to a leg: the figures of RTP and RTCP, and the MOS that they make (ITU-T G.107)."""

from __future__ import annotations

import msgspec


class MediaStats(msgspec.Struct, frozen=True, kw_only=True):
    """What RTP and RTCP told of one leg. None where the far end sent no RTCP: unknown is not zero."""

    codec: str = ""
    rx_packets: int = 0
    rx_lost: int = 0
    rx_discarded: int = 0
    rx_jitter_ms: float = 0.0
    tx_packets: int = 0
    tx_lost: int | None = None
    tx_jitter_ms: float | None = None
    rtt_ms: float | None = None
