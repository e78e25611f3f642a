"""Whom a caller belongs to: deputies, the one who spoke last, the rule table; and what is remembered of it."""

from __future__ import annotations

import msgspec
import pytest
from msgspec.structs import replace

from gateway.core.events import OwnersRecovered
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import CallEnded, CallRecord, QueueEntered
from gateway.core.facts.owner import LastSpokeWith, ManagerAbsent, ManagerAssigned
from gateway.core.flow.model import HangUpStep, Queue
from gateway.core.queue.owners import SPOKE_MAX, Owners
from gateway.core.site.absences import next_change, stand_in
from gateway.core.site.owners import Absence, OwnerRule
from gateway.core.site.site import Draft
from tests.core.factory import (
    KOWALSKI,
    MAIN,
    START,
    STRANGER,
    Rig,
    busy_office,
    command,
    flow,
    offers,
    prompt,
    queue_rig,
    site,
    stages,
    talking,
    team,
    words,
)

DAY_S = 86_400.0
OTHER = "+48501000222"
TEST_NUMBER = "9999"


def away(of, agent: str, deputy: str = "", *, since: float = START - 3600, until: float = START + DAY_S):
    absence = Absence(since=since, until=until, deputy=deputy)
    person = of.agents[agent]
    return replace(of, agents={**of.agents, agent: replace(person, absences=(*person.absences, absence))})


def rig_of(change, **of_queue) -> Rig:
    """A queue rig whose site is changed before anybody calls."""
    rig = queue_rig(**of_queue)
    rig.load(change(rig.board._ex.site))
    return rig


def talk(rig: Rig, caller: str, agent: str) -> str:
    """A whole call that this agent takes."""
    call, leg = talking(rig, caller, agent=agent)
    rig.pass_time(30)
    rig.hang_up(call)
    rig.end(leg)
    rig.pass_time(15)
    return call


# Absences


def test_the_deputy_of_a_deputy_and_no_further():
    of = away(away(site(), "anna", "ewa"), "ewa", "ola")
    assert stand_in(of, "anna", START).person == "ola"
    assert stand_in(away(of, "ola", "piotr"), "anna", START).person == ""
    assert stand_in(away(of, "ola", "anna"), "ola", START).person == ""


def test_an_absence_begins_and_ends_to_the_second():
    of = away(site(), "anna", "ola", since=START, until=START + 60)
    assert stand_in(of, "anna", START - 0.001) is None
    assert stand_in(of, "anna", START).until == START + 60
    assert stand_in(of, "anna", START + 59.999).person == "ola"
    assert stand_in(of, "anna", START + 60) is None
    assert (next_change(of, START), next_change(of, START + 60)) == (START + 60, None)


def test_several_absences_each_with_its_deputy():
    of = away(site(), "anna", "ola", since=START, until=START + 60)
    of = away(of, "anna", "ewa", since=START + 60, until=START + 120)
    assert [stand_in(of, "anna", START + at).person for at in (0, 60, 119)] == ["ola", "ewa", "ewa"]


def test_the_caller_hears_the_name_of_the_deputy():
    rig = rig_of(lambda of: away(of, "anna", "ola"), prompt=prompt("Łączę z {manager}"))
    call = rig.call(KOWALSKI)
    said = next(words(action) for action in rig.new if words(action).startswith("Łączę"))
    assert said == "Łączę z Ola Kot"
    assert [(f.manager, f.deputy, f.until) for f in rig.of(ManagerAbsent, call)] == [("anna", "ola", START + DAY_S)]
    rig.hang_up(call)
    assert rig.record(call).manager == "anna"


def test_who_comes_back_is_rung_again_himself():
    rig = rig_of(lambda of: away(of, "anna", "ola", until=START + 60))
    rig.call(KOWALSKI)
    assert rig.dialled().agent == "ola"
    rig.pass_time(60)
    assert stages(rig, rig.call(KOWALSKI)) == [("manager", "office", "manager_free")]


def test_a_deputy_who_gets_free_takes_the_waiting_client():
    rig = rig_of(lambda of: away(of, "anna", "ola"))
    _, leg = talking(rig, KOWALSKI, agent="ola")
    busy_office(rig)
    call = rig.call(KOWALSKI)
    assert stages(rig, call)[-1] == ("team", "office", "deputy_busy")
    rig.hang_up(leg)
    assert offers(rig, call) == ["ola"]


