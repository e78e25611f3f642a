"""The command `gateway replay`: the calls that were, sent through a changed flow."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    Folder = Callable[[Path | None], Path]


def register(app: typer.Typer, site_folder: Folder, state_folder: Folder) -> None:
    """Add the command; the two functions find the folders that were not named."""

    @app.command()
    def replay(  # noqa: PLR0917 - Typer names the options after them
        journal: Annotated[
            Path | None, typer.Option("--journal", help="A journal, or a copy of one; left out: this box's own.")
        ] = None,
        flow: Annotated[Path | None, typer.Option("--flow", help="The changed flow file, flows/NAME.yaml.")] = None,
        site: Annotated[
            Path | None, typer.Option("--site", help="The site's folder, or a changed one.", envvar="GATEWAY_SITE")
        ] = None,
        days: Annotated[int, typer.Option("--days", min=1, help="The last days of the journal.")] = 31,
        everything: Annotated[bool, typer.Option("--all", help="Show every call that is different.")] = False,
        state: Annotated[
            Path | None, typer.Option("--state", help="Where journal and clips are kept.", envvar="GATEWAY_STATE")
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="As JSON, with every call that is different.")] = False,
    ) -> None:
        """Send the calls of the last month through a changed flow, offline, and show what would have been different."""
        from gateway.replay import commands

        folder = state_folder(state)
        options = commands.Options(
            journal=journal or folder / "journal.sqlite",
            flow=flow,
            days=days,
            everything=everything,
            as_json=as_json,
            clips=folder / "clips",
        )
        typer.echo(commands.replay(site_folder(site), options), nl=False)
