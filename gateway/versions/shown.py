"""Versions on the page of `gateway status`: what runs and since when, what waits, what was refused, what is tried."""

from __future__ import annotations

from typing import Any

from gateway.versions.start import when

PROBLEMS_SHOWN = 5


def lines(seen: dict[str, Any]) -> list[str]:
    """`seen` is the answer's "versions"."""
    entry = seen["published"]
    told = [f"version  {_origin(entry)}"]
    if seen["older_calls"]:
        told.append(f"         calls in progress on another version: {seen['older_calls']}")
    told += [f"         waits for the next start: {setting}" for setting in seen["at_next_start"]]
    refused = seen["refused"]
    if refused is not None:
        told.append(f"         REFUSED {when(refused['at'])} ({refused['by']}): {refused['error']}")
        told += [f"           {problem}" for problem in refused["problems"][:PROBLEMS_SHOWN]]
        if len(refused["problems"]) > PROBLEMS_SHOWN:
            told.append("           ... `gateway check` shows all")
    draft = seen["draft"]
    if draft is not None:
        told.append(f"draft    {draft['number']} reaches {draft['version']} as {draft['called']}")
    return told


def _origin(entry: dict[str, Any] | None) -> str:
    if entry is None:
        return "the site's folder as it was read; nothing was published yet"
    who = f" by {entry['who']}" if entry["who"] else ""
    note = f": {entry['note']}" if entry["note"] else ""
    return f"{entry['how']} {when(entry['at'])}{who}{note}"
