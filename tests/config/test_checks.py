"""The walks through the flows: what is called dead is dead, whatever the values; what goes round is found, and what is
counted or asked is not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.config.checks.rules import _dead
from gateway.config.load import load_site
from gateway.core.flow import expr
from gateway.core.flow.base import AllOf, AnyOf, Comparison, Not
from gateway.errors import SiteError

SOUND = Path(__file__).parent / "sound"
NAMES, WORDS = ("a", "b"), ("x", "y", "7")

atoms = st.one_of(
    st.builds(Comparison, variable=st.sampled_from(NAMES)),
    st.builds(
        Comparison,
        variable=st.sampled_from(NAMES),
        op=st.sampled_from(["==", "!=", "<", ">="]),
        values=st.sampled_from(WORDS).map(lambda word: (word,)),
    ),
    st.builds(
        Comparison,
        variable=st.sampled_from(NAMES),
        op=st.just("in"),
        values=st.lists(st.sampled_from(WORDS), min_size=1, max_size=2).map(tuple),
    ),
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(AllOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(AnyOf, parts=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(Not, part=inner),
    ),
    max_leaves=5,
)
values = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(["", "x", "y", "z", "6", "7", "8"]))


@given(st.lists(conditions, max_size=4).map(lambda rules: [*rules, None]), values)
def test_a_rule_that_is_called_dead_is_never_taken(rules, known):
    first = next(number for number, rule in enumerate(rules) if expr.holds(rule, known))
    assert first not in _dead(rules)


@pytest.mark.parametrize(
    ("rules", "dead"),
    [
        ([Comparison(variable="a"), Comparison(variable="a", op="==", values=("x",)), None], [1]),
        ([Comparison(variable="a", op="==", values=("x",)), Comparison(variable="a"), None], []),
        ([AnyOf(parts=(Comparison(variable="a"), Not(part=Comparison(variable="a")))), None], [1]),
        ([AllOf(parts=(Comparison(variable="a"), Not(part=Comparison(variable="a")))), None], [0]),
        ([Comparison(variable="a", op="<", values=("5",)), Comparison(variable="a", op="<", values=("5",)), None], [1]),
        ([Comparison(variable="a", op="<", values=("5",)), Comparison(variable="a", op="<", values=("3",)), None], []),
    ],
)
def test_dead_rules(rules, dead):
    assert _dead(rules) == dead


FLOW = """\
flow: main
language: pl
start: hello
steps:
{steps}
  office: {{queue: office}}
"""


def problems(tmp_path, *steps):
    site = Path(shutil.copytree(SOUND, tmp_path / "site"))
    (site / "flows/main.yaml").write_text(FLOW.format(steps="\n".join(f"  {step}" for step in steps)))
    try:
        load_site(site)
    except SiteError as error:
        return [f"{problem.line}: {problem.message}" for problem in error.problems]
    return []


SAY = 'hello: {say: "Halo.", then: more}'


@pytest.mark.parametrize(
    "steps",
    [
        (SAY, 'more: {menu: "Jeden.", choices: {"1": hello, "2": office}}'),
        (SAY, 'more: {menu: "Jeden.", choices: {"1": hello, "2": office}, no_match: {tries: 2, then: hello}}'),
        (SAY, "more: {loop: 3, each: hello, then: office}"),
        (SAY, "more: {queue: office, gave_up: hello, no_agents: office}"),
    ],
)
def test_a_circle_that_waits_for_somebody_or_counts_is_none(steps, tmp_path):
    assert problems(tmp_path, *steps) in ([], ["7: no call can come to step 'office'"])


@pytest.mark.parametrize(
    "steps",
    [
        (SAY, "more: {wait: 5s, then: hello}"),
        (SAY, 'more: {menu: "Jeden.", choices: {"2": office}, no_input: {tries: 2, then: hello}}'),
        (SAY, "more: {loop: 3, each: office, then: hello}"),
        (SAY, "more: {echo: 10s, then: hello}"),
        (SAY, "more: {voicemail: office, then: office, too_short: {tries: 2, then: hello}}"),
        (SAY, "more: {queue: office, gave_up: hello}"),
        (SAY, "more: {queue: office, gave_up: office, no_agents: hello}"),
        (SAY, "more: {ring: anna, no_answer: office, busy: hello}"),
    ],
)
def test_a_circle_that_needs_nobody_is_told(steps, tmp_path):
    assert any("go round for ever" in told for told in problems(tmp_path, *steps))


def test_a_value_that_some_way_sets_is_not_called_unset(tmp_path):
    steps = (
        'hello: {menu: "Jeden.", choices: {"1": {set: {reason: bill}, then: which}, "2": which}}',
        "which: {branch: [{if: reason == bill, then: office}, {then: hang_up}]}",
    )
    assert problems(tmp_path, *steps) == []
