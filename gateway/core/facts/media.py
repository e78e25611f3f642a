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


class _Codec(msgspec.Struct, frozen=True):
    """Equipment impairment of a codec (ITU-T G.113 appendix I): `ie` without loss, `bpl` its robustness to loss."""

    ie: float
    bpl: float


_CODECS = {
    "PCMA": _Codec(0.0, 25.1),
    "PCMU": _Codec(0.0, 25.1),
    "G722": _Codec(0.0, 25.1),
    "GSM": _Codec(20.0, 10.0),
    "ILBC": _Codec(11.0, 32.0),
    "SPEEX": _Codec(11.0, 20.0),
}
"""From G.113 appendix I: G.711 with packet loss concealment 0 / 25.1; GSM full rate 20, with the 10 that stands there
for its enhanced sister, because its own robustness is not given. Estimates where G.113 has no narrow-band value: iLBC
11 / 32 as commonly published, Speex like iLBC but less robust, G.722 like G.711, which it is no worse than."""

R_MAX = 93.2
"""The rating of a call with all defaults of G.107."""

PACKET_MS = 20.0
JITTER_BUFFER_FACTOR = 2.0
"""A jitter buffer that loses little holds about twice the mean deviation (RFC 3550, 6.4.1 defines the jitter)."""


def mos(stats: MediaStats) -> float | None:
    """Listening and talking quality of what a leg's far end sent to us, 1 to 4.5; None when it cannot be known: no
    packet came, or the codec is not in the table, or the far end sent no RTCP to tell the round trip.

    ITU-T G.107: R = 93.2 - Id - Ie_eff. Id is taken from the one-way delay Ta alone (talker echo and signal terms at
    their defaults), Id = 0.024 Ta + 0.11 (Ta - 177.3) where Ta > 177.3 ms, the usual fit of G.107's Idd; Ta is half
    the round trip, one packet and the jitter buffer. Ie_eff = Ie + (95 - Ie) Ppl / (Ppl + Bpl) for random loss
    (BurstR = 1), Ppl counting packets that came too late as lost. MOS from R by G.107 annex B.
    """
    codec = _CODECS.get(stats.codec.split("/", 1)[0].upper())
    expected = stats.rx_packets + stats.rx_lost
    if codec is None or stats.rx_packets <= 0 or stats.rtt_ms is None:
        return None
    delay_ms = stats.rtt_ms / 2 + PACKET_MS + JITTER_BUFFER_FACTOR * stats.rx_jitter_ms
    delay_impairment = 0.024 * delay_ms + (0.11 * (delay_ms - 177.3) if delay_ms > 177.3 else 0.0)
    lost_pct = min(100.0, 100.0 * (stats.rx_lost + stats.rx_discarded) / expected)
    loss_impairment = codec.ie + (95.0 - codec.ie) * lost_pct / (lost_pct + codec.bpl)
    return mos_of(R_MAX - delay_impairment - loss_impairment)


def mos_of(rating: float) -> float:
    """Mean opinion score of a rating factor R (ITU-T G.107 annex B)."""
    if rating <= 0:
        return 1.0
    if rating >= 100:
        return 4.5
    return max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6)
