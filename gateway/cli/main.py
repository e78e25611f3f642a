"""The command `gateway`. Each command is short: it reads its options, calls one function, shows what came back.

Exit status: 0 done, 1 something is wrong with the box or with a call, 2 the command or the admin's files are wrong.
Heavy modules are imported by the command that needs them, so that `gateway check` stays quick.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gateway import __version__
from gateway.cli import agents as cli_agents
from gateway.cli import clients as cli_clients
from gateway.cli import desk as cli_desk
from gateway.cli import explain as cli_explain
from gateway.cli import graph as cli_graph
from gateway.cli import hours as cli_hours
from gateway.cli import load as cli_load
from gateway.cli import quality as cli_quality
from gateway.cli import replay as cli_replay
from gateway.cli import schema as cli_schema
from gateway.cli import services as cli_services
from gateway.cli import versions as cli_versions
from gateway.cli.prompts import judged, prompts
from gateway.errors import GatewayError, SettingError, SiteError

if TYPE_CHECKING:
    from gateway.config.settings import Settings

app = typer.Typer(
    name="gateway",
    help="A telephony gateway and IVR for edge hardware.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.add_typer(cli_hours.app, name="hours")
app.command()(cli_schema.schema)
app.add_typer(cli_desk.messages, name="messages")
app.add_typer(cli_desk.callbacks, name="callbacks")
app.add_typer(cli_desk.cases, name="cases")
app.add_typer(cli_agents.agents, name="agents")
app.command()(cli_clients.clients)
app.add_typer(cli_desk.tasks, name="tasks")
app.add_typer(cli_quality.quality, name="quality")

SiteArgument = Annotated[
    Path | None,
    typer.Argument(
        help="The site's folder (gateway.yaml, flows/, clients.csv).",
        envvar="GATEWAY_SITE",
        show_default="/etc/gateway",
    ),
]
StateOption = Annotated[
    Path | None,
    typer.Option("--state", help="Where the journal and the clips are kept.", envvar="GATEWAY_STATE"),
]

SITE_DEFAULT = Path("/etc/gateway")
STATE_SYSTEM = Path("/var/lib/gateway")


def site_folder(given: Path | None) -> Path:
    """The folder asked for, else /etc/gateway, else the example site that travels with the program."""
    if given is not None:
        return given
    if (SITE_DEFAULT / "gateway.yaml").exists():
        return SITE_DEFAULT
    from gateway.shipped import example_site

    return example_site()


def state_folder(given: Path | None) -> Path:
    """The folder asked for, else /var/lib/gateway for root, else one under the user's home."""
    if given is not None:
        return given
    if os.access(STATE_SYSTEM if STATE_SYSTEM.exists() else STATE_SYSTEM.parent, os.W_OK):
        return STATE_SYSTEM
    return Path(os.environ.get("XDG_STATE_HOME", Path.home() / ".local" / "state")) / "gateway"


def _load(folder: Path) -> Settings:
    from gateway.config.load import load_site

    return load_site(folder)


def _ask(state: Path | None, request: dict[str, Any]) -> dict[str, Any]:
    """Ask the running gateway. Raises SettingError when none runs or it says no."""
    from gateway.edge.control import ask

    answer = ask(state_folder(state) / "control.sock", request)
    if not answer.get("ok"):
        raise SettingError(str(answer.get("error", "the gateway said no and did not say why")))
    return answer


@app.command()
def run(
    site: SiteArgument = None,
    state: StateOption = None,
    broker: Annotated[
        str,
        typer.Option(help="site: as in gateway.yaml; embedded: start one here if none answers on this machine."),
    ] = "site",
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Say more in the log.")] = False,
) -> None:
    """Take calls until told to stop (Ctrl-C, SIGTERM, `gateway stop`)."""
    logging.basicConfig(
        level=logging.DEBUG if verbose else logging.INFO,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
        stream=sys.stderr,
    )
    from gateway.box.run import run_site
    from gateway.edge.broker import embedded_broker
    from gateway.versions.start import begin, told
    from gateway.welcome import welcome

    folder = state_folder(state)
    started = begin(site_folder(site), folder)
    settings = started.settings
    words = welcome(settings, folder, told(started))
    with embedded_broker(settings.broker if broker == "embedded" else None, folder):
        run_site(settings, folder, on_ready=lambda _app: print(words, flush=True), started=started)  # noqa: T201