def test_with_everybody_off_but_the_deputy_the_caller_still_waits_for_him():
    rig = rig_of(lambda of: team(away(of, "anna", "ola"), "office", overflow_team=""))
    for agent in ("anna", "jan", "ewa", "piotr"):
        command(rig, agent, "logout")
    assert offers(rig, rig.call(KOWALSKI)) == ["ola"]


def test_with_nobody_there_not_even_a_deputy_it_is_told_at_once():
    rig = rig_of(lambda of: team(away(of, "anna", ""), "office", overflow_team=""), no_agents="nobody")
    for agent in ("jan", "ewa"):
        command(rig, agent, "logout")
    call = rig.call(KOWALSKI)
    assert (offers(rig, call), rig.where(call)) == ([], "flow")


# Who spoke with the caller last


def remembers(of):
    return team(team(of, "office", last_spoke_s=30 * DAY_S), "sales", last_spoke_s=30 * DAY_S)


def test_a_caller_without_a_manager_is_offered_to_who_spoke_with_him_last():
    rig = rig_of(remembers)
    talk(rig, STRANGER, "jan")
    command(rig, "jan", "pause")
    talk(rig, STRANGER, "ewa")
    command(rig, "jan", "unpause")
    rig.pass_time(3600)
    call = rig.call(STRANGER)
    assert stages(rig, call) == [("manager", "office", "last_spoke_with")]
    assert offers(rig, call) == ["ewa"]
    (fact,) = rig.of(LastSpokeWith, call)
    assert (fact.agent, rig.of(QueueEntered, call)[0].manager) == ("ewa", "")
    rig.hang_up(rig.dialled().leg, code=603)
    assert stages(rig, call)[-1] == ("team", "office", "last_spoke_refused")
    assert offers(rig, call) == ["ewa", "jan"]


@pytest.mark.parametrize("change", [lambda of: of, lambda of: team(of, "office", last_spoke_s=60.0)])
def test_not_unless_the_team_says_so_and_not_longer_ago(change):
    rig = rig_of(change)
    talk(rig, STRANGER, "jan")
    rig.pass_time(61)
    assert stages(rig, rig.call(STRANGER)) == [("team", "office", "no_manager")]


def test_a_client_belongs_to_the_manager_whoever_spoke_last():
    rig = rig_of(remembers)
    command(rig, "anna", "pause")
    talk(rig, KOWALSKI, "jan")
    command(rig, "anna", "unpause")
    assert offers(rig, rig.call(KOWALSKI)) == ["anna"]


def test_a_withheld_number_is_nobody():
    rig = rig_of(remembers)
    talk(rig, "", "jan")
    assert rig.board._ex.owners.spoke == {}
    assert stages(rig, rig.call("")) == [("team", "office", "no_manager")]


def test_a_queue_of_one_team_offers_only_its_own_people():
    rig = rig_of(remembers, to="sales")
    rig.tell(OwnersRecovered(facts=(ended(STRANGER, "jan", START - 60), ended(OTHER, "piotr", START - 60))))
    assert stages(rig, rig.call(STRANGER)) == [("team", "sales", "no_manager")]
    assert offers(rig, rig.call(OTHER))[:1] == ["piotr"]


def test_who_is_away_or_gone_is_not_offered():
    rig = rig_of(lambda of: away(remembers(of), "jan", "ola"))
    rig.tell(OwnersRecovered(facts=(ended(STRANGER, "jan", START - 60), ended(OTHER, "gone", START - 60))))
    assert stages(rig, rig.call(STRANGER)) == [("team", "office", "last_spoke_absent")]
    assert stages(rig, rig.call(OTHER)) == [("team", "office", "no_manager")]


def ended(caller: str, agent: str, at: float, **record) -> CallEnded:
    of = CallRecord(call=f"c{at}{caller}", caller=caller, answered_by=agent, **record)
    return CallEnded(at=at, call=of.call, record=of)


