"""The calls of a journal through the same flow come out as they were; through a changed one, as the change says; and
what was never answered is not made up."""

from __future__ import annotations

import json
from collections import Counter, deque

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.core.events import AgentCommanded
from gateway.core.facts.agents import AgentChanged
from gateway.core.facts.calls import AgentDeclined, AgentOffered, CallEnded, CallStarted, LegMeasured, StepEntered
from gateway.core.facts.desk import MessageLeft
from gateway.core.facts.joining import AnswerRemembered
from gateway.core.facts.lookup import LookupAnswered
from gateway.core.facts.usual import HourCounted
from gateway.core.flow.base import Exit, Retry
from gateway.core.flow.model import AskService, Collect, HangUpStep, Menu, Voicemail
from gateway.core.service_model import Service
from gateway.edge.store import Journal
from gateway.errors import SettingError, SiteError
from gateway.replay import report
from gateway.replay.agents import Habits, commands
from gateway.replay.compare import compare
from gateway.replay.office import ReplayOffice
from gateway.replay.past import KINDS, Past, read
from gateway.simulate import zone
from gateway.simulate.office import NETWORK_S
from tests.simulate.office import AT, FOLDER, KNOWN, LENGTHS, POLISH, SITE, run

from .past_calls import ended, facts_of, invented, month, renamed

MOMENT_S = 1e-5


def replayed(past, site=SITE):
    return compare(ReplayOffice(site, past, lengths=LENGTHS).run(), past.skipped)


def with_steps(flow, **steps):
    """The office with some steps of a flow changed."""
    changed = replace(SITE.flows[flow], steps={**SITE.flows[flow].steps, **steps})
    return replace(SITE, flows={**SITE.flows, flow: changed})


def at_once(facts):
    """Whether the order of two events hangs on less than a journal tells: a telephone that was free again sooner than
    the network carries a CANCEL there and back (its own refusal was on the way), or one that rang out for a call in the
    very moment in which another one was free for another call."""
    cancelled, just = {}, []
    for fact in facts:
        if not isinstance(fact, AgentDeclined | AgentOffered):
            continue
        just = [other for other in just if fact.at - other.at < MOMENT_S]
        if any(type(o) is not type(fact) and o.call != fact.call and o.agent != fact.agent for o in just):
            return True
        just.append(fact)
        if isinstance(fact, AgentOffered) and fact.at - cancelled.get(fact.agent, 0.0) < NETWORK_S - MOMENT_S:
            return True
        if isinstance(fact, AgentDeclined) and fact.why == "cancelled":
            cancelled[fact.agent] = fact.at
    return False


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from((30.0, 100.0, 400.0)))
def test_the_same_flow_gives_the_same_calls(seed, apart_s):
    """Busy or quiet: nothing is different, not a wait, not a person."""
    facts, past = month(60, seed=seed, apart_s=apart_s)
    assume(not at_once(facts))
    found = replayed(past)
    assert len(found.calls) == 60
    assert not found.not_replayed
    assert [call for call in found.calls if call.differs] == []
    assert found.before == found.after
    assert {call.call: call.before.outcome for call in found.calls} == {
        call: record.outcome for call, record in ended(facts).items()
    }


def test_a_message_is_left_again_as_it_was():
    """Or none, by whoever hung up at the beep or said nothing; by a key, by hanging up, or at the longest time."""
    facts, past = month(80, apart_s=30.0)
    left = {fact.call: fact.length_s for fact in facts if isinstance(fact, MessageLeft)}
    ended_by = {spoken.how for call in past.calls for spoken in call.spoken}
    assert ended_by == {"stopped", "leg_over", "longest"}
    assert {call.id for call in past.calls if call.spoken} > set(left)
    again = []
    office = ReplayOffice(SITE, past, lengths=LENGTHS, watch=again.append)
    assert not any(replayed.unanswerable for replayed in office.run())
    assert {fact.call: fact.length_s for fact in again if isinstance(fact, MessageLeft)} == pytest.approx(left, abs=0.1)


