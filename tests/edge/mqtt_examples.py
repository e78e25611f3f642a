"""The messages that docs/mqtt.md shows, made by the gateway's own code from made-up facts.

python -m tests.edge.mqtt_examples          puts the present ones into the page
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from gateway.core.events import HoursCommanded
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import (
    AgentDeclined,
    AgentOffered,
    CallBridged,
    CallEnded,
    CallHeld,
    CallRecord,
    CallResumed,
    CallStarted,
    CallTurnedAway,
    ClientIdentified,
    InputTaken,
    LegMeasured,
    MessagePublished,
    QueueEntered,
    QueueLeft,
    StageEntered,
    StepEntered,
    TalkEnded,
    VariantChosen,
    WrapUpEnded,
)
from gateway.core.facts.flow import RingEnded, RoundCounted, SubflowReturned
from gateway.core.facts.hours import HolidayChecked, HoursChecked, HoursOverridden
from gateway.core.facts.lines import GatewayStarted, GatewayStopped, LineLost, LineStarted, TrunkReported
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.media import MediaStats
from gateway.core.facts.pins import PinLocked
from gateway.core.facts.site import DraftLoaded, SiteLoaded, SiteRefused
from gateway.core.hours.override import OverrideRequest, commanded
from gateway.core.site.site import Hours
from gateway.edge.desk_doors import CASES, TASKS, desk_doors
from gateway.edge.figures import Figures
from gateway.edge.mqtt_agents import AGENT, agents_door
from gateway.edge.mqtt_commands import Commands, hours_door
from gateway.edge.mqtt_messages import FactMessage, StatusMessage, Topics, encode
from gateway.edge.store import Journal
from tests.edge.broker import until
from tests.edge.calls_made_up import SITE
from tests.edge.mqtt_examples_agents import agents_told
from tests.edge.mqtt_examples_call_backs import dialled_back
from tests.edge.mqtt_examples_costs import COSTS, trunks_used
from tests.edge.mqtt_examples_desk import left_behind
from tests.edge.mqtt_examples_joining import before_the_talk, popped
from tests.edge.mqtt_examples_order import asked_for
from tests.edge.mqtt_examples_owners import owners_told
from tests.edge.mqtt_examples_quality import heard_again
from tests.edge.mqtt_examples_queue import waiting_told
from tests.edge.mqtt_examples_talk import handed_on
from tests.edge.mqtt_examples_usual import compared
from tests.edge.mqtt_examples_watch import watched

JOURNAL = "5b0c9f0e-6a55-4c1e-9d0c-3f2b8a7e4d11"
T = 1_795_420_800.0
CALL = "line1-6f1c2a-17"
LEG = "line1-6f1c2a-18"
WIDTH = 116
LEG_2 = "line1-6f1c2a-19"
TOPICS = Topics("gateway", "demo")


def one_call() -> list[AnyFact]:
    """A known client whose manager does not answer; somebody of the team does. Every kind of fact once or more."""
    media = MediaStats(
        codec="PCMA/8000", rx_packets=4310, rx_lost=2, rx_jitter_ms=1.4, tx_packets=4309, tx_lost=0, rtt_ms=18.5
    )
    record = CallRecord(
        call=CALL,
        line="line1",
        caller="+48601000101",
        called="+48220000100",
        flow="reception_pl",
        site_version="3f9a1c",
        client="1001",
        identified_by="caller_id",
        manager="anna",
        team="care",
        area="invoices",
        path=("welcome", "menu", "wait"),
        keys=(("menu", "2"),),
        started_at=T,
        queued_at=T + 9.2,
        bridged_at=T + 33.6,
        ended_at=T + 120.1,
        wait_s=24.4,
        offered=(("anna", "no_answer"), ("piotr", "answered")),
        answered_by="piotr",
        answered_stage="team",
        talk_s=86.5,
        hold_s=12.0,
        segments=(("piotr", 86.5, 12.0),),
        outcome="answered",
        ended_by="caller",
        end_code=200,
        codec="PCMA/8000",
        loss_pct=0.05,
        jitter_ms=1.4,
        rtt_ms=18.5,
        mos=4.37,
    )
    return [
        GatewayStarted(at=T - 60, site="demo", site_version="3f9a1c", version="0.1.0"),
        LineStarted(at=T - 59, line="line1", boot="6f1c2a", legs_max=4, callers_max=2),
        TrunkReported(at=T - 58, line="line1", trunk="provider", up=True, code=200, reason="OK"),
        AgentChanged(at=T - 57, agent="anna", state="idle"),
        CallStarted(
            at=T,
            call=CALL,
            line="line1",
            caller="+48601000101",
            caller_name="ACME",
            called="+48220000100",
            flow="reception_pl",
            site_version="3f9a1c",
            sip_call_id="a84b4c76e66710",
        ),
        ClientIdentified(at=T, call=CALL, client="1001", how="caller_id", manager="anna", team="care"),
        StepEntered(at=T + 0.1, call=CALL, flow="reception_pl", step="welcome", verb="say"),
        StepEntered(at=T + 4.0, call=CALL, flow="reception_pl", step="menu", verb="menu"),
        InputTaken(at=T + 9.1, call=CALL, step="menu", keys="2", outcome="match"),
        VariantChosen(at=T + 9.1, call=CALL, split="greeting", variant="short_welcome"),
        MessagePublished(at=T + 9.1, call=CALL, topic="matter_chosen", values={"client": "1001", "matter": "invoices"}),
        RoundCounted(at=T + 9.1, call=CALL, step="rounds", round=1, of=3),
        SubflowReturned(at=T + 9.1, call=CALL, flow="ask_number", outcome="done", to="reception_pl"),
        LookupAnswered(
            at=T + 9.1,
            call=CALL,
            step="order_status",
            service="orders",
            outcome="failed",
            reason="timed_out",
            took_ms=1900,
        ),
        RingEnded(
            at=T + 9.2,
            call=CALL,
            step="call_jan",
            target="agent",
            to="jan",
            outcome="busy",
            reason="paused",
            rang_s=0.0,
        ),
        QueueEntered(at=T + 9.2, call=CALL, team="care", manager="anna", area="invoices", position=1, ewt_s=12.2),
        StageEntered(at=T + 9.2, call=CALL, stage="manager", team="care", reason="manager_free"),
        AgentOffered(at=T + 9.2, call=CALL, agent="anna", leg=LEG, stage="manager", team="care", why="manager"),
        AgentDeclined(at=T + 29.2, call=CALL, agent="anna", leg=LEG, why="no_answer", code=487, rang_s=20.0),
        CallBridged(at=T + 33.6, call=CALL, agent="piotr", leg=LEG_2, stage="team", team="care", wait_s=24.4),
        QueueLeft(at=T + 33.6, call=CALL, team="care", outcome="answered", wait_s=24.4),
        CallHeld(at=T + 50.0, call=CALL, by="agent"),
        CallResumed(at=T + 62.0, call=CALL, by="agent", held_s=12.0),
        TalkEnded(at=T + 120.1, call=CALL, agent="piotr", talk_s=86.5, hold_s=12.0, by="caller"),
        LegMeasured(at=T + 120.1, call=CALL, leg=CALL, role="caller", media=media, mos=4.37),
        CallEnded(at=T + 120.1, call=CALL, record=record),
        WrapUpEnded(at=T + 130.1, agent="piotr", team="care", talk_s=86.5, hold_s=12.0, wrap_up_s=10.0),
        CallTurnedAway(at=T + 140.0, line="line1", caller="+48601000102", called="5599", code=404, reason="no flow"),
        LineLost(at=T + 150.0, line="line1", reason="killed by signal 9", calls_lost=0),
        HoursChecked(at=T, call=CALL, step="open?", calendar="office", open=True, reason="hours", day="2026-11-23"),
        HolidayChecked(
            at=T, call=CALL, step="holiday?", day="2026-12-25", holiday={"pl": "Boże Narodzenie", "en": "Christmas Day"}
        ),
        HoursOverridden(at=T + 155.0, calendar="office", to="closed", until=T + 7200.0, by="mqtt", who="Anna"),
        PinLocked(at=T + 156.0, call=CALL, step="close", lock="site", until=T + 3756.0),
        *owners_told(),
        *left_behind(),
        *handed_on(),
        *dialled_back(),
        *watched(),
        *waiting_told(),
        *asked_for(),
        *agents_told(),
        *before_the_talk(),
        *trunks_used(CALL),
        *compared(),
        *heard_again(),
        SiteLoaded(at=T + 157.0, version="8c20b7", before="3f9a1c", by="publish", who="ola", note="new menu"),
        SiteRefused(at=T + 158.0, by="reload", who="SIGHUP", count=1, places=("flows/reception_pl.yaml:12:7",)),
        DraftLoaded(at=T + 159.0, version="d41e06", called="+48220000100", who="ola"),
        GatewayStopped(at=T + 160.0, reason="asked to"),
    ]


def examples() -> list[tuple[str, str]]:
    """(topic, payload) of every kind of message, in the order of the page."""
    status = StatusMessage(
        state="online",
        reason="connected",
        site="demo",
        site_version="3f9a1c",
        version="0.1.0",
        journal=JOURNAL,
        at=T,
    )
    found = [(TOPICS.status, encode(status).decode()), popped(TOPICS)]
    with TemporaryDirectory() as folder, Journal(Path(folder) / "journal.db") as journal:
        journal.append(one_call())
        journal.flush()
        seen = set()
        for row in journal.read_from(0, 1000):
            if row.kind not in seen:
                seen.add(row.kind)
                message = FactMessage.of(row, site="demo", journal=JOURNAL)
                found.append((TOPICS.fact(row.kind), encode(message).decode()))
        figures = Figures(journal, replace(SITE, costs=COSTS))
        until(lambda: figures.ready, "the figures")
        at = T + 160.0
        message = figures.message("care", figures.now(at)["care"], at)
        found.append((TOPICS.figures("care"), encode(message).decode().replace(journal.id, JOURNAL)))
        people = ("agents", "team", "care")
        told = figures.published(at)[people].message
        found.append((TOPICS.below(people), encode(told).decode().replace(journal.id, JOURNAL)))
        topics = (
            ("cases", "office"),
            ("continuity", "office"),
            ("costs", "team", "care"),
            ("quality", "team", "care"),
            ("alarms",),
        )
        for words in topics:
            message = figures.published(at)[words].message
            found.append((TOPICS.below(words), encode(message).decode().replace(journal.id, JOURNAL)))
        figures.close()

    agents = Commands(TOPICS.base, {AGENT: agents_door(lambda _event: None)}, lambda: T)
    topic, payload = agents.topics[0].replace("+", "anna"), b'{"command":"pause","reason":"lunch"}'
    answer = agents.answer(topic, payload, retained=False)
    assert answer is not None
    assert answer.done
    found.append((topic, payload.decode()))
    commands = Commands(TOPICS.base, {"hours": hours_door(no_such_end)}, lambda: T)
    topic = commands.topics[0].replace("+", "office")
    found.append((topic, '{"to":"closed","until":"18:00","who":"Anna","id":"7"}'))
    answer = commands.answer(topic, b'{"to":"closed","until":"6pm","id":"8"}', retained=False)
    assert answer is not None
    found.append((commands.answers, encode(answer).decode()))
    desk = Commands(TOPICS.base, desk_doors((CASES, TASKS), lambda _event: ""), lambda: T)
    for topic, name, payload in zip(
        desk.topics,
        ("10008", "line1-6f1c2a-31.t1"),
        (b'{"deed":"closed","who":"Anna"}', b'{"deed":"done","who":"Anna"}'),
        strict=True,
    ):
        answer = desk.answer(topic.replace("+", name), payload, retained=False)
        assert answer is not None
        assert answer.done
        found.append((topic.replace("+", name), payload.decode()))
    return found


def no_such_end(name: str, request: OverrideRequest) -> HoursCommanded:
    """What the core says of the end in the example."""
    return commanded(replace(SITE, hours={"office": Hours(id="office", week=())}), name, request, by="mqtt", now=T)


BLOCK = re.compile(r"^`(gateway/demo/[^`\n]+)`([^\n]*)\n\n```json\n([^`]*)\n```$", re.MULTILINE)
PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "mqtt.md"


def shown(topic: str, payload: str) -> str:
    """As the page shows it: the record of a call with its envelope, other facts without; in lines that fit."""
    if "/fact/" in topic and not topic.endswith("/CallEnded"):
        payload = payload[payload.index('"fact":') + 7 : -1]
    lines = [""]
    for part in re.split(r'(?<=,)(?=")', payload):
        if len(lines[-1] + part) > WIDTH:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def main() -> None:
    """Put the present examples into the page."""
    made = {topic: shown(topic, payload) for topic, payload in examples()}
    page = BLOCK.sub(lambda m: f"`{m[1]}`{m[2]}\n\n```json\n{made[m[1]]}\n```", PAGE.read_text())
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
