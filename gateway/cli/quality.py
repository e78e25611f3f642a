"""The command `gateway quality`: recorded talks that were drawn to be heard, and their scores.

Listing and showing read the journal; scoring tells the running gateway, which has the form and notes the score.
"""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from gateway.cli.desk import AllOption, JsonOption, StateOption, WhoOption, clock, deal, due, listed
from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway.cli.desk import Row
    from gateway.core.quality.book import QualityBook, Sample
    from gateway.core.site.quality_form import Question

quality = typer.Typer(
    help="Recorded talks that were drawn to be scored.",
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
SampleArgument = Annotated[
    str, typer.Argument(metavar="CALL", help="The call, or the sample as `gateway quality list` names it.")
]
ForOption = Annotated[str, typer.Option("--for", help="Only what this agent has to score.")]
AgentOption = Annotated[str, typer.Option("--agent", help="Only talks of this agent.")]
LanguageOption = Annotated[str, typer.Option("--language", "-l", help="Of the questions; left out: the site's first.")]


@quality.callback(invoke_without_command=True)
def _quality(context: typer.Context, state: StateOption = None) -> None:
    if context.invoked_subcommand is None:
        list_samples(state=state)


@quality.command("list")
def list_samples(
    reviewer: ForOption = "",
    agent: AgentOption = "",
    everything: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """List the talks that wait for their score, the nearest limit first."""
    book = _read(state)
    found = [
        sample
        for sample in (book.by_recording.values() if everything else book.open())
        if reviewer in {"", sample.sampled.reviewer} and agent in {"", sample.sampled.agent}
    ]

    def row(sample: Sample) -> Row:
        drawn = sample.sampled
        recorded, length = clock(drawn.recorded_at), _span(drawn.length_s)
        return drawn.recording, drawn.agent, drawn.team, recorded, length, drawn.reviewer, _how(sample)

    head = ("sample", "agent", "team", "recorded", "length", "scored by", "")
    listed(head, found, row, nothing="no talks to be scored", as_json=as_json)


@quality.command("show")
def show_sample(
    call: SampleArgument, language: LanguageOption = "", as_json: JsonOption = False, state: StateOption = None
) -> None:
    """Show one: whose talk, where its sound lies, and its score; of one that waits, the questions."""
    sample = _sample(state, call)
    paths, missing = _sound(state, sample)
    form = _form(state, needed=False)
    if as_json:
        shown = {"sample": sample, "paths": [str(path) for path in paths], "sound": missing or "there", "form": form}
        typer.echo(json.dumps(msgspec.to_builtins(shown), ensure_ascii=False, indent=2))
        return
    drawn = sample.sampled
    lines = {
        "sample": drawn.recording,
        "call": f"{drawn.call} (gateway explain {drawn.call})",
        "agent": f"{drawn.agent}, {drawn.team or 'in no team'}",
        "client": drawn.client or "none",
        "recorded": f"{clock(drawn.recorded_at)}, {_span(drawn.length_s)}",
        "drawn": f"1 of {drawn.of} talks in the week of {drawn.week}",
        "scored by": drawn.reviewer,
        "sound": missing or "\n           ".join(str(path) for path in paths),
        "": _how(sample),
    }
    for name, text in lines.items():
        typer.echo(f"{name:10} {text}")
    if sample.scored is not None:
        asked = {question.name: question.asked(language) for question in form}
        for name, answer in sample.scored.answers.items():
            typer.echo(f"  {answer:>4}  {asked.get(name, name)}" + ("  CRITICAL" * (name in sample.scored.critical)))
        return
    for question in form:
        typer.echo(f"  {question.name}: {question.asked(language)} ({_allowed(question)})")


@quality.command("score")
def score_sample(
    call: SampleArgument,
    *,
    answer: Annotated[
        list[str] | None, typer.Option("--answer", "-a", metavar="QUESTION=ANSWER", help="Once for each question.")
    ] = None,
    who: WhoOption = "",
    again: Annotated[bool, typer.Option("--again", help="It has a score, which this one replaces.")] = False,
    language: LanguageOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="The score as JSON.")] = False,
    state: StateOption = None,
) -> None:
    """Fill the form of one talk. What no --answer tells is asked for in the terminal. The gateway must be running."""
    from gateway.core.site.quality_form import FormError, filled

    sample = _sample(state, call)
    if sample.scored is not None and not again:
        was = sample.scored
        raise SettingError(
            f"{was.recording} was scored {was.score:g} by {was.who} before ({clock(was.at)}); --again replaces that"
        )
    paths, missing = _sound(state, sample)
    if missing:
        raise SettingError(f"{sample.sampled.recording} cannot be scored: its sound {missing}")
    form = _form(state)
    answers = dict(_split(text) for text in answer or ())
    if sys.stdin.isatty() and not as_json:
        typer.echo(f"{sample.sampled.agent}, {clock(sample.sampled.recorded_at)}: {' '.join(map(str, paths))}")
        answers |= _asked([question for question in form if question.name not in answers], language)
    try:
        result = filled(form, answers)
    except FormError as error:
        raise SettingError(f"{sample.sampled.recording}: {error}") from error
    deal(
        state,
        what="sample",
        id=sample.sampled.recording,
        deed="scored",
        who=who,
        answers=result.answers,
        again=again,
    )
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(result), ensure_ascii=False, indent=2))
        return
    why = f" (critical: {', '.join(result.critical)})" if result.critical else ""
    typer.echo(f"{sample.sampled.recording} is scored {result.score:g} of 100{why}")


