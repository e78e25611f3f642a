"""`gateway status` for people: the answer of the control socket as a page of text."""

from __future__ import annotations

import datetime as dt
import io
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.table import Table

from gateway.core.facts.watch import AlarmRaised
from gateway.core.numbers import mask
from gateway.simulate.watch_story import sentence
from gateway.versions import shown

CALL_BACKS = {
    "open": "just asked for",
    "held": "kept for later",
    "queued": "in the queue",
    "dialling": "being dialled",
    "called_in": "calling in",
    "people": "for people",
}
"""Call-backs that the box dials by itself, by how far they are."""


def render(answer: dict[str, Any], *, width: int = 110) -> str:
    """The page. Callers' numbers are masked: a status is read over shoulders."""
    page = Console(file=io.StringIO(), width=width, highlight=False)
    page.print(
        f"gateway {answer['version']}, site {answer['site']!r} version {answer['site_version']}, "
        f"up {span(answer['up_s'])}"
    )
    for line in shown.lines(answer["versions"]):
        page.print(line, markup=False, soft_wrap=True)
    page.print(_lines(answer))
    page.print(_broker(answer["broker"]))
    for service in answer.get("services", []):
        page.print(_service(service, answer["now"]), markup=False)
    page.print(_journal(answer["journal"]))
    for line in _alarms(answer):
        page.print(line, markup=False, soft_wrap=True)
    for line in _desk(answer["desk"], answer["now"]):
        page.print(line)
    for hours in answer.get("hours", []):
        page.print(f"hours    {hours['calendar']}: {hours['why']}", markup=False)
    board = answer["board"]
    if board["calls"]:
        page.print(_calls(board["calls"], answer["now"]))
    else:
        page.print("no calls")
    page.print(_agents(board["agents"], answer["now"]))
    page.print(_figures(answer["figures"]))
    for line in _continuity(answer.get("continuity"), answer.get("timezone", "UTC")):
        page.print(line, soft_wrap=True)
    file = page.file
    assert isinstance(file, io.StringIO)  # noqa: S101 - made six lines above
    return file.getvalue()


def _lines(answer: dict[str, Any]) -> str:
    legs = {line["line"]: line for line in answer["board"].get("lines", [])}
    rows = []
    for line in answer["lines"]:
        seen = legs.get(line["line"], {})
        state = "up" if line["up"] else f"DOWN ({line['last_error']})"
        detail = f", {seen['callers']} callers of {seen['callers_max']}" if seen else ""
        rows.append(f"{line['line']}  {state}, pid {line['pid']}{detail}")
    return "\n".join(rows)


def _broker(broker: dict[str, Any] | None) -> str:
    if broker is None:
        return "broker   none in gateway.yaml: nothing is published"
    if broker["connected"]:
        state = f"connected to {broker['broker']}"
    else:
        state = f"NOT CONNECTED to {broker['broker']}: {broker['last_error'] or 'not yet'}"
        if broker["attempts"]:
            state += f" ({broker['attempts']} attempts)"
    return f"broker   {state}; {broker['backlog']} facts wait, {broker['acked_seq']} acknowledged"


def _service(service: dict[str, Any], now: float) -> str:
    circuit = {"closed": "", "open": "LEFT ALONE after failures; ", "half_open": "being tried again; "}
    told = (
        f"service  {service['service']}  {service['host']}  {circuit[service['circuit']]}{service['asked']} asked: "
        f"{service['found']} found, {service['not_found']} not found, {service['failed']} failed"
    )
    if service["cached"]:
        told += f"; {service['cached']} of them kept from before"
    if service["last_error"]:
        told += f"; last failure {span(now - service['last_error_at'])} ago: {service['last_error']}"
    return told


def _journal(journal: dict[str, Any]) -> str:
    if journal["writable"]:
        return f"journal  {journal['committed_seq']} facts on disk, {journal['waiting']} on their way"
    return f"journal  NOT WRITTEN: {journal['last_error']}; {journal['waiting']} facts kept in memory"


def _alarms(answer: dict[str, Any]) -> list[str]:
    names = {queue["team"]: queue["name"] for queue in answer["board"].get("queues", [])}
    lines = []
    for raised in answer.get("alarms", []):
        alarm = msgspec.convert({"type": "AlarmRaised", **raised}, AlarmRaised)
        told = sentence(alarm, names.get(alarm.team, alarm.team))
        lines.append(f"ALARM    for {span(answer['now'] - alarm.since)}: {told}")
    return lines


