"""What the tests of transfers share: a talk that can be transferred, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.core.actions import SendKeys, TellTransfer
from gateway.core.events import AgentCommanded, TransferRequested
from gateway.core.facts.calls import CallBridged, QueueEntered, QueueLeft, TalkEnded
from gateway.core.facts.talk import TransferDone, TransferFailed
from gateway.core.flow.model import Queue
from gateway.core.site.features import DEFAULT_CODES, Features
from tests.core.factory import KOWALSKI, STRANGER, Rig, flow, site
from tests.core.wired import Wired

if TYPE_CHECKING:
    from gateway.core.facts.calls import CallRecord

FEATURES = Features(
    codes=DEFAULT_CODES,
    extensions={"11": "jan", "12": "ewa", "13": "ola", "14": "piotr", "10": "anna", "20": "office", "30": "sales"},
    dial=("+48*",),
    trunk="provider",
)


def bridged(features: Features = FEATURES, *, legs_max: int = 64, **changes: object) -> tuple[Rig, str, str]:
    """Kowalski talks with Anna."""
    flows = {"reception": flow(Queue(name="human", to="by_client", team="office"))}
    rig = Wired(site(**{"flows": flows, "features": features, **changes}), legs_max=legs_max)
    call = rig.call(KOWALSKI)
    leg = rig.dialled("anna").leg
    rig.pick_up(leg)
    return rig, call, leg


def rung(rig: Rig, agent: str) -> str:
    """The leg that was dialled to the agent last; his phone rings."""
    leg = rig.dialled(agent).leg
    rig.ring(leg)
    return leg


def refer(rig: Rig, leg: str, target: str, replaces: str = "") -> None:
    rig.tell(TransferRequested(leg=leg, target=target, replaces=replaces))


def told(rig: Rig) -> list[int]:
    """What phones that asked by REFER were told."""
    return [action.code for action in rig.actions if isinstance(action, TellTransfer)]


def relayed(rig: Rig) -> list[tuple[str, str]]:
    return [(action.leg, action.keys) for action in rig.actions if isinstance(action, SendKeys)]


def done(rig: Rig) -> list[tuple[str, str, str]]:
    return [(fact.target, fact.to, fact.answered_by) for fact in rig.of(TransferDone)]


def failed(rig: Rig) -> list[tuple[str, str]]:
    return [(fact.reason, fact.then) for fact in rig.of(TransferFailed)]


def over(rig: Wired, call: str, *legs: str) -> CallRecord:
    """The caller hangs up and every leg reports its end: nobody is stuck, every offer has its end."""
    rig.hang_up(call)
    for leg in legs:
        rig.end(leg)
    rig.pass_time(60)
    assert rig.where(call) == ""
    assert {rig.state(agent) for agent in ("anna", "jan", "ewa", "ola", "piotr")} == {"idle"}
    assert len(rig.of(QueueEntered)) == len(rig.of(QueueLeft))
    record = rig.record(call)
    assert all(how for _, how in record.offered)
    assert len(rig.of(CallBridged)) == len(rig.of(TalkEnded)) == len(record.segments)
    return record


def bridged_with_ewa() -> tuple[Rig, str, str]:
    """A stranger talks with Ewa, who has after-call work; Jan is free."""
    rig = Wired(site(flows={"reception": flow(Queue(name="human", to="office"))}, features=FEATURES))
    rig.tell(AgentCommanded(agent="jan", command="pause"))
    call = rig.call(STRANGER)
    ewa = rig.dialled("ewa").leg
    rig.pick_up(ewa)
    rig.tell(AgentCommanded(agent="jan", command="unpause"))
    return rig, call, ewa
