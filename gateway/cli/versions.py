"""The commands that live with versions: publish, versions, rollback, reload, draft."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    Folder = Callable[[Path | None], Path]

SiteArgument = Annotated[
    Path | None,
    typer.Argument(help="The site's folder.", envvar="GATEWAY_SITE", show_default="/etc/gateway"),
]
SiteOption = Annotated[
    Path | None,
    typer.Option("--site", help="The site's folder, for `folder`.", envvar="GATEWAY_SITE", show_default="/etc/gateway"),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Where the journal and the versions are kept.", envvar="GATEWAY_STATE"),
]
NoteOption = Annotated[str, typer.Option("--note", "-m", help="Why, for those who read the list of versions.")]
WhoOption = Annotated[str, typer.Option("--who", help="Whose word it is; left out: your login name.")]


def register(app: typer.Typer, site_folder: Folder, state_folder: Folder) -> None:
    """Add the commands; the two functions find the folders that were not named."""

    @app.command()
    def publish(
        site: SiteArgument = None,
        note: NoteOption = "",
        test: Annotated[bool, typer.Option("--test/--no-test", help="Run the scripted calls first.")] = True,
        who: WhoOption = "",
        state: StateOption = None,
    ) -> None:
        """Put a folder live: check it, run its scripted calls, keep it as a version, let the running box take it.

        Calls that are up stay on the version before. Exit status 0, 1 (a scripted call failed) or 2 (mistakes in the
        files, or the box refused it); nothing has changed then."""
        from gateway.versions import commands

        raise typer.Exit(commands.publish(site_folder(site), state_folder(state), note=note, who=who, test=test))

    @app.command()
    def versions(
        diff: Annotated[
            tuple[str, str] | None,
            typer.Option("--diff", metavar="A B", help="What is different between two; `folder` is the site's folder."),
        ] = None,
        everything: Annotated[bool, typer.Option("--all", help="Not only the last twenty.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
        site: SiteOption = None,
        state: StateOption = None,
    ) -> None:
        """List what was published, by whom, when and why, newest first; * is what runs."""
        from gateway.versions import commands

        if diff is not None:
            raise typer.Exit(commands.compare(*diff, site, state_folder(state), site_folder))
        raise typer.Exit(commands.versions(state_folder(state), everything=everything, as_json=as_json))

    @app.command()
    def rollback(
        version: Annotated[str, typer.Argument(help="Or its first letters; left out: the one before.")] = "",
        note: NoteOption = "",
        who: WhoOption = "",
        state: StateOption = None,
    ) -> None:
        """Go back to an earlier version. Two rollbacks in a row go two versions back."""
        from gateway.versions import commands

        raise typer.Exit(commands.rollback(version, state_folder(state), note=note, who=who))

    @app.command()
    def reload(who: WhoOption = "", state: StateOption = None) -> None:
        """Let the running box read its folder anew, as SIGHUP does, and wait for its word."""
        from gateway.versions import commands

        raise typer.Exit(commands.reload(state_folder(state), who=who))

    @app.command()
    def draft(
        site: SiteArgument = None,
        called: Annotated[str, typer.Option("--as", help="As a call to this number; left out: the first one.")] = "",
        off: Annotated[bool, typer.Option("--off", help="No draft any more.")] = False,
        who: WhoOption = "",
        state: StateOption = None,
    ) -> None:
        """Let the test number (`draft: number:` in gateway.yaml) reach a folder that is not published."""
        from gateway.versions import commands

        folder = site_folder(site)
        raise typer.Exit(commands.draft(folder, state_folder(state), called=called, off=off, who=who))
