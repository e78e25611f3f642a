"""The command `gateway lookup`: ask a service of the site as a flow would, and show what the flow would get."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway.config.settings import Settings
    from gateway.core.steps.services import Answer


def register(app: typer.Typer, site_folder: Callable[[Path | None], Path]) -> None:
    """Add the command to `gateway`."""

    @app.command()
    def lookup(
        service: Annotated[str, typer.Argument(help="A service of gateway.yaml.")],
        values: Annotated[list[str] | None, typer.Argument(metavar="NAME=VALUE", help="Such as order=1001.")] = None,
        site: Annotated[Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE")] = None,
    ) -> None:
        """Ask an HTTP service as a flow would. Exit status 0 (found, not_found), 1 (failed) or 2."""
        from gateway.config.load import load_site

        answer, told = look_up(load_site(site_folder(site)), service, values or [])
        typer.echo(told, nl=False)
        if answer.outcome == "failed":
            raise typer.Exit(1)


def look_up(settings: Settings, name: str, given: list[str]) -> tuple[Answer, str]:
    """(answer, what is shown of it). Raises SettingError for a service or a variable that is not there."""
    from gateway.config.problems import nearest
    from gateway.core.steps.services import NoValueError, address
    from gateway.edge.crm import Crm

    services = settings.site.services
    service = services.get(name)
    if service is None:
        near = nearest(name, tuple(services))
        known = f"did you mean {near}?" if near else f"it has {', '.join(services) or 'none'}"
        raise SettingError(f"there is no service '{name}' in this site; {known}")
    values = dict(text.partition("=")[::2] for text in given)
    for unknown in values.keys() - set(service.asks):
        raise SettingError(f"service '{name}' does not ask for '{unknown}'; it asks for {', '.join(service.asks)}")
    try:
        url = address(service, values)
    except NoValueError as error:
        raise SettingError(f"service '{name}' needs a value: {error}=...") from None

    async def ask() -> tuple[Answer, int]:
        crm = Crm(lambda _: None)
        crm.load({name: service}, {key: token for key, token in settings.tokens.items() if key == name})
        try:
            answer, _, took_ms = await crm.ask(service, url)
        finally:
            await crm.close()
        return answer, took_ms

    answer, took_ms = asyncio.run(ask())
    why = f": {answer.reason}: {answer.detail}" if answer.reason else ""
    lines = [f"{answer.outcome}{why} ({took_ms} ms)"]
    lines += [f"{name}.{field} = {value}" for field, value in answer.values.items()]
    return answer, "\n".join(lines) + "\n"
