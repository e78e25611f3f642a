"""The figures that the subscriber has against what the parties add up to: equal, different, and over midnight."""

from __future__ import annotations

import json
from types import SimpleNamespace

import pytest

from gateway.demo.figures import judge_figures, judge_sequence, last_figures
from gateway.demo.subscriber import MqttMessage

TOPIC = "gateway/example"
GOOD = {"start": 0.0, "offered": 3, "answered": 2, "abandoned": 1, "asa_s": 6.0, "abandon_rate": 1 / 3, "sl": 2 / 3}


def message(payload, topic=f"{TOPIC}/figures/office"):
    return MqttMessage(0.0, False, 1, topic, json.dumps(payload))


def told(outcome, wait_s):
    return SimpleNamespace(outcome_seen=outcome, wait_seen_s=wait_s, team="office")


class Inbox:
    def __init__(self, *messages):
        self._messages = list(messages)

    def messages(self):
        return self._messages

    def wait(self, wanted, timeout_s):
        return next((m for m in self._messages if wanted(m)), None)


ACTS = [told("answered", 5.5), told("answered", 6.5), told("abandoned", 6.0), told("", 0.0)]


def test_figures_that_agree():
    _, verdict = judge_figures(Inbox(message({"figures": GOOD})), TOPIC, ACTS)
    assert verdict.good


@pytest.mark.parametrize(
    "wrong",
    [{"offered": 4}, {"answered": 3}, {"abandoned": 0}, {"asa_s": 9.0}, {"asa_s": None}, {"sl": 1.0}, {"sl": None}],
)
def test_one_figure_that_differs(wrong):
    _, verdict = judge_figures(Inbox(message({"figures": GOOD | wrong})), TOPIC, ACTS)
    assert not verdict.good


def test_no_figures_at_all():
    assert not judge_figures(Inbox(), TOPIC, ACTS)[1].good


def test_only_the_last_message_of_a_day_counts():
    early = GOOD | {"offered": 1, "answered": 0, "abandoned": 0}
    found = last_figures([message({"figures": early}), message({"figures": GOOD})], TOPIC)
    assert found["office"]["offered"] == 3


def test_over_midnight_both_days_are_added():
    today = GOOD | {"start": 86400.0, "offered": 1, "answered": 1, "abandoned": 0, "sl": 1.0}
    messages = [message({"figures": GOOD}), message({"figures": today})]
    assert last_figures(messages, TOPIC)["office"]["offered"] == 4
    assert judge_figures(Inbox(*messages), TOPIC, [*ACTS, told("answered", 6.0)])[1].good


@pytest.mark.parametrize(
    ("numbers", "good"), [([1, 2, 3], True), ([1, 3], False), ([1, 2, 2, 3], False), ([2, 1, 3], False), ([], False)]
)
def test_the_sequence_of_facts(numbers, good):
    messages = [message({"seq": n, "kind": "StepEntered"}, f"{TOPIC}/fact/StepEntered") for n in numbers]
    assert judge_sequence(messages, TOPIC).good is good
