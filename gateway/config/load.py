"""`load_site`: a folder in, sound Settings out, or one SiteError with every mistake in every file.

gateway.yaml   site, sip, trunks, numbers, agents, teams, mqtt
clients.csv    who calls, and who answers for them
flows/*.yaml   the site's flows; a flow that is named and not there is looked for among the shipped ones
prompts/*.wav  recordings
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import phonenumbers

from gateway import shipped
from gateway.config.clients import read_clients
from gateway.config.fields import Section, clean, kind, shown
from gateway.config.files import SiteFiles, site_version
from gateway.config.flow_parts import Names
from gateway.config.flows import FlowFile, read_flow, read_head
from gateway.config.network import NAME, read_broker, read_sip, read_trunks
from gateway.config.people import Did, read_agents, read_numbers, read_teams
from gateway.config.problems import Place, Problems
from gateway.config.prompts import PromptReader
from gateway.config.settings import WAITING_MUSIC, ClipSource, Settings
from gateway.config.source import Mapping, Scalar, parse_yaml
from gateway.config.variables import closed
from gateway.core.flow_model import Collect, Flow
from gateway.core.site import Site
from gateway.errors import SiteError

if TYPE_CHECKING:
    from gateway.config.settings import BrokerSettings, SipSettings
    from gateway.core.flow_model import Prompt
    from gateway.core.line_config import Trunk
    from gateway.core.site import Agent, Client, Team

GATEWAY = "gateway.yaml"
CLIENTS = "clients.csv"
COUNTRY = "PL"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})?")
_VOICE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_+./-]*")


class _Gateway(msgspec.Struct, kw_only=True):
    """gateway.yaml as read. `agents` and `teams` are None when they could not be; their names are not judged then."""

    name: str = ""
    country: str = COUNTRY
    voices: dict[str, str] = msgspec.field(default_factory=dict)
    goodbye: Prompt | None = None
    trouble: Prompt | None = None
    dial_no_answer_s: float = 2.0
    numbers: list[Did] = msgspec.field(default_factory=list)
    agents: dict[str, Agent] | None = None
    teams: dict[str, Team] | None = None
    sip: SipSettings | None = None
    trunks: tuple[Trunk, ...] = ()
    broker: BrokerSettings | None = None


def load_site(folder: Path) -> Settings:
    """Read a site folder.

    Nothing is rendered and no network is asked; a flow of ten steps takes a few milliseconds.
    Raises SiteError with all problems, in the order of the files.
    """
    problems = Problems()
    folder = Path(folder)
    if not folder.is_dir():
        problems.add(Place(str(folder)), "there is no such folder", expected=f"a folder with {GATEWAY}")
        raise SiteError(problems.sorted())
    files = SiteFiles(folder, problems)
    gateway, prompts = _gateway(files, problems)
    flows = _flows(files, problems, gateway, prompts)
    clients = _clients(files, problems, gateway)
    _keyable(flows, clients, problems)
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
        goodbye=gateway.goodbye,
        trouble=gateway.trouble,
        dial_no_answer_s=gateway.dial_no_answer_s,
    )
    prompts.add_values(site)
    music = ClipSource(key=WAITING_MUSIC)
    return Settings(
        folder=str(folder.absolute()),
        site=site,
        sip=gateway.sip,
        broker=gateway.broker,
        trunks=gateway.trunks,
        clips=(*prompts.sources.values(), music),
    )


def _gateway(files: SiteFiles, problems: Problems) -> tuple[_Gateway, PromptReader]:
    text = files.text(files.folder / GATEWAY, GATEWAY)
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
    made.trunks = read_trunks(root.mapping("trunks"), files.folder, problems, made.country)
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
        )
    teams = root.mapping("teams", expected="groups of agents, such as office: {agents: [anna, piotr]}", needed=True)
    if teams is not None:
        made.teams = read_teams(teams, problems, made.agents, prompts)
    made.broker = read_broker(root.mapping("mqtt"), files.folder, problems)
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
    made.voices = _voices(section, problems)
    prompts = PromptReader(problems, files, made.voices, made.country)
    for key in ("goodbye", "trouble"):
        said = section.get(key, expected="a text for each language")
        if said is not None and made.voices:
            setattr(made, key, prompts.prompt(said, tuple(made.voices), None))
    made.dial_no_answer_s = section.seconds("dial_no_answer", 2.0, low=0.5, high=30.0)
    section.done()
    return prompts


def _voices(section: Section, problems: Problems) -> dict[str, str]:
    """`languages: {pl: pl, en: en-gb}`, language and voice; or a list, when the voice is called like the language."""
    expected = "languages and their voices, such as {pl: pl, en: en-gb}"
    node = section.get("languages", expected=expected, needed=True)
    pairs: list[tuple[Scalar, Scalar]] = []
    if isinstance(node, Mapping):
        for name, value in node.items.values():
            if isinstance(value, Scalar):
                pairs.append((name, name if value.missing else value))
            else:
                problems.add(value.place, f"the voice is {kind(value)}", expected=expected)
    elif node is not None:
        pairs = [(item, item) for item in section.words("languages", expected=expected)]
    voices = {}
    for language, voice in pairs:
        if not _LANGUAGE.fullmatch(clean(language.value)):
            problems.add(language.place, f"'{shown(language.value)}' is no language", expected="such as pl or en")
        elif not _VOICE.fullmatch(clean(voice.value)):
            problems.add(voice.place, f"'{shown(voice.value)}' is no voice", expected="such as en-gb")
        else:
            voices[clean(language.value)] = clean(voice.value)
    if node is not None and not pairs and isinstance(node, Mapping) and not node.items:
        problems.add(node.place, "the site speaks no language", expected=expected)
    return voices


def _flows(files: SiteFiles, problems: Problems, gateway: _Gateway, prompts: PromptReader) -> dict[str, Flow]:
    """The site's own flows, and those shipped ones that a number or a flow names."""
    own, shipped_files = _own_flows(files, problems), shipped.flow_files()
    available = (*own, *(name for name in shipped_files if name not in own))
    heads: dict[str, FlowFile] = {}
    todo = [*own, *(did.flow for did in gateway.numbers)]
    done: set[str] = set()
    while todo:
        name = todo.pop(0)
        if name in done or name not in available:
            continue
        done.add(name)
        path, file = (own[name], f"flows/{own[name].name}") if name in own else (shipped_files[name], "")
        file = file or f"shipped/{path.name}"
        text = files.text(path, file)
        head = read_head(text, file, name, problems, gateway.voices) if text is not None else None
        if head:
            heads[name] = head
            todo.extend(sorted(head.leads_to))
    known = closed({n: h.variables for n, h in heads.items()}, {n: h.leads_to for n, h in heads.items()})
    names = Names(
        teams=tuple(gateway.teams) if gateway.teams is not None else None,
        agents=tuple(gateway.agents) if gateway.agents is not None else None,
        flows=available,
    )
    flows = {}
    for name, head in heads.items():
        flow = read_flow(head, known[name], names, prompts, gateway.goodbye)
        if flow:
            flows[name] = flow
    for did in gateway.numbers:
        if did.flow not in available:
            problems.add(
                did.place,
                f"there is no flow '{shown(did.flow)}'",
                expected="a file in flows/ or a shipped flow",
                wrong=did.flow,
                among=available,
            )
    return flows


def _own_flows(files: SiteFiles, problems: Problems) -> dict[str, Path]:
    folder = files.folder / "flows"
    found: dict[str, Path] = {}
    if not folder.is_dir():
        return found
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith((".calls.yaml", "~")):
            continue  # an editor's own files, and scripted calls, which are no flows
        if path.suffix == ".yaml":
            found[path.stem] = path
        elif path.suffix.lower() in {".yml", ".yaml"}:
            problems.add(Place(f"flows/{shown(path.name)}"), "a flow's file ends in .yaml", hint="rename it")
    return found


def _clients(files: SiteFiles, problems: Problems, gateway: _Gateway) -> dict[str, Client]:
    hint = "with no clients yet, make it with its first line alone: number,client,name,manager,team"
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
