"""`load_site`: a folder in, sound Settings out, or one SiteError with every mistake in every file.

gateway.yaml   site, sip, trunks, numbers, dial, agents, teams, new_clients, services, mqtt
clients.csv    who calls, and who answers for them
absences.csv   who is away when, if there is one
flows/*.yaml   the site's flows; a flow that is named and not there is looked for among the shipped ones
prompts/*.wav  recordings

`read_site` gives the bytes of all that was read beside them: they are what a version of the site is made of. Passwords
are not among them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import phonenumbers

from gateway.config.absences import read_absences
from gateway.config.agent_options import Codes, read_pause_reasons
from gateway.config.call_backs import read_call_backs
from gateway.config.checks import check_flows
from gateway.config.clients import read_clients
from gateway.config.costs import read_costs
from gateway.config.desk import read_boxes, read_keep
from gateway.config.dialling import Outside, read_outside
from gateway.config.drafts import read_draft, read_reload
from gateway.config.features import read_features
from gateway.config.fields import Section, kind, shown
from gateway.config.files import NO_SECRETS, SiteFiles, site_version
from gateway.config.flow_heads import gather
from gateway.config.flow_parts import Names
from gateway.config.flows import read_flow
from gateway.config.hours import holidays_for, read_hours, read_pin, read_timezone
from gateway.config.joining import Matter, joining_words, read_matters
from gateway.config.network import NAME, read_broker, read_sip, read_trunks
from gateway.config.order import Areas, check_areas, read_orders, skills_of
from gateway.config.owners import check_deputies, read_new_clients, read_teams_more
from gateway.config.people import Did, read_agents, read_numbers, read_teams
from gateway.config.problems import Place, Problems
from gateway.config.prompts import LONGEST_RECORDING_S, PromptReader
from gateway.config.quality import Quality, check_recorded
from gateway.config.services import read_services
from gateway.config.settings import WAITING_MUSIC, ClipSource, Settings
from gateway.config.source import Mapping, parse_yaml
from gateway.config.subflow_checks import check_calls
from gateway.config.voices import read_voices
from gateway.config.waiting import check_waits
from gateway.config.watch import read_watch
from gateway.core.flow.model import Collect, Flow
from gateway.core.site.features import Features
from gateway.core.site.site import AlarmRules, CaseRules, Site, Supervision
from gateway.errors import SiteError

if TYPE_CHECKING:
    from gateway.config.settings import BrokerSettings, Reload, Secret, SipSettings
    from gateway.core.flow.model import Prompt
    from gateway.core.line_config import Trunk
    from gateway.core.service_model import Service
    from gateway.core.site.call_backs import CallBacks
    from gateway.core.site.costs import CostRules
    from gateway.core.site.owners import OwnerRule
    from gateway.core.site.site import Agent, Client, Draft, Hours, Team

GATEWAY = "gateway.yaml"
CLIENTS = "clients.csv"
COUNTRY = "PL"


class _Gateway(msgspec.Struct, kw_only=True):
    """gateway.yaml as read. `agents` and `teams` are None when they could not be; their names are not judged then."""

    name: str = ""
    country: str = COUNTRY
    voices: dict[str, str] = msgspec.field(default_factory=dict)
    goodbye: Prompt | None = None
    trouble: Prompt | None = None
    dial_no_answer_s: float = 2.0
    features: Features = Features()
    timezone: str = "Europe/Warsaw"
    hours: dict[str, Hours] | None = msgspec.field(default_factory=dict)
    pin: str | None = ""
    numbers: list[Did] = msgspec.field(default_factory=list)
    agents: dict[str, Agent] | None = None
    teams: dict[str, Team] | None = None
    services: dict[str, Service] | None = None
    tokens: dict[str, Secret] = msgspec.field(default_factory=dict)
    sip: SipSettings | None = None
    trunks: tuple[Trunk, ...] = ()
    broker: BrokerSettings | None = None
    draft: Draft | None = None
    reload: Reload = "command"
    boxes: tuple[str, ...] | None = None
    keep_days: int = 0
    matters: dict[str, Matter] = msgspec.field(default_factory=dict)
    cases: CaseRules = CaseRules()
    alarms: AlarmRules = AlarmRules()
    supervision: Supervision = "off"
    pause_reasons: tuple[str, ...] = ()
    new_clients: tuple[OwnerRule, ...] = ()
    outside: Outside | None = None
    areas: Areas = msgspec.field(default_factory=list)
    call_backs: CallBacks | None = None
    costs: CostRules | None = None
    quality: Quality | None = None


class ReadSite(msgspec.Struct, frozen=True, kw_only=True):
    """A sound site, and the bytes that it was read from, by the name that people see (`shipped/x.yaml` for a flow
    that came with the program)."""

    settings: Settings
    contents: dict[str, bytes]


def load_site(folder: Path) -> Settings:
    """Read a site folder.

    Nothing is rendered and no network is asked; a flow of ten steps takes a few milliseconds.
    Raises SiteError with all problems, in the order of the files.
    """
    return read_site(folder).settings


def read_site(folder: Path, *, secrets: Path | None = None, shipped_flows: Path | None = None) -> ReadSite:
    """Like `load_site`, with the bytes that were read.

    `secrets`: the folder in which passwords and certificates lie, if it is another one; NO_SECRETS: they are not
    looked for and not judged. `shipped_flows`: a folder to take in place of the flows that come with the program.
    Raises SiteError with all problems, in the order of the files.
    """
    problems = Problems()
    folder = Path(folder)
    if not folder.is_dir():
        problems.add(Place(str(folder)), "there is no such folder", expected=f"a folder with {GATEWAY}")
        raise SiteError(problems.sorted())
    files = SiteFiles(folder, problems, secrets=secrets, shipped_flows=shipped_flows)
    gateway, prompts = _gateway(files, problems)
    flows = _flows(files, problems, gateway, prompts)
    clients = _clients(files, problems, gateway)
    _keyable(flows, clients, problems)
    people = gateway.agents or {}, gateway.teams or {}
    dials = gateway.call_backs is not None
    words = joining_words(*people, flows, gateway.matters, prompts, problems, whispers=dials)
    if problems or gateway.sip is None:
        raise SiteError(problems.sorted())
    site = Site(
        name=gateway.name,
        version=site_version(files.contents),
        country=gateway.country,
        numbers={did.number: did.flow for did in gateway.numbers},
        flows=flows,
        agents=gateway.agents or {},
        teams=gateway.teams or {},
        clients=clients,
        voices=gateway.voices,
        recorded=prompts.recorded,
        features=gateway.features,
        goodbye=gateway.goodbye,
        trouble=gateway.trouble,
        dial_no_answer_s=gateway.dial_no_answer_s,
        services=gateway.services or {},
        draft=gateway.draft,
        joining=words,
        call_backs=gateway.call_backs,
        pause_reasons=gateway.pause_reasons,
        new_clients=gateway.new_clients,
        cases=gateway.cases,
        alarms=gateway.alarms,
        supervision=gateway.supervision,
        costs=gateway.costs,
        quality=gateway.quality.rules if gateway.quality is not None else None,
        timezone=gateway.timezone,
        pin=gateway.pin or "",
        hours=gateway.hours or {},
        holidays=holidays_for(gateway.country, gateway.hours or {}, flows),
    )
    prompts.add_values(site)  # fills `recorded` of the site, too
    music = ClipSource(key=WAITING_MUSIC)
    settings = Settings(
        folder=str(folder.absolute()),
        site=site,
        sip=gateway.sip,
        broker=gateway.broker,
        trunks=gateway.trunks,
        tokens=gateway.tokens,
        clips=(*prompts.clips(), music),
        spare_recordings=prompts.spare(),
        reload=gateway.reload,
        keep_recordings_days=gateway.keep_days,
    )
    return ReadSite(settings=settings, contents=files.contents)


def _gateway(files: SiteFiles, problems: Problems) -> tuple[_Gateway, PromptReader]:
    there = files.meant(GATEWAY)
    text = files.text(
        files.folder / GATEWAY, GATEWAY, missing_hint=f"rename {shown(there)} to {GATEWAY}" if there else ""
    )
    node = parse_yaml(text, GATEWAY, problems) if text is not None else None
    if node is not None and not isinstance(node, Mapping):
        problems.add(node.place, f"{GATEWAY} is {kind(node)}", expected="site:, numbers:, agents:, teams: ...")
        node = None
    if node is None:
        return _Gateway(), PromptReader(problems, files, {})
    root = Section(node, problems, GATEWAY, Place(GATEWAY, 1, 1))
    made = _Gateway()
    prompts = _site(root, files, problems, made)
    made.sip = read_sip(root.mapping("sip"), problems)
    made.trunks = read_trunks(root.mapping("trunks"), files.secrets, problems, made.country)
    numbers = root.mapping("numbers", expected='the office\'s numbers, such as "+48221234567": reception', needed=True)
    made.numbers = read_numbers(numbers, problems, made.country)
    if numbers is not None and not numbers.items:
        problems.add(root.key_place("numbers"), "there is no number that could be called")
    agents = root.mapping("agents", expected="the people who answer, each with name: and phone:", needed=True)
    if agents is not None:
        made.agents = read_agents(
            agents,
            problems,
            trunks=[trunk.id for trunk in made.trunks],
            languages=made.voices,
            country=made.country,
            codes=Codes(files.secrets, made.name),
        )
        check_deputies(agents, problems, made.agents)
        made.agents = read_absences(files, problems, made.agents, made.timezone)
    teams = root.mapping("teams", expected="groups of agents, such as office: {agents: [anna, piotr]}", needed=True)
    if teams is not None:
        made.teams = read_teams(teams, problems, made.agents, prompts)
    hours = root.mapping("hours", expected="calendars, such as office: {mon-fri: 08:00-16:00}")
    made.hours = read_hours(hours, problems, made.country) if hours or not root.has("hours") else None
    services = root.mapping("services", expected="HTTP services, each with url: and answer:")
    made.services, made.tokens = read_services(services, files.secrets, problems, made.voices)
    made.broker = read_broker(root.mapping("mqtt"), files.secrets, problems)
    made.draft = read_draft(
        root.mapping("draft"), problems, numbers=made.numbers, agents=made.agents, country=made.country
    )
    made.reload = read_reload(root, problems)
    taken = (*made.teams, *made.agents) if made.teams is not None and made.agents is not None else None
    made.pause_reasons = read_pause_reasons(root, problems)
    made.boxes = read_boxes(root, problems, taken)
    made.keep_days = read_keep(root, problems)
    made.matters = read_matters(root, problems, made.voices)
    made.outside = read_outside(root, problems, made)
    made.teams = read_teams_more(teams, problems, made)
    made.areas = read_orders(teams, problems, made)
    made.new_clients = read_new_clients(root, problems, made)
    made.call_backs = read_call_backs(root, problems, made, prompts)
    read_watch(root, problems, made)
    made.costs = read_costs(root, problems, made)
    made.features = read_features(root, problems, made, prompts)
    root.done()
    return made, prompts


def _site(root: Section, files: SiteFiles, problems: Problems, made: _Gateway) -> PromptReader:
    """`site:`, the name, the country and the languages; gives the reader of prompts, which needs the languages."""
    node = root.mapping("site", expected="name:, country: and languages:", needed=True)
    if node is None:
        return PromptReader(problems, files, {})
    section = Section(node, problems, "'site'", root.key_place("site"))
    made.name = section.text("name", expected="a short name of this office, such as kowalski", needed=True)
    if made.name and not NAME.fullmatch(made.name):
        problems.add(
            node.items["name"][1].place,
            f"'{shown(made.name)}' cannot be a name",
            expected="letters, digits, - and _",
        )
    country = section.text("country", COUNTRY, expected="two letters, such as PL").upper()
    if country in phonenumbers.SUPPORTED_REGIONS:
        made.country = country
    else:
        problems.add(
            node.items["country"][1].place, f"'{shown(country)}' is no country", expected="two letters, such as PL"
        )
    made.pin = read_pin(section, files.secrets, made.name)
    made.timezone = read_timezone(section, problems, made.country, hours=root.has("hours"))
    made.voices = read_voices(section, problems, files)
    longest_s = section.seconds("longest_recording", LONGEST_RECORDING_S, low=1.0, high=3600.0)
    prompts = PromptReader(problems, files, made.voices, made.country, longest_s)
    for key in ("goodbye", "trouble"):
        said = section.get(key, expected="a text for each language")
        if said is not None and made.voices:
            setattr(made, key, prompts.prompt(said, tuple(made.voices), None))
    made.dial_no_answer_s = section.seconds("dial_no_answer", 2.0, low=0.5, high=30.0)
    section.done()
    return prompts


def _flows(files: SiteFiles, problems: Problems, gateway: _Gateway, prompts: PromptReader) -> dict[str, Flow]:
    """The site's own flows, and those shipped ones that a number or a flow names."""
    own = _own_flows(files, problems)
    heads = gather(files, problems, own, [did.flow for did in gateway.numbers], gateway.voices)
    known = heads.variables(gateway.services or {})
    names = Names(
        services=gateway.services,
        teams=tuple(gateway.teams) if gateway.teams is not None else None,
        agents=tuple(gateway.agents) if gateway.agents is not None else None,
        flows=heads.names,
        faces=heads.faces,
        calendars=tuple(gateway.hours) if gateway.hours is not None else None,
        boxes=gateway.boxes,
        country=gateway.country,
        pin=bool(gateway.pin) if gateway.pin is not None else None,
        agent_pins=_has_pins(files, gateway),
        remembered=heads.remembered,
        pause_reasons=gateway.pause_reasons,
        supervision=gateway.supervision,
        skills=skills_of(gateway.agents),
        trunks=tuple(trunk.id for trunk in gateway.trunks),
        outside=gateway.outside,
    )
    flows = {}
    for name, head in heads.flows.items():
        flow = read_flow(head, known[name], names, prompts, gateway.goodbye)
        if flow:
            flows[name] = flow
    for did in gateway.numbers:
        if did.flow not in heads.names:
            problems.add(
                did.place,
                f"there is no flow '{shown(did.flow)}'",
                expected="a file in flows/ or a shipped flow",
                wrong=did.flow,
                among=heads.names,
            )
    elsewhere = {name for service in (gateway.services or {}).values() for name in service.asks}
    check_calls(heads, flows, gateway.numbers, elsewhere, problems)
    teams = gateway.teams or {}
    check_waits(flows, teams, problems)
    if len(flows) == len(heads.flows):  # else one that could not be read may set them
        check_areas(gateway.areas, flows, problems)
        check_recorded(gateway.quality, flows, problems)
    check_flows(flows, [did.flow for did in gateway.numbers], problems.files(), problems, teams=teams.values())
    return flows


