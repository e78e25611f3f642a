"""The command `gateway clients`: how many each manager has, and the callers who were given a manager by the rules.

Reads the site and the journal; needs no running gateway.
"""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from gateway.core.queue.owners import Owners
    from gateway.core.site.site import Site


def clients(
    site: Annotated[Path | None, typer.Argument(help="The site's folder.", envvar="GATEWAY_SITE")] = None,
    new: Annotated[
        bool, typer.Option("--new", help="Callers whom the rules gave a manager, as rows for clients.csv.")
    ] = False,
    state: Annotated[
        Path | None, typer.Option("--state", help="Where the journal is kept.", envvar="GATEWAY_STATE")
    ] = None,
) -> None:
    """Tell how many clients each manager has; with --new, list the numbers that are not in clients.csv yet."""
    from gateway.cli.main import site_folder, state_folder
    from gateway.config.load import load_site

    settings = load_site(site_folder(site))
    owners = read_owners(state_folder(state))
    typer.echo(rows(settings.site, owners) if new else table(settings.site, owners), nl=False)


def read_owners(state: Path) -> Owners:
    """The managers who were assigned, as the journal tells them. Raises StoreError."""
    from gateway.core.queue.owners import Owners
    from gateway.edge.store import JournalReader

    owners = Owners()
    with JournalReader(state / "journal.sqlite") as journal:
        for fact in journal.of_kinds(("ManagerAssigned",)):
            owners.apply(fact)
    return owners


def rows(site: Site, owners: Owners) -> str:
    """CSV with the columns of clients.csv, the oldest first; number and name of the client are for the office to fill
    in. Nothing but the header when every number is in clients.csv."""
    from gateway.cli.desk import clock

    known = {number for client in site.clients.values() for number in client.numbers}
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("number", "client", "name", "manager", "team", "#since", "#rule"))
    for number, fact in sorted(owners.assigned.items(), key=lambda each: each[1].at):
        if number not in known:
            writer.writerow((number, "", "", fact.manager, fact.team, clock(fact.at), fact.rule))
    return out.getvalue()


def table(site: Site, owners: Owners) -> str:
    """A line for each agent: clients of clients.csv, numbers that were assigned and are not in it."""
    filed = [client.manager for client in site.clients.values()]
    every = owners.clients_of(site)
    head = ("manager", "clients", "new numbers")
    cells = [(name, str(filed.count(name)), str(every.get(name, 0) - filed.count(name))) for name in site.agents]
    widths = [max(len(row[column]) for row in (head, *cells)) for column in range(len(head))]
    shown = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in (head, *cells))
    return "".join(line.rstrip() + "\n" for line in shown)