def _desk(desk: dict[str, Any], now: float) -> list[str]:
    """What callers left, where there is anything to say; recordings that fail stand in capitals."""
    lines = []
    if desk["messages"]:
        late = f", {desk['messages_overdue']} older than 24 h" if desk["messages_overdue"] else ""
        lines.append(f"messages {desk['messages']} to be heard{late} (`gateway messages`)")
    if desk["call_backs"]:
        late = f", {desk['call_backs_overdue']} older than 24 h" if desk["call_backs_overdue"] else ""
        states = desk.get("call_backs_by_state", {})
        late += "".join(f", {count} {CALL_BACKS[state]}" for state, count in sorted(states.items()))
        lines.append(f"call-backs {desk['call_backs']} to be made{late} (`gateway callbacks`)")
    if desk["cases"]:
        late = f", {desk['cases_breached']} BEYOND THEIR LIMIT" if desk["cases_breached"] else ""
        lines.append(f"cases    {desk['cases']} open{late} (`gateway cases`)")
    if desk.get("tasks"):
        late = f", {desk['tasks_overdue']} OVERDUE" if desk["tasks_overdue"] else ""
        lines.append(f"tasks    {desk['tasks']} clients to be called back{late} (`gateway tasks`)")
    if desk.get("samples"):
        late = f", {desk['samples_overdue']} OVERDUE" if desk["samples_overdue"] else ""
        lines.append(f"quality  {desk['samples']} talks to be scored{late} (`gateway quality`)")
    if desk["recording_trouble"]:
        since = span(now - desk["recording_trouble_since"])
        lines.append(f"recordings NOT WRITTEN for {since}: {desk['recording_trouble']}")
    return lines


def _calls(calls: list[dict[str, Any]], now: float) -> Table:
    table = Table(title="calls", title_justify="left")
    for name in ("call", "from", "client", "state", "step", "team", "agent", "for"):
        table.add_column(name)
    for call in calls:
        table.add_row(
            call["call"],
            mask(call["caller"]),
            call["client"],
            call["state"],
            call["step"],
            call["team"],
            call["agent"],
            span(now - call["started_at"]),
        )
    return table


def _agents(agents: list[dict[str, Any]], now: float) -> Table:
    table = Table(title="agents", title_justify="left")
    for name in ("agent", "state", "since"):
        table.add_column(name)
    for agent in agents:
        table.add_row(agent["agent"], agent["state"], span(now - agent["since"]) if agent["since"] else "")
    return table


def _figures(figures: dict[str, dict[str, Any]]) -> Table:
    table = Table(title="today", title_justify="left")
    for name in ("team", "offered", "answered", "abandoned", "waiting", "service level", "ASA", "abandon rate"):
        table.add_column(name, justify="left" if name == "team" else "right")
    for team, f in sorted(figures.items()):
        table.add_row(
            team,
            str(f["offered"]),
            str(f["answered"]),
            str(f["abandoned"]),
            str(f["in_progress"]),
            _percent(f["sl"]),
            "-" if f["asa_s"] is None else f"{f['asa_s']:.1f} s",
            _percent(f["abandon_rate"]),
        )
    return table


def _continuity(told: dict[str, Any] | None, timezone: str) -> list[str]:
    """Of the office, where there is anything to say: the last day that is final, and the present one."""
    if told is None:
        return []
    figures, said, enough = told["figures"], [], []
    final = next((day for day in told["earlier"] if day["fcr_repeat_final"] and day["fcr_repeat_n"]), None)
    if final is not None:
        day = dt.datetime.fromtimestamp(final["start"], ZoneInfo(timezone))
        share, contacts = _percent(final["fcr_repeat"]), final["fcr_repeat_n"]
        enough.append(f"{share} of {contacts} on {day:%Y-%m-%d}")
    if figures["fcr_repeat_n"]:
        enough.append(f"{_percent(figures['fcr_repeat'])} of {figures['fcr_repeat_n']} today so far")
    if enough:
        said.append(f"one contact was enough for {' and '.join(enough)}")
    if figures["people_per_client_30d"] is not None:
        mean, most = figures["people_per_client_30d"], figures["people_per_client_30d_max"]
        clients = figures["people_per_client_30d_n"]
        said.append(f"{mean:.1f} people a client in 30 days, at most {most} ({clients} clients)")
    if figures["handoffs_per_case"] is not None:
        cases = figures["handoffs_per_case_n"]
        said.append(f"{figures['handoffs_per_case']:.1f} handoffs a case ({cases} closed today)")
    return [f"continuity  {'; '.join(said)}"] if said else []


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def span(seconds: float) -> str:
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"
