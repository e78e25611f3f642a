"""The commands `gateway hours`: when the office is open and why, and saying that it is otherwise for a while."""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import getpass
import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gateway.core.facts.hours import HoursOverridden
    from gateway.core.hours.words import Language
    from gateway.core.site.site import Site

app = typer.Typer(
    help="When the office is open, and why.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SiteOption = Annotated[
    Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE", show_default="/etc/gateway")
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Of a running gateway, whose overrides count.", envvar="GATEWAY_STATE"),
]
CalendarOption = Annotated[str, typer.Option("--calendar", help="Only this calendar.")]
LangOption = Annotated[str, typer.Option("--lang", help="pl or en; left out: the site's first language.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]
CalendarArgument = Annotated[str, typer.Argument(metavar="[CALENDAR]", help="Needed when the site has several.")]
UntilOption = Annotated[str, typer.Option("--until", help='Such as 18:00, 2h, "2026-12-24 12:00"; left out: midnight.')]
WhoOption = Annotated[str, typer.Option("--who", help="Whose word it is, for the journal; left out: your login name.")]


@app.callback(invoke_without_command=True)
def hours(  # noqa: PLR0917 - Typer names the options after them
    context: typer.Context,
    site: SiteOption = None,
    calendar: CalendarOption = "",
    days: Annotated[int, typer.Option("--days", min=1, max=400, help="So many days from today.")] = 8,
    lang: LangOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """List each calendar's hours for today and the next days; or, with a command behind it, do that."""
    if context.invoked_subcommand is not None:
        return
    from gateway import hours_report as report

    found, language, overrides = _site(site, lang, state)
    now = time.time()
    told = [
        report.listed(found, one, now, days, language, overrides.get(one.id)) for one in report.chosen(found, calendar)
    ]
    _show(told if as_json else report.listed_text(told, language))


@app.command()
def explain(  # noqa: PLR0917 - Typer names the options after them
    moment: Annotated[str, typer.Argument(help='Such as "2026-12-24 14:30"; left out: now.')] = "",
    site: SiteOption = None,
    calendar: CalendarOption = "",
    lang: LangOption = "",
    state: StateOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether the office is open at a moment, why, and when that changes."""
    from gateway import hours_report as report
    from gateway.simulate import zone

    found, language, overrides = _site(site, lang, state)
    try:
        at = zone.moment(moment, zone.zone_of(found)) if moment else float(int(time.time()))
    except zone.MomentError as error:
        raise SettingError(f"{error}; expected is {zone.EXPECTED}") from None
    told = [report.explained(found, one, at, language, overrides.get(one.id)) for one in report.chosen(found, calendar)]
    _show(told if as_json else report.explained_text(found, told, at, language))


@app.command("close")
def close_now(
    calendar: CalendarArgument = "", until: UntilOption = "", who: WhoOption = "", state: StateOption = None
) -> None:
    """Close the office from now on, until midnight or another moment."""
    _override(calendar, "closed", until, who, state)


@app.command("open")
def open_now(
    calendar: CalendarArgument = "", until: UntilOption = "", who: WhoOption = "", state: StateOption = None
) -> None:
    """Open the office from now on, until midnight or another moment."""
    _override(calendar, "open", until, who, state)


@app.command()
def normal(calendar: CalendarArgument = "", who: WhoOption = "", state: StateOption = None) -> None:
    """Go by the hours in gateway.yaml again."""
    _override(calendar, "normal", "", who, state)


def _override(calendar: str, to: str, until: str, who: str, state: Path | None) -> None:
    request = {"request": "hours", "calendar": calendar, "to": to, "until": until, "who": who or _login()}
    answer = _ask(state, request)
    if to == "normal":
        typer.echo(f"{answer['calendar']}: by its hours again")
        return
    zone = ZoneInfo(_ask(state, {"request": "status"})["timezone"])
    ends = datetime.fromtimestamp(answer["until"], zone)
    typer.echo(f"{answer['calendar']}: {to} until {ends:%Y-%m-%d %H:%M} ({zone})")


def _show(told: list[dict[str, Any]] | str) -> None:
    if isinstance(told, str):
        typer.echo(told, nl=False)
    else:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))


def _login() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""


def _ask(state: Path | None, request: Mapping[str, Any]) -> dict[str, Any]:
    from gateway.cli.main import state_folder
    from gateway.edge.control import ask

    answer = ask(state_folder(state) / "control.sock", request)
    if not answer.get("ok"):
        raise SettingError(str(answer.get("error", "the gateway said no and did not say why")))
    return answer


def _site(given: Path | None, lang: str, state: Path | None) -> tuple[Site, Language, dict[str, HoursOverridden]]:
    """The site, the language to tell it in, and the overrides of the gateway that runs it, if one does."""
    from gateway.cli.main import site_folder
    from gateway.config.load import load_site
    from gateway.simulate.words import language_of

    if lang not in {"", "pl", "en"}:
        raise SettingError(f"--lang: pl or en, not '{lang}'")
    try:
        status = _ask(state, {"request": "status"})
    except SettingError:
        status = {}  # none runs, or not for this user: the files alone
    if given is None and status.get("folder"):
        given = Path(status["folder"])
    site = load_site(site_folder(given)).site
    return site, language_of(lang or next(iter(site.voices), "en")), _overrides(site, status)


def _overrides(site: Site, answer: Mapping[str, Any]) -> dict[str, HoursOverridden]:
    import msgspec

    from gateway.core.facts.hours import HoursOverridden

    if answer.get("site") != site.name:
        return {}
    told = (msgspec.convert(one["override"], HoursOverridden) for one in answer.get("hours", []) if one["override"])
    return {override.calendar: override for override in told}
