"""The figures of continuity against a plain count over all facts, pair by pair, of random weeks."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.core.facts.calls import CallBridged, CallStarted, ClientIdentified, QueueEntered
from gateway.core.facts.desk import CaseAsked, CaseClosed, CaseOpened, CaseReopened
from gateway.core.facts.talk import Conferenced
from gateway.core.kpi.continuity import ContinuityKpi
from gateway.core.kpi.figures import utc_day
from gateway.core.kpi.kpi import OFFICE, Key
from gateway.core.numbers import is_outside
from gateway.core.site.site import CaseRules

from .continuity_facts import (
    DAY,
    KNOWN,
    PLACE,
    asked,
    bridged,
    closed,
    ended,
    identified,
    opened,
    queued,
    reopened,
    started,
)

if TYPE_CHECKING:
    from gateway.core.facts.all import AnyFact

BEGIN = 1_795_046_400.0  # a midnight of UTC
AGENTS = ("anna", "jan", "ewa", "+48501777888")
AREAS = ("invoices", "")
CLOSED_KEPT = 40 * DAY
SEEDS, LENGTHS = st.integers(0, 2**32), st.integers(1, 90)
KEYS = (OFFICE, Key("team", "office"), Key("team", "sales"), Key("manager", "anna"), Key("manager", "ola"))


def history(seed: int, length: int) -> list[AnyFact]:
    """So many things that happen, in order: calls that overlap, clients known at once, later or never, and cases."""
    chance = random.Random(seed)
    facts: list[AnyFact] = []
    up: dict[str, float] = {}
    cases: list[str] = []
    now = BEGIN
    steps = (1.0, 60.0, 3600.0, 6 * 3600.0, 12 * 3600.0, DAY, *chance.choice([(), (7 * DAY,), (2.5 * DAY, 10 * DAY)]))
    if not seed % 7:
        steps += (20 * DAY, 21 * DAY, 41 * DAY)
    for n in range(length):
        now += chance.choice(steps)
        for call in [call for call, since in up.items() if since < now - 0.9 * DAY]:
            facts.append(ended(now, call))
            del up[call]
        deed = chance.choice(
            ["visit", "visit", "visit", "call", "client", "queue", "talk", "talk", "third", "end", "open", "ask", "ask",
             "close", "reopen"]
        )  # fmt: skip
        call = chance.choice(sorted(up)) if up else ""
        client, agent, case = chance.choice(sorted(KNOWN)), chance.choice(AGENTS), chance.choice(cases) if cases else ""
        if deed in {"visit", "call"}:
            up[f"c{n}"], call = now, f"c{n}"
            kind = chance.choice(["", "", "", "draft", "out"])
            number = chance.choice(["+48501000111", "+48501000222", ""])
            facts.append(started(now, call, number, draft=kind == "draft", out=kind == "out"))
            if deed == "visit" and chance.random() < 0.8:
                facts.append(identified(now, call, client))
            if case and chance.random() < 0.3:
                facts.append(asked(now, case, call))
            if deed == "visit":
                facts.append(_queued(chance, now, call))
            if chance.random() < 0.5:
                facts.append(bridged(now, call, agent))
        elif deed == "close" and case:
            facts.append(closed(now, case))
        elif deed == "reopen" and case:
            facts.append(reopened(now, case))
        elif not call:
            continue
        elif deed == "client":
            facts.append(_other_owner(chance, identified(now, call, client)))
        elif deed == "queue":
            facts.append(_queued(chance, now, call))
        elif deed == "talk":
            facts.append(bridged(now, call, agent))
        elif deed == "third":
            facts.append(Conferenced(at=now, call=call, agent="ola", other=agent))
        elif deed == "end":
            facts.append(ended(now, call))
            del up[call]
        elif deed == "open":
            cases.append(f"case {n}")
            facts.append(opened(now, cases[-1], call, area=chance.choice(AREAS), draft=chance.random() < 0.2))
        elif deed == "ask" and case:
            facts.append(asked(now, case, call))
    return facts


def _other_owner(chance: random.Random, fact: ClientIdentified) -> ClientIdentified:
    """Sometimes the client has got another manager."""
    return replace(fact, manager="ola", team="sales") if chance.random() < 0.3 else fact


def _queued(chance: random.Random, now: float, call: str) -> QueueEntered:
    team, manager = chance.choice([("office", ""), ("office", "anna"), ("sales", "ola")])
    return queued(now, call, chance.choice(AREAS), team=team, manager=manager)


# The plain count


def _last(facts, n: int, kind: type, call: str):
    """The last fact of a kind of the call before the nth."""
    return next((fact for fact in reversed(facts[:n]) if isinstance(fact, kind) and fact.call == call), None)


def _start(facts, call: str) -> CallStarted:
    return next(fact for fact in facts if isinstance(fact, CallStarted) and fact.call == call)


def _case_of(facts, n: int, call: str) -> str:
    """The case that a call is about at the nth fact."""
    drafts = {fact.case for fact in facts if isinstance(fact, CaseOpened) and fact.draft}
    about = [
        fact.case
        for fact in facts[:n]
        if fact.call == call and (isinstance(fact, CaseAsked) or (isinstance(fact, CaseOpened) and not fact.draft))
    ]
    return about[-1] if about and about[-1] not in drafts else ""


def _closings(facts, case: str, n: int) -> list[tuple[str, float, int]] | None:
    """What became of a case before the nth fact: (closed or reopened, when, which fact). None: it is forgotten."""
    state, found = "open", []
    for index, fact in enumerate(facts[:n]):
        if isinstance(fact, CaseClosed) and fact.case == case and state == "open":
            state = "closed"
            found.append((state, fact.at, index))
        elif isinstance(fact, CaseReopened) and fact.case == case and state == "closed":
            if fact.at - found[-1][1] > CLOSED_KEPT:
                return None
            state = "open"
            found.append((state, fact.at, index))
    return found


def _alive(facts, case: str, n: int, now: float) -> bool:
    found = _closings(facts, case, n)
    known = any(isinstance(fact, CaseOpened) and fact.case == case and not fact.draft for fact in facts[:n])
    gone = found is None or (found and found[-1][0] == "closed" and now - found[-1][1] > CLOSED_KEPT)
    return known and not gone


def _contacts(facts) -> list[tuple[float, str, str, QueueEntered]]:
    """(when, who, reason, fact)."""
    found, seen = [], set()
    for n, fact in enumerate(facts):
        if not isinstance(fact, QueueEntered):
            continue
        start, client = _start(facts, fact.call), _last(facts, n, ClientIdentified, fact.call)
        if start.draft or start.direction == "out":
            continue
        case = _case_of(facts, n, fact.call)
        of_case = next((f.area for f in facts if isinstance(f, CaseOpened) and f.case == case), "")
        reason = fact.area or (of_case if case and _alive(facts, case, n, fact.at) else "")
        if (fact.call, reason) not in seen:
            seen.add((fact.call, reason))
            found.append((fact.at, f"client {client.client}" if client else start.caller, reason, fact))
    return found


def _is_for(key: Key, fact: QueueEntered) -> bool:
    return key == OFFICE or key.name == (fact.team if key.scope == "team" else fact.manager)


def plain_repeats(facts, key: Key, day: float, window_s: float) -> tuple[int, int, int]:
    """Contacts of the day, those that were repeated, and those of nobody known."""
    contacts = _contacts(facts)
    booked = [n for n, (at, _, _, fact) in enumerate(contacts) if utc_day(at) == day and _is_for(key, fact)]
    known = [n for n in booked if contacts[n][1]]
    repeated = [
        n for n in known
        if any(who == contacts[n][1] and why == contacts[n][2] and at - contacts[n][0] <= window_s
               for at, who, why, _ in contacts[n + 1 :])
    ]  # fmt: skip
    return len(known), len(repeated), len(booked) - len(known)


def plain_handoffs(facts, day: float) -> tuple[int, int]:
    """Of the cases that were closed on the day and are not reopened: handoffs until then, and how many."""
    handoffs = count = 0
    for case in [fact.case for fact in facts if isinstance(fact, CaseOpened) and not fact.draft]:
        ends = _closings(facts, case, len(facts))
        if ends is None:  # forgotten when somebody wanted to reopen it: it counts where it was closed
            ends = next(e for n in range(len(facts), -1, -1) if (e := _closings(facts, case, n)) is not None)
        if not ends or ends[-1][0] != "closed" or utc_day(ends[-1][1]) != day:
            continue
        people = [
            fact.agent
            for n, fact in enumerate(facts[: ends[-1][2]])
            if isinstance(fact, CallBridged) and _case_of(facts, n, fact.call) == case
            and not is_outside(fact.agent) and not _start(facts, fact.call).draft and _alive(facts, case, n, fact.at)
        ]  # fmt: skip
        handoffs += sum(one != other for one, other in zip(people, people[1:], strict=False))
        count += 1
    return handoffs, count


def plain_people(facts, key: Key, now: float) -> list[int]:
    """For each client with a talk in the 30 days before `now`, how many people talked with him; the least first."""
    talks: dict[str, list[tuple[int, float, str]]] = {}
    owner: dict[str, tuple[int, ClientIdentified]] = {}
    for n, fact in enumerate(facts):
        if not isinstance(fact, CallBridged | Conferenced) or _start(facts, fact.call).draft:
            continue
        agent = fact.agent if isinstance(fact, CallBridged) else fact.other
        who, index = _last(facts, n, ClientIdentified, fact.call), n
        if who is None:
            later = [
                m for m in range(n, len(facts)) if isinstance(facts[m], ClientIdentified) and facts[m].call == fact.call
            ]
            who, index = (facts[later[0]], later[0]) if later else (None, n)
        if who is not None and not is_outside(agent):
            talks.setdefault(who.client, []).append((index, fact.at, agent))
            if index >= owner.get(who.client, (-1, who))[0]:
                owner[who.client] = index, who
    found = []
    for client, of_client in talks.items():
        who = owner[client][1]
        if key == OFFICE or key.name == (who.team if key.scope == "team" else who.manager):
            found.append(len({agent for _, at, agent in of_client if now - at < 30 * DAY}))
    return sorted(size for size in found if size)


def _spread(sizes: list[int]) -> tuple:
    return (pytest.approx(sum(sizes) / len(sizes)) if sizes else None), max(sizes, default=None), len(sizes)


@settings(max_examples=60, deadline=None)
@given(SEEDS, LENGTHS, st.sampled_from([1, 7, 10, 21]), st.sampled_from([0.0, 1.0, 6 * DAY, 29 * DAY, 36 * DAY]))
def test_the_fold_says_what_a_plain_count_says(seed, length, window_days, later_s):
    facts, window_s = history(seed, length), window_days * DAY
    kpi = ContinuityKpi(replace(PLACE, cases=CaseRules(repeat_s=window_s)))
    for n, fact in enumerate(facts):
        kpi.apply(fact)
        if n % 10 == 9:
            for key in KEYS:
                sizes = plain_people(facts[: n + 1], key, fact.at)
                assert kpi.people.spread(key) == _spread(sizes)
    end = (facts[-1].at if facts else BEGIN) + later_s
    for key in KEYS:
        told = {one.start: one for one in (kpi.repeats.day(key, end), *kpi.repeats.earlier(key, end))}
        day = utc_day(end)
        while day + DAY + window_s + 7 * DAY > end and day >= BEGIN:
            contacts, repeated, unknown = plain_repeats(facts, key, day, window_s)
            one = told.get(day)
            if contacts or unknown or one is not None:
                assert one is not None
                assert (one.fcr_repeat_n, one.fcr_repeat_unknown) == (contacts, unknown)
                assert one.fcr_repeat == (pytest.approx(1 - repeated / contacts) if contacts else None)
                assert one.fcr_repeat_final == (end >= day + DAY + window_s)
            day -= DAY
        figures = kpi.figures(key, at=end)
        people = figures.people_per_client_30d, figures.people_per_client_30d_max, figures.people_per_client_30d_n
        assert people == _spread(plain_people(facts, key, end))
    for day in {utc_day(fact.at) for fact in facts if fact.at > end - 40 * DAY}:
        handoffs, cases = plain_handoffs(facts, day)
        figures = kpi.figures(OFFICE, at=day + 1)
        assert figures.handoffs_per_case_n == cases
        assert figures.handoffs_per_case == (pytest.approx(handoffs / cases) if cases else None)


@settings(max_examples=40, deadline=None)
@given(SEEDS, LENGTHS)
def test_a_final_day_changes_no_more(seed, length):
    kpi, final = ContinuityKpi(PLACE), {}
    for fact in history(seed, length):
        kpi.apply(fact)
        for one in kpi.repeats.earlier(OFFICE, fact.at):
            if one.fcr_repeat_final:
                assert final.setdefault(one.start, one) == one
