"""Cleaning: whatever comes in, one line and nothing else goes out."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.line.headers import NAME_LIMIT, VALUE_LIMIT, clean_header, is_uri, one_line, quoted, user_part
from gateway.line.message import address


@given(st.text(max_size=300), st.integers(1, 400))
def test_one_line_is_one_line(text, limit):
    clean = one_line(text, limit)
    assert len(clean.encode()) <= limit
    assert not any(unicodedata.category(char) in ("Cc", "Zl", "Zp", "Cs") for char in clean)
    assert len(clean.splitlines()) <= 1


@given(st.text(max_size=200))
def test_a_quoted_name_stays_in_its_quotes_and_reads_back(text):
    name = quoted(text)
    if not name:
        return
    assert re.fullmatch(r'"(?:[^"\\\r\n]|\\.)*"', name)
    assert address(f"{name} <sip:a@b>").name == one_line(text, NAME_LIMIT).strip()


@given(st.text(max_size=100))
def test_a_user_part_holds_only_what_may_stand_there(text):
    assert re.fullmatch(r"(?:[A-Za-z0-9\-_.!~*'()&=+$,/]|%[0-9A-F]{2})*", user_part(text))


@given(st.text(max_size=40), st.text(max_size=600))
def test_a_header_is_clean_or_left_out(name, value):
    pair = clean_header(name, value)
    if pair is not None:
        assert re.fullmatch(r"[!-~]+", pair[0])
        assert ":" not in pair[0]
        assert len(pair[1].encode()) <= VALUE_LIMIT
        assert not set("\r\n\0") & set(pair[1])


@pytest.mark.parametrize("name", ["Via", "to", "CALL-ID", "Contact", "l", "Route", "", "a b", "a:", "ą"])
def test_names_that_are_not_ours_to_set(name):
    assert clean_header(name, "x") is None


def test_what_is_dialled_is_a_uri():
    assert is_uri("sip:anna@192.0.2.1:5062;transport=tcp")
    assert is_uri("tel:+48221234567")
    for bad in ("", "anna", "http://x", "sip:", "sip:a b@c", "sip:a@b\r\nX: 1", "sip:a@b>", 'sip:"a"@b', "sip:a\x7f@b"):
        assert not is_uri(bad)
