"""An office of the factory that is open on weekdays from 8 to 16, and what happens in it to its alarms."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from gateway.core.events import AgentCommanded
from gateway.core.facts.watch import AlarmCleared, AlarmRaised
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.site.site import AlarmRules, Hours, Site
from tests.core.factory import STRANGER, Rig, command, flow, prompt, site

WARSAW = ZoneInfo("Europe/Warsaw")
HOUR = 3600.0
OFFICE = Hours(id="office", week=(((8 * 60, 16 * 60),),) * 5 + ((), ()))
MONDAY_9 = datetime(2026, 11, 16, 9, tzinfo=WARSAW).timestamp()
QUARTER = 900.0


def place(**changes: object) -> Site:
    steps = (
        Queue(name="human", to="by_client", team="office", gave_up="sorry"),
        HangUpStep(name="sorry", prompt=prompt("Później.")),
    )
    base = site(
        flows={"reception": flow(*steps)},
        hours={"office": OFFICE},
        alarms=AlarmRules(calendar="office"),
    )
    return replace(base, **changes)


def rig(of: Site | None = None, at: float = MONDAY_9) -> Rig:
    r = Rig(of or place(), up=False)
    r.now = at
    r.line_up("A")
    return r


def raised(r: Rig, alarm: str) -> list[AlarmRaised]:
    return [fact for fact in r.of(AlarmRaised) if fact.alarm == alarm]


def cleared(r: Rig, alarm: str) -> list[AlarmCleared]:
    return [fact for fact in r.of(AlarmCleared) if fact.alarm == alarm]


def everybody(r: Rig, what: str, of: str = "office") -> None:
    for agent in r.board._ex.site.teams[of].agents:
        command(r, agent, what)


def waiting(r: Rig, caller: str = STRANGER) -> str:
    call = r.call(caller)
    assert r.where(call) == "queued"
    return call


def busy(r: Rig) -> None:
    for agent in r.board._ex.site.agents:
        r.tell(AgentCommanded(agent=agent, command="pause"))


def abandon_late(r: Rig, times: int) -> None:
    """So many contacts at once are lost: they wait for longer than T and hang up."""
    calls = [waiting(r) for _ in range(times)]
    r.pass_time(21)
    for call in calls:
        r.hang_up(call)


def answer(r: Rig) -> None:
    """One contact answered at once."""
    call = r.call(STRANGER)
    leg = r.dialled("jan").leg
    r.pick_up(leg)
    assert r.where(call) == "bridged"
    r.hang_up(call)
    r.end(leg)
