"""Runs a receiver over a cell of the grid and counts. Receivers: ours through gateway.audio, and spandsp."""

from __future__ import annotations

import numpy as np

from gateway.audio.dtmf import DtmfDetector
from tests.native import dtmf_material as m
from tests.native.dtmf_cells import ACCEPT
from tests.native.spandsp_peer import peer


def ours(rows):
    """Digits by row: each where its back-dated start lies."""
    detector = DtmfDetector(m.RATE)
    detector.feed(rows.samples)
    return _by_row(((onset.start, onset.digit) for onset in detector.begun), rows)


def spandsp(rows):
    """Digits by row: each where it was reported, less the least delay that a receiver can have."""
    digits, at = peer().dtmf(rows.samples)
    return _by_row(((int(when) - 100, chr(int(code))) for code, when in zip(digits, at, strict=True)), rows)


def percent(found, rows, kind):
    """Rows that are right (accept), or that hold any digit at all (reject), in percent."""
    if kind == ACCEPT:
        return 100.0 * float(np.mean([a == b for a, b in zip(found, rows.digits, strict=True)]))
    return 100.0 * float(np.mean([text != "" for text in found]))


def holds(value, cell):
    return value >= cell.limit if cell.kind == ACCEPT else value <= cell.limit


def missing(cell):
    """What the cell needs and this machine lacks, or an empty text."""
    if "spandsp" in cell.needs and peer() is None:
        return "libspandsp-dev"
    if "speech" in cell.needs and not m.languages():
        return "asterisk-core-sounds-*-wav"
    return ""


def _by_row(digits, rows):
    found = [""] * len(rows.digits)
    for at, digit in digits:
        found[min(max(at, 0) // rows.length, len(found) - 1)] += digit
    return found
