"""The command `gateway graph`: flows as drawings, and who can be reached how."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    Folder = Callable[[Path | None], Path]


def register(app: typer.Typer, site_folder: Folder) -> None:
    """Add the command; the function finds the folder that was not named."""

    @app.command()
    def graph(  # noqa: PLR0917 - Typer names the options after them
        flow: Annotated[str, typer.Argument(metavar="[FLOW]", help="The flow to draw.")] = "",
        site: Annotated[Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE")] = None,
        everything: Annotated[bool, typer.Option("--all", help="All flows that it leads to, too.")] = False,
        dot: Annotated[bool, typer.Option("--dot", help="As DOT, for Graphviz; left out: as Mermaid.")] = False,
        svg: Annotated[Path | None, typer.Option("--svg", help="Draw it into this file (Graphviz).")] = None,
        reach: Annotated[
            str,
            typer.Option("--reach", metavar="WHO", help="How a person, a team, a flow or FLOW/STEP can be reached."),
        ] = "",
        at: Annotated[str, typer.Option("--at", help='With --reach: from when on, "2026-11-23 09:05".')] = "",
        most: Annotated[int, typer.Option("--most", min=1, max=20, help="With --reach: ways for each number.")] = 3,
        lang: Annotated[str, typer.Option("--lang", help="With --reach: pl or en.")] = "en",
        as_json: Annotated[bool, typer.Option("--json", help="With --reach: as JSON.")] = False,
    ) -> None:
        """Draw a flow, or answer which numbers, times and keys reach a person or a step (--reach).

        Exit status with --reach: 0, or 1 when no number reaches it."""
        from gateway.graph import commands

        if reach:
            raise typer.Exit(
                commands.reach(site_folder(site), reach, flow=flow, at=at, most=most, lang=lang, as_json=as_json)
            )
        commands.graph(site_folder(site), flow, everything=everything, as_dot=dot, svg_file=svg)