def test_after_a_transfer_whoever_spoke_last_counts_and_a_number_outside_does_not():
    owners = Owners()
    owners.apply(ended(STRANGER, "jan", 1.0))
    owners.apply(ended(STRANGER, "+48600000301", 2.0))
    assert owners.spoke[STRANGER] == ("jan", 1.0)
    owners.apply(ended(STRANGER, "", 3.0))
    transferred = (("jan", 60.0, 0.0), ("ola", 30.0, 0.0), ("+48600000301", 90.0, 0.0))
    owners.apply(ended(OTHER, "+48600000301", 4.0, segments=transferred))
    assert owners.spoke[OTHER] == ("ola", 4.0)
    owners.apply(ended(STRANGER, "ewa", 4.0, draft=True))
    assert owners.spoke[STRANGER].agent == "jan"


def test_a_call_back_that_was_answered_counts_for_the_number_that_was_called():
    owners = Owners()
    owners.apply(ended(MAIN, "jan", 1.0, called=STRANGER, direction="out", outcome="not_reached"))
    assert owners.spoke == {}
    owners.apply(ended(MAIN, "jan", 2.0, called=STRANGER, direction="out", outcome="answered"))
    assert owners.spoke == {STRANGER: ("jan", 2.0)}


def test_the_memory_is_bounded_and_forgets_whom_it_has_not_heard_of_for_longest():
    owners = Owners()
    for number in range(SPOKE_MAX):
        owners.apply(ended(f"+{number}", "jan", float(number)))
    owners.apply(ended("+0", "ewa", 1e9))
    owners.apply(ended("+new", "jan", 1e9))
    assert len(owners.spoke) == SPOKE_MAX
    assert "+1" not in owners.spoke
    assert owners.spoke["+0"].agent == "ewa"


# The rule table


def table(*rules: OwnerRule):
    return lambda of: replace(of, new_clients=rules)


def test_a_new_caller_gets_the_manager_with_the_fewest_clients_and_keeps_him():
    rig = rig_of(table(OwnerRule(name="all", managers=("anna", "ewa", "piotr"))))
    first = rig.call(STRANGER)
    (fact,) = rig.of(ManagerAssigned)
    assert (fact.number, fact.manager, fact.rule, fact.clients, fact.call) == (STRANGER, "ewa", "all", 0, first)
    assert offers(rig, first) == ["ewa"]  # anna has Kowalski, ewa stands before piotr
    assert rig.of(QueueEntered, first)[0].manager == "ewa"
    rig.hang_up(first)
    assert rig.record(first).manager == "ewa"
    assert offers(rig, rig.call(OTHER)) == ["piotr"]
    again = rig.call(STRANGER)
    assert rig.of(QueueEntered, again)[0].manager == "ewa"
    assert len(rig.of(ManagerAssigned)) == 2


def test_the_first_row_that_fits_counts():
    rules = (
        OwnerRule(name="english", managers=("ewa",), languages=("en",)),
        OwnerRule(name="elsewhere", managers=("piotr",), called=("+48000",)),
        OwnerRule(name="invoices", managers=("ola",), areas=("invoices",), called=(MAIN,)),
        OwnerRule(name="bakers", managers=("anna",), industries=("bakery",)),
    )
    for values, manager in (
        ({"language": "en", "area": "invoices"}, "ewa"),
        ({"area": "invoices"}, "ola"),
        ({"industry": "bakery"}, "anna"),
        ({"industry": "smithy"}, ""),
    ):
        rig = rig_of(lambda of: replace(of, new_clients=rules))
        call = rig.offer(STRANGER)
        rig.board._ex.calls[call].values.update(values)
        rig.pick_up(call)
        assert [fact.manager for fact in rig.of(ManagerAssigned)] == ([manager] if manager else [])
        assert rig.of(QueueEntered)[0].manager == manager


def test_withheld_callers_named_teams_and_clients_get_none():
    rig = rig_of(table(OwnerRule(name="all", managers=("ewa",))))
    rig.call("", withheld=True)
    rig.call(KOWALSKI)
    assert rig.of(ManagerAssigned) == []
    rig = rig_of(table(OwnerRule(name="all", managers=("ewa",))), to="sales")
    rig.call(STRANGER)
    assert rig.of(ManagerAssigned) == []


