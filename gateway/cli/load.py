"""The commands `gateway simulate-load` and `gateway forecast`: how many people a day needs."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    Folder = Callable[[Path | None], Path]

JournalOption = Annotated[
    Path | None,
    typer.Option("--from-journal", metavar="FILE", help="A journal, such as /var/lib/gateway/journal.sqlite."),
]
TeamOption = Annotated[str, typer.Option("--team", help="Only this team's contacts; left out: all.")]


def register(app: typer.Typer, site_folder: Folder) -> None:
    """Add the commands; the function finds the site that was not named."""

    @app.command("simulate-load")
    def simulate_load(  # noqa: PLR0917 - Typer names the options after them
        agents: Annotated[int, typer.Option("--agents", help="How many people answer.")],
        erlang: Annotated[
            str, typer.Option("--erlang", metavar="CALLS/h,TIME", help="Random calls, such as 20/h,240s.")
        ] = "",
        journal: JournalOption = None,
        team: TeamOption = "",
        patience: Annotated[
            str,
            typer.Option(
                "--patience", help="Mean time to hanging up, such as 120s; left out: never, or as the journal."
            ),
        ] = "",
        ring: Annotated[
            str, typer.Option("--ring", help="How long agents let it ring; left out: 0s, or as in the journal.")
        ] = "",
        max_wait: Annotated[str, typer.Option("--max-wait", help="When the queue gives up; left out: never.")] = "",
        level: Annotated[
            str, typer.Option("--service-level", help="Left out: 80% in 20s, or the threshold of the journal.")
        ] = "",
        hours: Annotated[str, typer.Option("--hours", help="Length of a run; left out: 8h.")] = "",
        warm_up: Annotated[
            str, typer.Option("--warm-up", help="Before it, to fill the empty office; left out: 1h.")
        ] = "",
        runs: Annotated[int, typer.Option("--runs", help="So many runs.")] = 20,
        seed: Annotated[int, typer.Option("--seed", help="Of all randomness: the same seed, the same runs.")] = 1,
        plot: Annotated[
            Path | None,
            typer.Option("--plot", metavar="FILE", help="A picture by hour, .svg (or .png with matplotlib)."),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="As JSON, with every hour.")] = False,
    ) -> None:
        """Simulate days of calls with so many agents: service level, ASA, abandons, occupancy, beside Erlang."""
        from gateway.load.commands import Options, load

        options = Options(
            agents=agents,
            erlang=erlang,
            journal=journal,
            team=team,
            patience=patience,
            ring=ring,
            max_wait=max_wait,
            level=level,
            hours=hours,
            warm_up=warm_up,
            runs=runs,
            seed=seed,
            plot=plot,
            as_json=as_json,
        )
        typer.echo(load(options), nl=False)

    @app.command()
    def forecast(
        journal: Annotated[Path, typer.Option("--from-journal", metavar="FILE", help="The journal to learn from.")],
        site: Annotated[Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE")] = None,
        team: TeamOption = "",
        as_json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
    ) -> None:
        """Say how many people each team needs in each hour of the week, by what the journal has seen."""
        from gateway.config.load import load_site
        from gateway.load.commands import people

        typer.echo(people(journal, load_site(site_folder(site)).site, team=team, as_json=as_json), nl=False)