def test_what_was_known_of_a_caller_before_the_first_call_is_known():
    """Who spoke with him the week before is rung first, as then, though that call itself is not sent again."""
    teams = {name: replace(team, last_spoke_s=30 * 86_400.0) for name, team in SITE.teams.items()}
    site, keys = replace(SITE, teams=teams), "nothing, 1"
    before = run(site=site, at=AT, keys=keys, agents={"ewa": "answers"}, everyone="paused")
    later = run(site=site, at=AT + 7 * 86_400.0, keys=keys, last_spoke="ewa")
    assert (before.record.answered_by, later.record.answered_by) == ("ewa", "ewa")
    facts = [renamed(fact, "c0") for fact in before.facts] + [renamed(fact, "c1") for fact in later.facts]
    past = read([fact for fact in facts if not isinstance(fact, AgentChanged)], since=AT + 86_400.0)
    (call,) = replayed(past, site).calls
    assert (call.call, call.after.answered_by, call.differs) == ("c1", "ewa", ())


def test_what_was_keyed_before_the_first_call_is_known():
    old = AnswerRemembered(at=AT, call="c0", caller=KNOWN, client="", name="order", value="17")
    past = read([old, replace(old, at=AT + 100.0, value="18")])
    _, memory, owners, _ = past.told_before(AT + 50.0)
    assert (memory.facts, owners.facts) == ((old,), ())


def test_calls_of_the_simulator_come_out_as_they_were():
    """The other driver of the same core agrees: menus, keys, a silent manager, somebody who hangs up in the queue."""
    facts = []
    for number, plan in enumerate((
        {"caller": KNOWN},
        {"caller": KNOWN, "agents": {"anna": "busy"}},
        {"caller": "", "keys": "1002#, 1"},
        {"keys": "4711#, 4712#, 2"},
        {"caller": KNOWN, "agents": {"anna": "silent"}, "keys": "wait 15s, hang up"},
        {"keys": "nothing, hang up"},
    )):  # fmt: skip
        made = run(at=AT + 3600.0 * number, **plan).facts
        facts += [renamed(fact, f"c{number}") for fact in made if not isinstance(fact, AgentChanged)]
    found = replayed(read(facts))
    assert len(found.calls) == 6
    assert [call for call in found.calls if set(call.differs) - {"wait_s"}] == []
    assert {call.before.outcome for call in found.calls} == {"answered", "abandoned", "in_menu"}


def test_every_call_is_counted_once():
    facts, past = month(80)
    site = with_steps("reception_pl", matter=replace(SITE.flows["reception_pl"].steps["matter"], name="matter"))
    found = replayed(past, site)
    left = sum(found.not_replayed.values()) + sum(found.skipped.values())
    assert len(found.calls) + left == sum(isinstance(fact, CallStarted) for fact in facts) == 80


def test_a_changed_way_is_shown():
    """Callers who waited for the manager now reach the goodbye at once."""
    _, past = month(60)
    site = with_steps("reception_pl", manager=HangUpStep(name="manager"))
    found = replayed(past, site)
    changed = [call for call in found.calls if call.before.path[-1] == "manager" and call.after.path[-1] == "manager"]
    polish = [call for call in found.different if call.before.outcome == "answered" and call.after.outcome == "in_menu"]
    assert polish
    assert all("outcome" in call.differs and "answered_by" in call.differs for call in polish)
    assert found.after.outcomes["in_menu"] >= len(polish)
    assert found.after.outcomes["answered"] < found.before.outcomes["answered"]
    assert changed
    text = report.render(found, zone.zone_of(SITE))
    assert all(assumed in text for assumed in report.ASSUMED)
    assert report.TOO_SHORT not in text
    assert f"{len(found.different)} of {len(found.calls)} calls" in text


def test_a_key_that_leads_elsewhere():
    """The same keys, another meaning: who pressed 1 at the menu comes to the technicians."""
    _, past = month(60)
    flow = SITE.flows["reception_pl"]
    matter = flow.steps["matter"]
    swapped = replace(matter, choices={**matter.choices, "1": Exit(then="technical")})
    found = replayed(past, with_steps("reception_pl", matter=swapped))
    moved = [call for call in found.different if "technical" in call.after.path and "technical" not in call.before.path]
    assert moved
    assert all(call.before.path[-2:] != ("human", "technical") for call in moved)


