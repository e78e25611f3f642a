"""How a line's RTP ports are shared out among its accounts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.line.accounts import rtp_shares


@pytest.mark.parametrize(
    ("ports", "legs_max", "shares"),
    [
        (1000, 4, [(4000 + 124 * n, 124) for n in range(8)]),
        (200, 4, [(4000 + 24 * n, 24) for n in range(8)]),
        (100, 4, [(4000 + 24 * n, 24) for n in range(4)]),
        (40, 4, [(4000, 20), (4020, 20)]),
        (30, 4, [(4000, 30)]),
        (1000, 512, [(4000, 1000)]),
        (0, 4, [(4000, 0)]),
    ],
)
def test_shares(ports, legs_max, shares):
    assert list(rtp_shares(4000, ports, legs_max)) == shares


@given(st.integers(1024, 60000), st.integers(0, 20000), st.integers(1, 600))
def test_no_two_shares_have_a_port_in_common_and_all_lie_in_the_range(first, ports, legs_max):
    shares = rtp_shares(first, ports, legs_max)
    for start, width in shares:
        assert (start - first) % 2 == 0
        assert first <= start <= start + width <= first + ports
    assert all(one[0] + one[1] <= other[0] for one, other in zip(shares, shares[1:], strict=False))
    if len(shares) > 1:
        assert all(width >= 4 * legs_max - 1 for _, width in shares)