def _asked(questions: Sequence[Question], language: str) -> dict[str, str]:
    """What the person at the terminal answers, each until it is an answer."""
    from gateway.core.site.quality_form import read_answer

    found: dict[str, str] = {}
    for question in questions:
        kept = None
        while kept is None:
            text = typer.prompt(
                f"{question.asked(language)} ({_allowed(question)})",
                default="" if question.answer == "note" else None,
                show_default=False,
            )
            kept = read_answer(question, text)
            if kept is None:
                typer.echo(f"'{text}' is no answer to that")
        found[question.name] = kept
    return found


def _allowed(question: Question) -> str:
    from gateway.core.site.quality_form import allowed

    return allowed(question) + (", no makes the score 0" if question.critical else "")


def _split(text: str) -> tuple[str, str]:
    name, equals, answer = text.partition("=")
    if not equals:
        raise SettingError(f"--answer {text}: expected is QUESTION=ANSWER, such as greeting=yes")
    return name.strip(), answer


def _read(state: Path | None) -> QualityBook:
    """The samples as the journal tells them. Raises StoreError."""
    from gateway.cli.main import state_folder
    from gateway.core.facts.desk import RecordingDeleted, TaskClosed
    from gateway.core.facts.quality import QUALITY_KINDS
    from gateway.core.quality.book import QualityBook
    from gateway.edge.store import JournalReader

    book = QualityBook()
    kinds = (*QUALITY_KINDS, RecordingDeleted.__name__, TaskClosed.__name__)
    with JournalReader(state_folder(state) / "journal.sqlite") as journal:
        for fact in journal.of_kinds(kinds):
            book.apply(fact)
    return book


def _sample(state: Path | None, name: str) -> Sample:
    """The one that is meant. Raises SettingError: there is none, or several."""
    found = _read(state).find(name)
    if not found:
        raise SettingError(
            f"there is no sample {name}: only talks that were drawn are scored, `gateway quality list --all` lists them"
        )
    if len(found) > 1:
        names = ", ".join(f"{one.sampled.recording} ({one.sampled.agent})" for one in found)
        raise SettingError(f"of call {name} several talks were drawn: say which, {names}")
    return found[0]


def _sound(state: Path | None, sample: Sample) -> tuple[list[Path], str]:
    """Where the parts of the sound lie, and why it cannot be heard; empty when it can."""
    from gateway.cli.main import state_folder

    paths = [state_folder(state).absolute() / file for file in sample.sampled.files]
    if sample.deleted:
        return paths, "was deleted (`recordings: keep:` in gateway.yaml)"
    missing = [str(path) for path in paths if not path.is_file()]
    return paths, f"is missing: there is no file {', '.join(missing)}" if missing else ""


def _form(state: Path | None, *, needed: bool = True) -> list[Question]:
    """The form of the running gateway; empty without one, or without a gateway. With `needed` raises SettingError."""
    from gateway.cli.main import state_folder
    from gateway.core.site.quality_form import Question
    from gateway.edge.control import ask

    try:
        answer: dict[str, Any] = ask(state_folder(state) / "control.sock", {"request": "status"})
    except SettingError:
        if needed:
            raise
        return []
    form = msgspec.convert(answer.get("desk", {}).get("score_form", []), list[Question])
    if needed and not form:
        raise SettingError("there is no score form: gateway.yaml of the running gateway has no `quality:`")
    return form


def _how(sample: Sample) -> str:
    scored = sample.scored
    if scored is not None:
        return f"scored {scored.score:g} by {scored.who}, {clock(scored.at)}" + (", again" if scored.again else "")
    if sample.withdrawn:
        return "withdrawn: the sound was deleted" if sample.deleted else "withdrawn"
    return due(sample.sampled.due_at)


def _span(length_s: float) -> str:
    minutes, seconds = divmod(round(length_s), 60)
    return f"{minutes}:{seconds:02d}"
