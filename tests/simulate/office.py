"""The example office, loaded once, and short ways to simulate a call in it."""

from __future__ import annotations

from gateway import shipped
from gateway.config.load import load_site
from gateway.simulate.deeds import parse_deeds
from gateway.simulate.lengths import Lengths
from gateway.simulate.narrator import transcript
from gateway.simulate.office import simulate
from gateway.simulate.phones import parse_habit
from gateway.simulate.plan import Plan
from gateway.simulate.script_files import testable as with_all_numbers

FOLDER = shipped.example_site()
SETTINGS = load_site(FOLDER)
SITE = with_all_numbers(SETTINGS.site)
LENGTHS = Lengths(SETTINGS.clips)
POLISH, ENGLISH, TEST = "+48220000100", "+48220000101", "1004"
KNOWN, STRANGER = "+48220000201", "+48220009999"
AT = 1_795_421_100.0
"""2026-11-23 09:05 in Warsaw, a Monday."""


def plan(*, called=POLISH, caller=STRANGER, keys="", at=AT, agents=None, everyone="answers", **more):
    habits = {agent: parse_habit(words.split(",")) for agent, words in (agents or {}).items()}
    return Plan(
        called=called,
        caller=caller,
        at=at,
        deeds=parse_deeds(keys),
        habits=habits,
        everyone=parse_habit([everyone]),
        **more,
    )


def run(site=SITE, **of_plan):
    return simulate(site, plan(**of_plan), lengths=LENGTHS)


def story(language="en", **of_plan):
    return transcript(SITE, run(**of_plan).log, language, started_at=AT)
