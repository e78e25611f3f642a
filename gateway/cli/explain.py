"""The command `gateway explain`: a past call's way in words."""

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
    def explain(  # noqa: PLR0917 - Typer names the options after them
        call: Annotated[str, typer.Argument(metavar="CALL", help="The call's id, a beginning of it, or: last.")],
        site: Annotated[Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE")] = None,
        state: Annotated[
            Path | None, typer.Option("--state", help="Where the journal is kept.", envvar="GATEWAY_STATE")
        ] = None,
        lang: Annotated[str, typer.Option("--lang", help="pl or en; left out: the language of the flow.")] = "",
        numbers: Annotated[bool, typer.Option("--numbers", help="Show the numbers of persons whole.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="The story as JSON.")] = False,
    ) -> None:
        """Tell the way of a past call in words: its steps, keys, who was rung and why. Works while the box runs."""
        from gateway.explain.commands import explain as tell

        told = tell(site_folder(site), state_folder(state), call, lang=lang, numbers=numbers, as_json=as_json)
        typer.echo(told, nl=False)
