"""What the commands `gateway simulate` and `gateway test` do. `gateway/cli/main.py` reads their options and calls
these."""

from __future__ import annotations

import json
import sys
import time
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import msgspec

from gateway.config import values
from gateway.config.load import load_site
from gateway.config.problems import Problem, nearest
from gateway.core.numbers import is_dialable
from gateway.core.site.directory import Directory, e164
from gateway.errors import SettingError, SiteError
from gateway.shipped import flow_files
from gateway.simulate import phones, report, zone
from gateway.simulate.deeds import Deed, DeedsError, parse_deeds
from gateway.simulate.earlier import parse_cases, parse_remembered
from gateway.simulate.edge_places import EdgePlaces
from gateway.simulate.interactive import asker
from gateway.simulate.junit import junit
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import Moment, Narrator
from gateway.simulate.office import Office
from gateway.simulate.plan import PATIENCE_S, Plan
from gateway.simulate.replies import parse_replies
from gateway.simulate.script_files import load_scripts, reachable, testable, with_test_pin
from gateway.simulate.script_read import EVERYONE, WITHHELD
from gateway.simulate.suite import run_file
from gateway.simulate.words import language_of

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

    from gateway.config.settings import Settings
    from gateway.core.site.site import Site
    from gateway.simulate.phones import Habit
    from gateway.simulate.plan import Happening


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `gateway simulate`, as typed. `keys` None: not given."""

    target: str
    caller: str = ""
    at: str = ""
    keys: str | None = None
    hang_up_after: str = ""
    agent_hangs_up: bool = False
    agents: tuple[str, ...] = ()
    manager: str = ""
    services: tuple[str, ...] = ()
    remembered: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    last_spoke: str = ""
    surge: bool = False
    lang: str = ""
    as_json: bool = False


def simulate(folder: Path, options: Options, clips: Path | None = None) -> int:
    """Simulate one call and print its story. `clips`: the prompt store, for the true lengths of prompts. Exit status.
    Raises SettingError and SiteError for what cannot be simulated."""
    settings = load_site(folder)
    site, called = target(with_test_pin(settings.site), options.target)
    clock = zone.zone_of(site)
    plan = _plan(site, called, options, at=_at(options.at, clock))
    flow = site.flows.get(site.numbers.get(called, ""))
    if options.lang not in {"", "pl", "en"}:
        raise SettingError(f"--lang: the story is told in pl or en, not in '{options.lang}'")
    language = language_of(options.lang or (flow.language if flow is not None else "en"))
    narrator = Narrator(site, language, started_at=plan.at)
    moments: list[Moment] = []

    def watch(at: float, happened: Happening) -> None:
        moment = narrator.tell(at, happened)
        if moment is not None:
            moments.append(moment)
            if not options.as_json:
                print(narrator.line(moment), flush=True)  # noqa: T201 - this command's output

    interactive = options.keys is None and not options.as_json and sys.stdin.isatty()
    ask = asker(language, input, lambda text: print(text, file=sys.stderr)) if interactive else None  # noqa: T201
    if not options.as_json:
        print(f"{zone.wall_clock(plan.at, clock)} ({clock})")  # noqa: T201
    run = Office(site, plan, lengths=Lengths(settings.clips, clips), watch=watch, ask=ask).run()
    if options.as_json:
        told = {
            "at": zone.wall_clock(plan.at, clock),
            "zone": str(clock),
            "moments": moments,
            "path": run.path,
            "record": run.record,
            "unused_keys": run.unused,
        }
        print(json.dumps(msgspec.to_builtins(told), ensure_ascii=False, indent=2))  # noqa: T201
    return 0


def run_scripts(folder: Path, *, junit_file: Path | None = None, mutate: bool = False) -> int:
    """Run a site's scripted calls and print what came of them. Exit status 0, or 1 when a call failed. Raises
    SiteError for wrong files, SettingError when there is nothing to run or the JUnit file cannot be written."""
    settings = load_site(folder)
    site = testable(settings.site)
    files = load_scripts(folder, site)
    if not files:
        raise SettingError(f"there are no scripted calls in {folder / 'flows'}: write NAME.calls.yaml beside a flow")
    lengths = Lengths(settings.clips)  # estimated, so that the calls are the same on every machine
    scripted = {file.flow for file in files}
    reports = [run_file(site, file, lengths=lengths, mutate=mutate, scripted=scripted) for file in files]
    flows = dict.fromkeys(flow for each in reports for flow in each.coverage.flows)
    places = {flow: _places(folder, settings, flow) for flow in flows}
    print(report.render(site, reports, places), end="")  # noqa: T201
    if junit_file is not None:
        try:
            junit_file.write_bytes(junit(reports))
        except OSError as error:
            raise SettingError(f"{junit_file} cannot be written: {error.strerror}") from error
    return 0 if all(each.good for each in reports) else 1


def target(site: Site, text: str) -> tuple[Site, str]:
    """(site, number to dial) of a flow's name or a number. Raises SettingError when it is neither."""
    if text in site.flows:
        return reachable(site, text)
    found = Directory(site).dialled(text.replace(" ", ""))
    if found is not None:
        return site, found[0]
    names = (*site.flows, *site.numbers)
    near = nearest(text, names)
    raise SettingError(
        f"'{text}' is neither a flow nor a number of this site"
        + (f"; did you mean {near}?" if near else f": it has {', '.join(names)}")
    )