def test_who_is_away_gets_no_new_clients_while_others_are_there():
    rule = OwnerRule(name="all", managers=("ewa", "piotr"))
    rig = rig_of(lambda of: away(replace(of, new_clients=(rule,)), "ewa", "jan"))
    rig.call(STRANGER)
    rig.call(OTHER)
    assert [fact.manager for fact in rig.of(ManagerAssigned)] == ["piotr", "piotr"]


def test_a_manager_who_has_left_is_replaced_and_the_file_wins():
    rule = OwnerRule(name="all", managers=("ewa", "jan"))
    rig = rig_of(table(rule))
    rig.call(STRANGER)
    of = rig.board._ex.site
    agents = {name: agent for name, agent in of.agents.items() if name != "ewa"}
    rig.load(
        replace(team(of, "office", agents=("jan",)), agents=agents, new_clients=(replace(rule, managers=("jan",)),))
    )
    rig.call(STRANGER)
    assert [fact.manager for fact in rig.of(ManagerAssigned)] == ["ewa", "jan"]
    of = rig.board._ex.site
    named = replace(of.clients["1001"], id="7", numbers=(STRANGER,), manager="ola", team="sales")
    rig.load(replace(of, clients={**of.clients, "7": named}))
    call = rig.call(STRANGER)
    assert rig.of(QueueEntered, call)[0].manager == "ola"
    assert rig.board._ex.owners.clients_of(rig.board._ex.site) == {"anna": 1, "ola": 2}


# After a restart, and in a trial


def test_all_of_it_is_the_same_again_from_the_journal():
    rig = rig_of(
        lambda of: replace(remembers(of), new_clients=(OwnerRule(name="all", managers=("ewa",), areas=("x",)),))
    )
    talk(rig, STRANGER, "jan")
    call = rig.offer(OTHER)
    rig.board._ex.calls[call].values["area"] = "x"
    rig.pick_up(call)
    kept = [msgspec.json.decode(msgspec.json.encode(fact), type=AnyFact) for fact in rig.facts]
    facts = tuple(fact for fact in kept if isinstance(fact, CallEnded | ManagerAssigned))
    anew = Rig(rig.board._ex.site)
    anew.now = rig.now
    anew.tell(OwnersRecovered(facts=facts))
    before, after = rig.board._ex.owners, anew.board._ex.owners
    assert (before.spoke, before.assigned) == (after.spoke, after.assigned)
    assert offers(anew, anew.call(STRANGER)) == ["jan"]
    assert offers(anew, anew.call(OTHER)) == ["ewa"]
    assert anew.of(ManagerAssigned) == []


def test_a_trial_reads_and_changes_nothing_of_the_memory():
    rules = (OwnerRule(name="all", managers=("jan",)),)
    of = queue_rig().board._ex.site
    of = replace(remembers(of), new_clients=rules, draft=Draft(number=TEST_NUMBER, rings=("jan", "ola")))
    rig = Rig(of)
    rig.draft(replace(of, version="d"), MAIN)
    rig.tell(OwnersRecovered(facts=(ended(OTHER, "jan", START - 60),)))
    call = rig.call(OTHER, called=TEST_NUMBER)
    assert stages(rig, call) == [("team", "draft:office", "no_manager")]
    leg = rig.dialled().leg
    rig.ring(leg)
    rig.pick_up(leg)
    rig.hang_up(call)
    assert (rig.of(ManagerAssigned), rig.of(LastSpokeWith)) == ([], [])
    assert rig.board._ex.owners.spoke[OTHER].at == START - 60


@pytest.mark.parametrize(("deputy", "rung"), [("ola", ["ola"]), ("ewa", ["jan"])])
def test_in_a_trial_only_a_deputy_who_takes_part_is_rung(deputy, rung):
    step = Queue(name="human", to="by_client", team="office", gave_up="sorry")
    of = site(flows={"reception": flow(step, HangUpStep(name="sorry", prompt=prompt("Później.")))})
    of = replace(of, draft=Draft(number=TEST_NUMBER, rings=("anna", "jan", "ola")))
    rig = Rig(away(of, "anna", deputy))
    rig.draft(replace(of, version="d"), MAIN)
    assert offers(rig, rig.call(KOWALSKI, called=TEST_NUMBER)) == rung
