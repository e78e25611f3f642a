"""The commands for what is left to do for callers: `gateway messages`, `callbacks`, `cases` and `tasks`.

Listing reads the journal and needs no running gateway; dealing with something tells the running one, which notes it.
"""

# ruff: noqa: PLC0415 - a command imports what it needs, so that the others stay quick

from __future__ import annotations

import getpass
import json
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from gateway.errors import SettingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gateway.core.desk.call_backs import Progress
    from gateway.core.desk.cases import Case
    from gateway.core.desk.desk import CallBackTask, Desk, Message
    from gateway.core.desk.tasks import Task

T = TypeVar("T")
Row = tuple[str, ...]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Where the journal and the recordings are kept.", envvar="GATEWAY_STATE"),
]
AllOption = Annotated[bool, typer.Option("--all", help="Also what was dealt with.")]
ForOption = Annotated[str, typer.Option("--for", help="Only of this agent, team or box.")]
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, with the whole telephone numbers.")]
WhoOption = Annotated[str, typer.Option("--who", help="Who did it, for the journal; left out: your login name.")]


def _typer(help_: str) -> typer.Typer:
    return typer.Typer(
        help=help_,
        add_completion=False,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


messages = _typer("Messages that callers left.")


@messages.callback(invoke_without_command=True)
def list_messages(
    context: typer.Context,
    whose: ForOption = "",
    everything: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """List the messages that nobody has dealt with, the oldest first; or, with a command behind it, do that."""
    if context.invoked_subcommand is not None:
        return
    from gateway.core.numbers import mask

    found = [
        message
        for message in read_desk(state).messages.values()
        if (everything or (message.done is None and not message.deleted)) and whose in {"", message.left.to}
    ]

    def row(message: Message) -> Row:
        left = message.left
        length = "?" if left.length_s is None else f"{left.length_s:.0f} s"
        how = "deleted" if message.deleted else "done" if message.done is not None else due(left.due_at)
        return left.message, clock(left.at), f"{left.whose} {left.to}", left.client or mask(left.caller), length, how

    listed(("message", "left", "for", "from", "length", ""), found, row, nothing="no messages", as_json=as_json)


@messages.command("path")
def message_path(
    message: Annotated[str, typer.Argument(help="As `gateway messages` lists it.")], state: StateOption = None
) -> None:
    """Print where the sound of a message lies, such as for: aplay "$(gateway messages path ID)"."""
    from gateway.cli.main import state_folder

    found = read_desk(state).messages.get(message)
    if found is None:
        raise SettingError(f"there is no message {message}: `gateway messages --all` lists them")
    if found.deleted:
        raise SettingError(f"the sound of message {message} was deleted (recordings: keep: in gateway.yaml)")
    typer.echo(state_folder(state).absolute() / found.left.file)


@messages.command("done")
def message_done(
    message: Annotated[str, typer.Argument(help="As `gateway messages` lists it.")],
    who: WhoOption = "",
    state: StateOption = None,
) -> None:
    """Say that a message was dealt with. The gateway must be running."""
    deal(state, what="message", id=message, deed="done", who=who)
    typer.echo(f"message {message} is done")


callbacks = _typer("Callers who want to be called back.")
STATES = {"queued": "in the queue", "dialling": "dialling", "called_in": "the client calls in"}
"""Of call-backs that the box dials by itself."""


@callbacks.callback(invoke_without_command=True)
def list_callbacks(
    context: typer.Context,
    whose: ForOption = "",
    everything: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """List those whom nobody has called back, whoever waited longest first; or, with a command behind it, do that."""
    if context.invoked_subcommand is not None:
        return
    desk = read_desk(state)
    tasks = desk.call_backs
    ids = list(tasks) if everything else [task.call_back for task in desk.open_call_backs()]
    found = [tasks[id_] for id_ in ids if whose in {"", tasks[id_].requested.to}]

    def row(task: CallBackTask) -> Row:
        wanted = task.requested
        since = wanted.at if wanted.waiting_since is None else wanted.waiting_since
        how = due(wanted.due_at) if task.closed is None else task.closed.result.replace("_", " ")
        whom = f"{wanted.whose} {wanted.to}"
        state_ = _progress(desk.call_back_book.open.get(wanted.call_back))
        return wanted.call_back, wanted.number, clock(since), whom, wanted.client, wanted.area, state_, how

    head = ("call-back", "number", "waiting since", "for", "client", "area", "", "")
    listed(head, found, row, nothing="no call-backs", as_json=as_json)


def _progress(progress: Progress | None) -> str:
    """How far the box has come with one that it dials; empty where people do."""
    if progress is None or progress.state == "open":
        return ""
    tries = f", tries: {progress.tries}" if progress.tries else ""
    if progress.state == "people":
        return f"for people: {progress.given_up.replace('_', ' ')}{tries}"
    if progress.state == "held":
        at = "" if progress.next_at is None else f" until {clock(progress.next_at)}"
        why = progress.last_missed if progress.reason == "retry" else progress.reason
        return f"held: {why.replace('_', ' ')}{at}{tries}"
    return STATES[progress.state] + tries


@callbacks.command("close")
def close_callback(
    call_back: Annotated[str, typer.Argument(help="As `gateway callbacks` lists it.")],
    result: Annotated[str, typer.Option("--result", help="reached, not_reached or cancelled.")] = "reached",
    who: WhoOption = "",
    state: StateOption = None,
) -> None:
    """Say what came of a call-back. Only `reached` counts the contact as called back. The gateway must be running."""
    deal(state, what="call_back", id=call_back, deed=result, who=who)
    typer.echo(f"call-back {call_back} is closed: {result.replace('_', ' ')}")


@callbacks.command("cancel")
def cancel_callback(
    call_back: Annotated[str, typer.Argument(help="As `gateway callbacks` lists it.")],
    who: WhoOption = "",
    state: StateOption = None,
) -> None:
    """Say that the client need not be called back. The gateway must be running."""
    deal(state, what="call_back", id=call_back, deed="cancelled", who=who)
    typer.echo(f"call-back {call_back} is cancelled")


cases = _typer("Questions and complaints with a number.")
CaseArgument = Annotated[str, typer.Argument(metavar="CASE", help="The case's number.")]


@cases.callback(invoke_without_command=True)
def list_cases(
    context: typer.Context,
    whose: ForOption = "",
    everything: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """List the cases that are not closed, the nearest limit first; or, with a command behind it, do that."""
    if context.invoked_subcommand is not None:
        return
    from gateway.core.numbers import mask

    desk = read_desk(state)
    every = desk.cases.by_number.values() if everything else desk.cases.unsolved()
    found = [case for case in every if whose in {"", case.opened.to}]

    def row(case: Case) -> Row:
        opened = case.opened
        limit = "" if opened.resolve_by is None else due(opened.resolve_by)
        how = "closed" if case.closed is not None else limit
        first = "answered" if case.answered is not None else ""
        if case.escalated and case.closed is None:
            how += f", before {case.escalated[-1].to} ({case.escalated[-1].level})"
        whom, who = f"{opened.whose} {opened.to}", opened.client or mask(opened.caller)
        return opened.case, opened.kind, clock(opened.at), whom, who, first, how

    listed(("case", "kind", "opened", "for", "from", "", ""), found, row, nothing="no cases", as_json=as_json)


def _case(deed: str, case: str, who: str, state: Path | None) -> None:
    deal(state, what="case", id=case, deed=deed, who=who)
    typer.echo(f"case {case} is {deed}")


@cases.command("answered")
def case_answered(case: CaseArgument, who: WhoOption = "", state: StateOption = None) -> None:
    """Say that somebody has spoken with the client: the first-response clock stops. A call does so by itself."""
    _case("answered", case, who, state)


@cases.command("close")
def close_case(case: CaseArgument, who: WhoOption = "", state: StateOption = None) -> None:
    """Say that a case is solved. The gateway must be running."""
    _case("closed", case, who, state)


@cases.command("reopen")
def reopen_case(case: CaseArgument, who: WhoOption = "", state: StateOption = None) -> None:
    """Say that a case was not solved after all; its clock goes on as if it had never been closed."""
    _case("reopened", case, who, state)


tasks = _typer("Clients to be called back because a contact went badly, and talks to be scored.")
TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="As `gateway tasks` lists it.")]
WHY = {
    "two_abandons": "hung up in the queue twice in a day",
    "low_csat": "was not content",
    "sampled": "a talk to be scored (`gateway quality`)",
}


@tasks.callback(invoke_without_command=True)
def list_tasks(
    context: typer.Context,
    whose: ForOption = "",
    everything: AllOption = False,
    as_json: JsonOption = False,
    state: StateOption = None,
) -> None:
    """List the tasks that nobody has closed, the nearest limit first; or, with a command behind it, do that."""
    if context.invoked_subcommand is not None:
        return
    desk = read_desk(state)
    every = desk.tasks.by_id.values() if everything else desk.tasks.open()
    found = [task for task in every if whose in {"", task.opened.to}]

    def row(task: Task) -> Row:
        opened = task.opened
        how = task.closed.result if task.closed is not None else due(opened.due_at)
        whom = f"{opened.whose} {opened.to}"
        return opened.task, opened.number, opened.client, clock(opened.at), whom, WHY[opened.why], how

    head = ("task", "number", "client", "opened", "for", "because", "")
    listed(head, found, row, nothing="no tasks", as_json=as_json)


@tasks.command("done")
def task_done(task: TaskArgument, who: WhoOption = "", state: StateOption = None) -> None:
    """Say that somebody has called the client back. The gateway must be running."""
    deal(state, what="task", id=task, deed="done", who=who)
    typer.echo(f"task {task} is done")


@tasks.command("cancel")
def cancel_task(task: TaskArgument, who: WhoOption = "", state: StateOption = None) -> None:
    """Say that it need not be done."""
    deal(state, what="task", id=task, deed="cancelled", who=who)
    typer.echo(f"task {task} is cancelled")


def read_desk(state: Path | None) -> Desk:
    """The desk as the journal tells it. Raises StoreError."""
    from gateway.cli.main import state_folder
    from gateway.core.desk.desk import Desk
    from gateway.core.facts.call_back import CALL_BACK_KINDS
    from gateway.core.facts.desk import DESK_KINDS
    from gateway.edge.store import JournalReader

    desk = Desk()
    with JournalReader(state_folder(state) / "journal.sqlite") as journal:
        for fact in journal.of_kinds((*DESK_KINDS, *CALL_BACK_KINDS)):
            desk.apply(fact)
    return desk


def deal(state: Path | None, *, who: str, **request: Any) -> None:
    """Tell the running gateway. Raises SettingError when none runs or it says no."""
    from gateway.cli.main import state_folder
    from gateway.edge.control import ask

    answer = ask(state_folder(state) / "control.sock", {"request": "desk", "who": who or getpass.getuser(), **request})
    if not answer.get("ok"):
        raise SettingError(str(answer.get("error", "the gateway said no and did not say why")))


def clock(at: float) -> str:
    """A moment by this machine's clock."""
    return datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M")  # noqa: DTZ006 - as the clock on the wall


def due(at: float) -> str:
    """Until when, from now."""
    left_s = at - time.time()
    hours, minutes = divmod(int(abs(left_s)) // 60, 60)
    span = f"{hours} h {minutes:02d} min"
    return f"due in {span}" if left_s >= 0 else f"OVERDUE by {span}"


def listed(head: Row, found: Iterable[T], row: Callable[[T], Row], *, nothing: str, as_json: bool) -> None:
    """Print what was found, as JSON or in columns below their head; `nothing` without any."""
    if as_json:
        typer.echo(json.dumps(msgspec.to_builtins(list(found)), ensure_ascii=False, indent=2))
        return
    rows = [row(one) for one in found]
    if not rows:
        typer.echo(nothing)
        return
    widths = [max(len(cells[column]) for cells in (head, *rows)) for column in range(len(head))]
    for cells in (head, *rows):
        typer.echo("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
