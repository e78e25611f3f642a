"""`gateway prompts`: what a site says and in whose voice, a sheet for the studio, and a look at every recording."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from gateway.errors import SettingError, SiteError

if TYPE_CHECKING:
    from gateway.config.settings import Settings
    from gateway.prompt_table import Checked, Row

prompts = typer.Typer(
    help="What is said, in whose voice: the table of texts, a sheet for the studio, a check of all recordings.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Site = Annotated[
    Path | None,
    typer.Argument(help="The site's folder.", envvar="GATEWAY_SITE", show_default="/etc/gateway"),
]
Language = Annotated[str, typer.Option("--language", help="Only this language.")]
Values = Annotated[bool, typer.Option("--values", help="Every word of {variables} on a row of its own.")]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


@prompts.command("list")
def list_texts(site: Site = None, language: Language = "", values: Values = False, as_json: AsJson = False) -> None:
    """Every text: where it is said, the file that would be your own voice for it, and who speaks it now."""
    from gateway.prompt_table import rows  # noqa: PLC0415 - loads numpy

    table = rows(_settings(site, language), language=language, values=values)
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(table), ensure_ascii=False, indent=2))
        return
    typer.echo("\n".join(_told(row) for row in table))


@prompts.command()
def sheet(
    file: Annotated[Path, typer.Argument(help="The CSV file to write, for a spreadsheet.")],
    site: Site = None,
    language: Language = "",
    values: Values = False,
) -> None:
    """Write a sheet for a speaker: each text with the name under which to save its recording."""
    from gateway import prompt_table  # noqa: PLC0415 - loads numpy

    text = prompt_table.sheet(prompt_table.rows(_settings(site, language), language=language, values=values))
    try:
        file.write_text(text, "utf-8-sig", newline="")  # Excel knows UTF-8 by its mark
    except OSError as error:
        raise SettingError(f"{file} cannot be written: {error.strerror}") from error
    typer.echo(f"{file}: {text.count(chr(10)) - 1} texts")


@prompts.command()
def check(site: Site = None, as_json: AsJson = False) -> None:
    """Look at every recording (form, length, level, clipping, silence) and every voice. Exit status 0 or 2."""
    from gateway import prompt_table  # noqa: PLC0415 - loads numpy

    checked = prompt_table.check(_settings(site, ""))
    typer.echo(json.dumps(msgspec.to_builtins(checked), ensure_ascii=False, indent=2) if as_json else _page(checked))
    if not checked.good:
        raise typer.Exit(2)


def judged(settings: Settings) -> Settings:
    """The same settings. Raises SiteError for the recordings that callers could not hear (silent, clipped, too faint);
    what a file's head tells was judged when the site was read."""
    if not any(clip.recording for clip in settings.clips):
        return settings
    from gateway import prompt_table  # noqa: PLC0415 - loads numpy

    wrong = prompt_table.problems(settings)
    if wrong:
        raise SiteError(wrong)
    return settings


def _settings(site: Path | None, language: str) -> Settings:
    from gateway.cli.main import site_folder  # noqa: PLC0415 - it imports this module
    from gateway.config.load import load_site  # noqa: PLC0415 - quick help

    settings = load_site(site_folder(site))
    spoken = tuple(settings.site.voices)
    if language and language not in spoken:
        raise SettingError(f"--language: the site does not speak '{language}'; it speaks {', '.join(spoken)}")
    return settings


def _told(row: Row) -> str:
    where = ", ".join(row.where)
    if row.count > 1:
        recorded = f", {row.recorded_count} recorded" if row.recorded_count else ""
        return (
            f"{row.language:<3} {row.value}: {row.count} texts{recorded}; --values lists them\n      said in {where}\n"
        )
    said = f'"{row.text}"' if row.text else "a recording that is played by its name"
    whose = f"recorded, {row.file}" if row.recorded else f"voice {row.voice}; your own would be {row.file}"
    value = f" (of {row.value})" if row.value else ""
    return f"{row.language:<3} {said}{value}\n      {whose}\n      said in {where}\n"


def _page(checked: Checked) -> str:
    lines = []
    for one in checked.recordings:
        if one.wrong:
            lines.append(f"BAD   {one.file} {one.wrong}")
            continue
        lines.append(
            f"{'note' if one.notes else 'ok':<5} {one.file}  {one.seconds:.1f}s, {one.rate} Hz, {one.bits} bit, "
            f"{one.channels} channel{'s' * (one.channels > 1)}, level {one.level_dbm0:.1f} dBm0, "
            f"peak {one.peak_dbm0:.1f} dBm0"
        )
        lines += [f"        it {note}" for note in one.notes]
    lines += [f"BAD   {wrong}" for wrong in checked.voices]
    lines += [f"note  {note}" for note in checked.notes]
    lines.append(
        f"Recordings looked at: {len(checked.recordings)}. Texts in a person's voice: "
        f"{checked.texts_recorded} of {checked.texts}."
    )
    return "\n".join(lines)