def _plan(site: Site, called: str, options: Options, *, at: float) -> Plan:
    caller = _caller(site, options.caller)
    habits, everyone = _habits(site, caller, options)
    return Plan(
        called=called,
        caller=caller,
        at=at,
        deeds=_deeds(options.keys or ""),
        habits=habits,
        everyone=everyone,
        hang_up_after_s=_length("--hang-up-after", options.hang_up_after, PATIENCE_S),
        agent_hangs_up=options.agent_hangs_up,
        services=parse_replies(options.services, site.services),
        remembered=parse_remembered(options.remembered, site),
        cases=parse_cases(options.cases),
        last_spoke=_last_spoke(site, options.last_spoke, caller),
        surge=options.surge,
    )


def _caller(site: Site, text: str) -> str:
    if not text or text == WITHHELD:
        return ""
    number = e164(text, site.country)
    if not is_dialable(number):
        raise SettingError(f"--from: '{text}' is no telephone number; write it like +48 22 000 02 01, or {WITHHELD}")
    return number


def _last_spoke(site: Site, agent: str, caller: str) -> str:
    if agent and agent not in site.agents:
        near = nearest(agent, tuple(site.agents))
        known = f"did you mean {near}?" if near else ", ".join(site.agents)
        raise SettingError(f"--last-spoke: there is no agent '{agent}'; {known}")
    if agent and not caller:
        raise SettingError("--last-spoke: the caller's number is withheld, so nobody can know; give --from as well")
    return agent


def _at(text: str, clock: tzinfo) -> float:
    if not text:
        return float(int(time.time()))
    try:
        return zone.moment(text, clock)
    except zone.MomentError as error:
        raise SettingError(f"--at: {error}; expected is {zone.EXPECTED}") from None


def _deeds(text: str) -> tuple[Deed, ...]:
    try:
        return parse_deeds(text)
    except DeedsError as error:
        wrong = Problem(
            file="--keys", line=1, column=error.at + 1, width=error.width, message=str(error), expected=error.expected,
            source=text,
        )  # fmt: skip
        raise SiteError((wrong,)) from None


def _length(option: str, text: str, default: float) -> float:
    if not text:
        return default
    seconds = values.seconds(text)
    if seconds is None or not 0 < seconds <= 6 * 3600:
        raise SettingError(f"{option}: '{text}' cannot be read; expected is {values.LENGTH}, at most 6 h")
    return seconds


def _habits(site: Site, caller: str, options: Options) -> tuple[dict[str, Habit], Habit]:
    texts: dict[str, tuple[str, str]] = {}
    if options.manager:
        client = Directory(site).by_number(caller)
        if client is None:
            raise SettingError("--manager: --from is no known client's number; name the agent with --agent anna=busy")
        texts[client.manager] = ("--manager", options.manager)
    for given in options.agents:
        agent, _, text = given.partition("=")
        known = (*phones.rung(site), EVERYONE)
        if agent not in known:
            near = nearest(agent, known)
            raise SettingError(
                f"--agent: there is no agent '{agent}'; " + (f"did you mean {near}?" if near else ", ".join(known))
            )
        texts[agent] = ("--agent", text)
    habits: dict[str, Habit] = {}
    for agent, (option, text) in texts.items():
        try:
            habits[agent] = phones.parse_habit([word.strip() for word in text.split(",")])
        except phones.PhonesError as error:
            raise SettingError(f"{option}: {error}; expected is one of: {error.expected}") from None
    everyone = habits.pop(EVERYONE, phones.Habit())
    return habits, everyone


def _places(folder: Path, settings: Settings, flow: str) -> EdgePlaces:
    """Of the flow's file, which has just been read without a problem."""
    file = settings.site.flows[flow].file
    name = PurePosixPath(file)
    path = folder / file if name.parts[0] == "flows" else flow_files()[name.stem]
    return EdgePlaces(settings.site.flows[flow], path.read_text("utf-8-sig"), file)