def _has_pins(files: SiteFiles, gateway: _Gateway) -> bool | None:
    """Whether any agent has a PIN; None: nobody knows."""
    if gateway.agents is None or files.secrets == NO_SECRETS:
        return None
    return any(agent.pin for agent in gateway.agents.values())


def _own_flows(files: SiteFiles, problems: Problems) -> dict[str, Path]:
    folder = files.folder / "flows"
    found: dict[str, Path] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~"):
            continue  # an editor's own files
        if path.name.endswith(".calls.yaml"):
            files.read(path, f"flows/{path.name}")  # scripted calls are no flows, but part of the version
            continue
        if path.suffix == ".yaml":
            found[path.stem] = path
        elif path.name.lower().endswith((".yml", ".yaml", ".yaml.txt", ".yml.txt")):
            problems.add(Place(f"flows/{shown(path.name)}"), "a flow's file ends in .yaml", hint="rename it")
    return found


def _clients(files: SiteFiles, problems: Problems, gateway: _Gateway) -> dict[str, Client]:
    there = files.meant(CLIENTS)
    hint = (
        f"there is {shown(there)}: save it as CSV, under the name {CLIENTS}"
        if there
        else "with no clients yet, make it with its first line alone: number,client,name,manager,team"
    )
    data = files.read(files.folder / CLIENTS, CLIENTS, missing_hint=hint)
    if data is None:
        return {}
    return read_clients(
        data,
        CLIENTS,
        problems,
        agents=gateway.agents,
        teams=gateway.teams,
        languages=gateway.voices,
        country=gateway.country,
    )


def _keyable(flows: dict[str, Flow], clients: dict[str, Client], problems: Problems) -> None:
    """A client number that is longer or shorter than what a flow lets the caller key can never be found."""
    for flow in flows.values():
        for step in flow.steps.values():
            if not isinstance(step, Collect) or not step.find:
                continue
            unfit = [c.id for c in clients.values() if not step.digits_min <= len(c.id) <= step.digits_max]
            if unfit:
                file, line, column = step.place.rsplit(":", 2)
                problems.add(
                    Place(file, int(line), int(column)),
                    f"client {unfit[0]} has {len(unfit[0])} digits and cannot be keyed here"
                    + (f" (and {len(unfit) - 1} more)" if len(unfit) > 1 else ""),
                    hint=f"{CLIENTS} and `digits:` must agree",
                )