def test_a_question_that_nobody_answered_is_not_answered_for_them():
    _, past = month(60)
    old = SITE.flows["reception_pl"].steps["matter"]
    choices = {"1": Exit(then="client_number")}
    who = Menu(name="who", prompt=old.prompt, choices=choices, no_input=Retry(), no_match=Retry())
    found = replayed(past, with_steps("reception_pl", who=who))
    polish = sum(call.started.called == POLISH for call in past.calls)
    assert found.not_replayed == {"step:who": polish}
    assert len(found.calls) == 60 - polish
    text = report.render(found, zone.zone_of(SITE))
    assert "asks for keys that the caller never pressed" in text
    assert report.TOO_SHORT in text


def test_a_question_under_another_name_is_known_by_its_variable():
    _, past = month(40)
    flow = SITE.flows["reception_pl"]
    asked = flow.steps["client_number"]
    assert isinstance(asked, Collect)
    steps = {name: step for name, step in flow.steps.items() if name != "client_number"}
    steps["number_please"] = replace(asked, name="number_please")
    for name in ("who", "who_in_rush"):
        *others, asks = steps[name].rules
        steps[name] = replace(
            steps[name], rules=(*others, replace(asks, exit=replace(asks.exit, then="number_please")))
        )
    site = replace(SITE, flows={**SITE.flows, "reception_pl": replace(flow, steps=steps)})
    found = replayed(past, site)
    assert not found.not_replayed
    assert {name for call in found.different for name in call.differs} == {"path"}


def test_a_message_and_a_look_up_are_not_made_up():
    _, past = month(40)
    box = Voicemail(name="manager", to="office", whose="team", then="", too_short=Retry())
    found = replayed(past, with_steps("reception_pl", manager=box))
    assert found.not_replayed["message"] > 0
    ask = AskService(name="manager", service="crm", found="sorry", not_found="office", failed="office")
    site = with_steps("reception_pl", manager=ask)
    site = replace(site, services={"crm": Service(name="crm", url="http://127.0.0.1/", answer=())})
    found = replayed(past, site)
    assert found.not_replayed.get("lookup:crm", 0) > 0
    text = report.render(found, zone.zone_of(SITE))
    assert "what the service 'crm' answered is not in the journal" in text
    # What is known of it is used: it failed then.
    for call in past.calls:
        call.lookups["crm"] = deque(["failed"])
    again = replayed(past, site)
    assert not again.not_replayed
    assert any("office" in call.after.path for call in again.calls)


def test_more_patience_than_before_is_not_given_to_anybody():
    facts, past = month(80, apart_s=40.0)
    slow = replace(SITE, teams={name: replace(team, manager_ring_s=60.0) for name, team in SITE.teams.items()})
    found = replayed(past, slow)
    waited = {call: record.wait_s for call, record in ended(facts).items() if record.outcome == "abandoned"}
    assert waited
    for call in found.calls:
        if call.call in waited and call.after.outcome == "abandoned":
            assert call.after.wait_s == pytest.approx(waited[call.call], abs=0.5)


def test_what_cannot_be_sent_again():
    facts, _ = month(6)
    started = [fact for fact in facts if isinstance(fact, CallStarted)]
    changed = []
    records = {started[1].call: {"outcome": "lost"}, started[3].call: {"adopted": True}}
    for fact in facts:
        if isinstance(fact, CallStarted) and fact.call == started[0].call:
            changed.append(replace(fact, draft=True))
        elif isinstance(fact, CallEnded) and fact.call in records:
            changed.append(replace(fact, record=replace(fact.record, **records[fact.call])))
        elif not isinstance(fact, CallEnded) or fact.call != started[2].call:
            changed.append(fact)
    past = read(changed)
    assert past.skipped == {"draft": 1, "lost": 1, "unfinished": 1, "adopted": 1}
    assert len(past.calls) == 2
    text = report.render(replayed(past), zone.zone_of(SITE))
    assert "trials of a draft" in text
    assert "left out before: 4" in text


def test_a_number_that_the_new_site_does_not_have():
    _, past = month(30)
    site = replace(SITE, numbers={number: flow for number, flow in SITE.numbers.items() if number != POLISH})
    found = replayed(past, site)
    assert found.after.outcomes["refused"] == sum(call.started.called == POLISH for call in past.calls)


