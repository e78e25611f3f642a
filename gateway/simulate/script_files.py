"""Finds and reads the files of scripted calls of a site, and which number reaches a flow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from gateway.config.fields import shown
from gateway.config.files import SiteFiles
from gateway.config.problems import Place, Problems
from gateway.core.agents.codes import digest_of
from gateway.core.agents.pins import digest
from gateway.errors import SiteError
from gateway.simulate.script_read import ScriptReader
from gateway.simulate.zone import zone_of

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.core.site.site import Site
    from gateway.simulate.script import ScriptFile

SUFFIX = ".calls.yaml"
TEST_PIN = "1234"
"""What callers of scripts and simulations key where the site's PIN is asked for."""
NUMBER = "flow:"
"""Begins the made-up number of a flow that no number leads to."""


def reachable(site: Site, flow: str) -> tuple[Site, str]:
    """The first number that leads to a flow; where there is none, the site with a made-up number for it."""
    number = next((number for number, leads_to in site.numbers.items() if leads_to == flow), "")
    if number:
        return site, number
    return replace(site, numbers={**site.numbers, NUMBER + flow: flow}), NUMBER + flow


def testable(site: Site) -> Site:
    """The site with a number for every flow."""
    for flow in site.flows:
        site, _ = reachable(site, flow)
    return with_test_pin(site)


def with_test_pin(site: Site) -> Site:
    """The site with TEST_PIN for its PIN and those of its agents: the true ones belong into no script and on no
    screen."""
    agents = {
        name: replace(agent, pin=digest_of(TEST_PIN, name, site.name)) if agent.pin else agent
        for name, agent in site.agents.items()
    }
    return replace(site, agents=agents, pin=digest(TEST_PIN, site.name) if site.pin else "")


def load_scripts(folder: Path, site: Site) -> tuple[ScriptFile, ...]:
    """All scripted calls of a site folder; `site` is `testable`. Raises SiteError with every mistake in every file."""
    problems = Problems()
    files = SiteFiles(folder, problems)
    clock = zone_of(site)
    found: list[ScriptFile] = []
    flows = folder / "flows"
    for path in sorted(flows.iterdir()) if flows.is_dir() else ():
        file = f"flows/{shown(path.name)}"
        if path.name.startswith(".") or ".calls." not in path.name or path.name.endswith("~"):
            continue
        flow = path.name.removesuffix(SUFFIX)
        if not path.name.endswith(SUFFIX):
            problems.add(Place(file), f"a file of scripted calls ends in {SUFFIX}", hint="rename it")
        elif flow not in site.flows:
            problems.add(
                Place(file),
                f"there is no flow '{shown(flow)}' to call",
                expected="the flow's name and " + SUFFIX,
                wrong=flow,
                among=site.flows,
            )
        else:
            text = files.text(path, file)
            reader = ScriptReader(site, flow, reachable(site, flow)[1], clock, problems)
            read = reader.read(text, file) if text is not None else None
            if read is not None:
                found.append(read)
    if problems:
        raise SiteError(problems.sorted())
    return tuple(found)
