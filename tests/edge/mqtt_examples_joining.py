"""Made-up facts of the moments before a talk and of known answers, and a screen-pop, for docs/mqtt.md."""

from __future__ import annotations

from gateway.core.actions import ScreenPop
from gateway.core.facts.all import AnyFact
from gateway.core.facts.joining import (
    AcceptanceAsked,
    AcceptanceEnded,
    AnswerKnown,
    AnswerRemembered,
    JoiningBegan,
    MatterRecognised,
)
from gateway.edge.mqtt_messages import PopMessage, Topics, encode

T = 1_795_420_800.0
CALL = "line1-6f1c2a-41"
LEG = f"{CALL}.1"


def before_the_talk() -> list[AnyFact]:
    """One of each kind, all of one call."""
    agent = {"call": CALL, "agent": "anna", "leg": LEG}
    return [
        AnswerKnown(
            at=T + 171, call=CALL, flow="reception_pl", step="which", name="order", value="1234", how="confirmed",
            source="memory", age_s=172_800.0,
        ),
        MatterRecognised(
            at=T + 170, call=CALL, flow="faq_pl", step="topic", key="1", name="order_number", value="4711",
            source="memory", age_s=172_800.0,
        ),
        AnswerRemembered(at=T + 171, call=CALL, caller="+48601000101", client="1001", name="order", value="1234"),
        AcceptanceAsked(at=T + 180, **agent, within_s=10.0),
        AcceptanceEnded(at=T + 184, **agent, how="accepted", took_s=4.0),
        JoiningBegan(at=T + 184, **agent, whisper=("client", "matter"), named=True),
    ]  # fmt: skip


def popped(topics: Topics) -> tuple[str, str]:
    """(topic, payload) of the screen-pop of that call."""
    action = ScreenPop(
        leg=LEG, agent="anna", call=CALL, team="care", number="+48601000101", client="1001",
        client_name="Kwiaciarnia Pod Lipą", matter="invoices", wait_s=3.0, keyed={"order": "1234"},
    )  # fmt: skip
    return topics.pop("anna"), encode(PopMessage.of(action, site="demo", at=T + 176)).decode()
