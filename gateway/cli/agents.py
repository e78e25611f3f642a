"""The commands for those who take calls: `gateway agents`, and `gateway agents login|logout|pause|unpause|ready NAME`.

All of them speak to the running gateway.
"""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from gateway.errors import SettingError

StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Where the journal and the recordings are kept.", envvar="GATEWAY_STATE"),
]
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The agent's id in gateway.yaml.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for the journal.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]

HEAD = ("agent", "state", "since", "reason", "team", "calls today", "unanswered", "logged in", "paused", "occupancy")
_WORKS = {"ringing", "talking", "wrap_up"}

agents = typer.Typer(
    help="Who takes calls, who has a pause, and commands to them.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@agents.callback(invoke_without_command=True)
def list_agents(context: typer.Context, as_json: JsonOption = False, state: StateOption = None) -> None:
    """List everybody: state, since when, why, team, calls today, unanswered in a row; or, with a command, do that."""
    if context.invoked_subcommand is not None:
        return
    answer = _ask(state, {"request": "status"})
    rows = rows_of(answer)
    if as_json:
        typer.echo(json.dumps([dict(zip(HEAD, row, strict=True)) for row in rows], ensure_ascii=False, indent=2))
        return
    widths = [max(len(row[column]) for row in (HEAD, *rows)) for column in range(len(HEAD))]
    for row in (HEAD, *rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


@agents.command()
def login(name: NameArgument, reason: ReasonOption = "", state: StateOption = None) -> None:
    """The agent takes calls from now on."""
    _tell(state, name, "login", reason)


@agents.command()
def logout(name: NameArgument, reason: ReasonOption = "", state: StateOption = None) -> None:
    """The agent takes no calls any more; in a talk: when it is over."""
    _tell(state, name, "logout", reason)


@agents.command()
def pause(name: NameArgument, reason: ReasonOption = "", state: StateOption = None) -> None:
    """The agent has a pause; in a talk: when it is over. The reason is one of `pause_reasons:`, if there are some."""
    _tell(state, name, "pause", reason)


@agents.command()
def unpause(name: NameArgument, state: StateOption = None) -> None:
    """The pause is over."""
    _tell(state, name, "unpause", "")


@agents.command()
def ready(name: NameArgument, state: StateOption = None) -> None:
    """After-call work is over, before its time."""
    _tell(state, name, "ready", "")


def rows_of(answer: dict[str, Any]) -> list[tuple[str, ...]]:
    """One row an agent, as the columns of HEAD, of the gateway's status."""
    from gateway.status import span

    now: float = answer["now"]
    rows: list[tuple[str, ...]] = []
    for seen in answer["board"]["agents"]:
        day = answer["agents_today"].get(seen["agent"])
        then = f" (then {seen['then']})" if seen["then"] else ""
        times = day["times"] if day else None
        occupancy = times["occupancy"] if times else None
        rows.append(
            (
                seen["agent"],
                seen["state"] + then,
                span(now - seen["since"]) if seen["since"] else "",
                seen["reason"],
                ", ".join(seen["teams"]),
                str(day["phone"]["answered"]) if day else "",
                str(seen["unanswered"]),
                span(times["logged_in_s"]) if times else "",
                span(times["paused_s"]) if times else "",
                "-" if occupancy is None else f"{100 * occupancy:.0f} %",
            )
        )
    return rows


def _tell(state: Path | None, name: str, command: str, reason: str) -> None:
    seen = _ask(state, {"request": "status"})["board"]["agents"]
    works = any(agent["agent"] == name and agent["state"] in _WORKS for agent in seen)
    _ask(state, {"request": "agent", "agent": name, "command": command, "reason": reason})
    later = " when the call and its after-call work are over" if works and command in {"pause", "logout"} else ""
    typer.echo(f"{name}: {command}{later}")


def _ask(state: Path | None, request: dict[str, Any]) -> dict[str, Any]:
    """Ask the running gateway. Raises SettingError when none runs or it says no."""
    from gateway.cli.main import state_folder
    from gateway.edge.control import ask

    answer = ask(state_folder(state) / "control.sock", request)
    if not answer.get("ok"):
        raise SettingError(str(answer.get("error", "the gateway said no and did not say why")))
    return answer