def test_agents_come_and_go_as_they_did():
    def change(at, state):
        return AgentChanged(at=at, agent="anna", state=state)

    told = list(commands([change(1, "idle"), change(2, "ringing"), change(3, "paused"), change(4, "idle"),
                          change(5, "off"), change(6, "idle")]))  # fmt: skip
    assert [(at, event.command) for at, event in told] == [(3, "pause"), (4, "unpause"), (5, "logout"), (6, "login")]
    assert all(isinstance(event, AgentCommanded) for _, event in told)


def test_an_agent_does_what_the_journal_says():
    past = invented(3)
    habits = Habits(past)
    nearest = min(past.ringings["anna"], key=lambda ringing: abs(ringing.at - (AT + 5000.0)))
    assert habits.ringing("anna", "other", AT + 5000.0) == nearest
    own = replace(past.ringings["anna"][0], call="c1", how="busy")
    past.ringings["anna"].insert(0, own)
    assert Habits(past).ringing("anna", "c1", AT + 90_000.0).how == "busy"
    nothing = Past(calls=[], skipped={}, ringings={}, agents=[], overrides=[], cases=[])
    assert Habits(nothing).ringing("x", "y", 0.0).how == "answered"


def test_the_facts_that_are_read_exist():
    assert CallEnded.__name__ in KINDS
    assert LookupAnswered.__name__ in KINDS
    assert LegMeasured.__name__ not in KINDS


@pytest.fixture
def journal(tmp_path):
    writer = Journal(tmp_path / "journal.sqlite")
    writer.append(sorted(facts_of(invented(40)), key=lambda fact: fact.at))
    writer.close()
    return tmp_path / "journal.sqlite"


def command(journal, *words):
    state = ["--state", str(journal.parent / "empty"), "--site", str(FOLDER)]
    return CliRunner().invoke(app, ["replay", "--journal", str(journal), *state, *words])


def test_the_command(journal, tmp_path):
    same = command(journal)
    assert same.exit_code == 0, same.exception
    assert "0 of 40 calls would have gone another way" in same.output
    flow = (FOLDER / "flows" / "reception_pl.yaml").read_text("utf-8")
    new = tmp_path / "trial.yaml"
    rule = "      - {if: client.known, then: manager}\n"
    assert rule + "      - {if: area" in flow
    new.write_text(flow.replace(rule + "      - {if: area", "      - {if: area"), "utf-8")
    told = json.loads(command(journal, "--flow", str(new), "--json").output)
    assert told["replayed"] == 40
    assert told["different"]
    assert told["assumed"] == list(report.ASSUMED)
    assert all(set(call["differs"]) for call in told["different"])
    assert Counter(call["before"]["path"][-1] for call in told["different"])["manager"] > 0


def test_wrong_words(journal, tmp_path):
    new = tmp_path / "new.yaml"
    assert isinstance(command(journal, "--flow", str(new)).exception, SettingError)
    new.write_text("flow: elsewhere\n", "utf-8")
    assert "this site has the flows" in str(command(journal, "--flow", str(new)).exception)
    new.write_text("flow: reception_pl\nlanguage: pl\nstart: nowhere\n", "utf-8")
    assert isinstance(command(journal, "--flow", str(new)).exception, SiteError)
    Journal(tmp_path / "none.sqlite").close()
    assert "no call of its last 31 days" in str(command(tmp_path / "none.sqlite").exception)


def test_what_was_usual_before_is_usual_in_the_replay():
    """The same calls: in the weeks before there were few, so those who come last hear that many are calling."""
    _, past = month(40, apart_s=30.0)
    hours = [
        HourCounted(
            at=start + 3600.0,
            team="",
            start=start,
            seen_s=3600.0,
            offered=1,
            handled=1,
            handling_s=60.0,
            staff_s=3600.0,
        )
        for start in (AT - 7 * 86_400.0 * week + more * 3600.0 for week in (2, 1) for more in range(3))
        for start in (start - start % 3600.0,)
    ]
    past.hours = hours
    heard = [fact.call for fact in facts_of(past) if isinstance(fact, StepEntered) and fact.step == "rush"]
    assert past.calls[0].id not in heard
    assert past.calls[-1].id in heard
    again = read([*hours, *facts_of(past)])
    assert [fact.start for fact in again.hours][: len(hours)] == [fact.start for fact in hours]