@app.command()
def check(
    site: SiteArgument = None,
    as_json: Annotated[bool, typer.Option("--json", help="Problems as JSON, for editors.")] = False,
) -> None:
    """Read a site's files and say everything that is wrong with them. Exit status 0 or 2."""
    folder = site_folder(site)
    try:
        settings = judged(_load(folder))
    except SiteError as error:
        if as_json:
            typer.echo(json.dumps([problem.as_json() for problem in error.problems], ensure_ascii=False, indent=2))
            raise typer.Exit(2) from None
        raise
    if as_json:
        typer.echo("[]")
        return
    s = settings.site
    steps = sum(len(flow.steps) for flow in s.flows.values())
    typer.echo(
        f"{folder}: good. {len(s.numbers)} numbers, {len(s.flows)} flows with {steps} steps, {len(s.teams)} teams, "
        f"{len(s.agents)} agents, {len(s.clients)} clients. Version {s.version}."
    )
    if settings.spare_recordings:
        spare = len(settings.spare_recordings)
        typer.echo(f"Recordings of nothing that is said: {spare} (gateway prompts check {folder})")


@app.command()
def status(
    state: StateOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Show the running box: lines, broker, journal, calls, agents, figures."""
    answer = _ask(state, {"request": "status"})
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    from gateway.status import render

    typer.echo(render(answer), nl=False)


@app.command()
def agent(
    who: Annotated[str, typer.Argument(help="The agent's id in gateway.yaml.")],
    command: Annotated[str, typer.Argument(help="login, logout, pause, unpause or ready.")],
    reason: Annotated[str, typer.Option(help="Why, for the journal.")] = "",
    state: StateOption = None,
) -> None:
    """Log an agent in or out, pause or unpause, end after-call work: as `gateway agents` does."""
    _ask(state, {"request": "agent", "agent": who, "command": command, "reason": reason})
    typer.echo(f"{who}: {command} accepted")


@app.command()
def stop(
    state: StateOption = None,
    keep_calls: Annotated[
        bool,
        typer.Option("--keep-calls", help="Leave the lines up with their calls; the next `gateway run` takes over."),
    ] = False,
) -> None:
    """End the running gateway in good order."""
    _ask(state, {"request": "stop", "keep_calls": keep_calls})
    typer.echo("stopping")


@app.command()
def doctor(site: SiteArgument = None) -> None:
    """Say what this machine offers: pjsua2 build, legs, codecs, TLS, speech, broker, ports. Exit status 0 or 1."""
    from gateway.doctor import examine, render

    findings = examine(site_folder(site))
    typer.echo(render(findings), nl=False)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(1)


@app.command()
def demo(
    scene: Annotated[list[str] | None, typer.Option(help="Only these scenes.")] = None,
) -> None:
    """Start a gateway on loopback, place real calls through it and judge what the far ends heard."""
    from gateway.demo.run import run_demo

    raise typer.Exit(run_demo(scenes=scene or None))


@app.command("simulate")
def simulate_call(  # noqa: PLR0917 - Typer names the options after them
    target: Annotated[str, typer.Argument(metavar="FLOW|NUMBER", help="The flow, or the number that is called.")],
    site: Annotated[Path | None, typer.Option("--site", help="The site's folder.", envvar="GATEWAY_SITE")] = None,
    caller: Annotated[str, typer.Option("--from", help="Who calls; left out: a withheld number.")] = "",
    at: Annotated[str, typer.Option("--at", help='When, such as "2026-11-23 09:05"; left out: now.')] = "",
    keys: Annotated[
        str | None, typer.Option("--keys", help='Such as "1, wait 3s, 123#"; left out: you are asked in the terminal.')
    ] = None,
    hang_up_after: Annotated[str, typer.Option("--hang-up-after", help="The caller's patience, such as 40s.")] = "",
    agent_hangs_up: Annotated[
        bool, typer.Option("--agent-hangs-up", help="After a talk the agent hangs up first, not the caller.")
    ] = False,
    agent: Annotated[list[str] | None, typer.Option("--agent", help="Such as anna=busy; repeatable.")] = None,
    manager: Annotated[str, typer.Option("--manager", help="The same for the client's manager.")] = "",
    service: Annotated[
        list[str] | None,
        typer.Option("--service", help='What a service answers: "orders=status: sent, days: 2", orders=failed.'),
    ] = None,
    remembered: Annotated[
        list[str] | None,
        typer.Option("--remembered", help="What the caller keyed on an earlier day: order=1234; repeatable."),
    ] = None,
    case: Annotated[
        list[str] | None,
        typer.Option("--case", help="A case of the caller from the day before: 10008, or 10008=closed; repeatable."),
    ] = None,
    last_spoke: Annotated[
        str, typer.Option("--last-spoke", help="Who spoke with this caller the day before, such as anna.")
    ] = "",
    surge: Annotated[bool, typer.Option("--surge", help="Many more people than usual are calling just now.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="pl or en: the language of the story.")] = "",
    state: StateOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The story as JSON.")] = False,
) -> None:
    """Try a flow without a telephone: what the caller hears, who is rung, and why."""
    from gateway.simulate import commands

    options = commands.Options(
        target=target,
        caller=caller,
        at=at,
        keys=keys,
        hang_up_after=hang_up_after,
        agent_hangs_up=agent_hangs_up,
        agents=tuple(agent or ()),
        manager=manager,
        services=tuple(service or ()),
        remembered=tuple(remembered or ()),
        cases=tuple(case or ()),
        last_spoke=last_spoke,
        surge=surge,
        lang=lang,
        as_json=as_json,
    )
    raise typer.Exit(commands.simulate(site_folder(site), options, state_folder(state) / "clips"))


@app.command("test")
def run_scripts(  # noqa: PLR0917 - Typer names the options after them
    site: SiteArgument = None,
    junit: Annotated[Path | None, typer.Option("--junit", help="Write the results as JUnit XML.")] = None,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Count how many mistakes in the flow the calls would notice.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Over real SIP and RTP, with the prompts recognised in the audio.")
    ] = False,
    flow: Annotated[list[str] | None, typer.Option("--flow", help="With --live: only this flow; repeatable.")] = None,
    call: Annotated[
        list[str] | None, typer.Option("--call", help="With --live: only calls with this in their name; repeatable.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", help="With --live: so many calls at once.")] = 4,
    at_most: Annotated[str, typer.Option("--at-most", help="With --live: skip calls that last longer.")] = "",
    keep: Annotated[
        Path | None, typer.Option("--keep", help="With --live: a folder for what callers of failed calls heard.")
    ] = None,
) -> None:
    """Run the scripted calls beside the flows (flows/NAME.calls.yaml). Exit status 0, 1 (a call failed) or 2."""
    if live:
        from gateway.live.commands import Options, run_live

        if mutate:
            raise SettingError("--mutate counts simulated calls: leave --live out")
        options = Options(
            flows=tuple(flow or ()), calls=tuple(call or ()), jobs=jobs, at_most=at_most, junit_file=junit, keep=keep
        )
        raise typer.Exit(run_live(site_folder(site), options))
    from gateway.simulate import commands

    raise typer.Exit(commands.run_scripts(site_folder(site), junit_file=junit, mutate=mutate))


app.add_typer(prompts, name="prompts")

cli_versions.register(app, site_folder, state_folder)
cli_services.register(app, site_folder)
cli_explain.register(app, site_folder, state_folder)
cli_graph.register(app, site_folder)
cli_load.register(app, site_folder)
cli_replay.register(app, site_folder, state_folder)


@app.callback(invoke_without_command=True)
def _version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"gateway {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command; an error of ours is shown as a sentence, not as a traceback."""
    try:
        app()
    except SiteError as error:
        from gateway.config.problems import render

        typer.echo(render(error.problems, colour=sys.stderr.isatty()), err=True)
        sys.exit(2)
    except SettingError as error:
        if problems := getattr(error, "problems", ""):
            typer.echo(problems, err=True)
        typer.echo(f"gateway: {error}", err=True)
        sys.exit(2)
    except GatewayError as error:
        typer.echo(f"gateway: {error}", err=True)
        sys.exit(1)
