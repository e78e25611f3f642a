"""Every kind of step is there in all its parts: the struct, what it does, how it is read, where it leads."""

from __future__ import annotations

from typing import get_args

import pytest

from gateway.config.verbs import VERBS
from gateway.core.flow.model import AnyStep
from gateway.core.steps.kinds import KINDS

STEPS = get_args(AnyStep)


def test_each_struct_has_its_kind():
    assert set(KINDS) == set(STEPS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_its_verb_can_be_written(step):
    assert step.VERB in VERBS


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_its_exits_are_fields_of_it(step):
    assert set(step.EXITS) <= set(step.__struct_fields__)
    assert set(step.ELSE) <= set(step.EXITS)
    assert set(step.ELSE.values()) <= set(step.EXITS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_what_leads_somewhere_is_named_as_an_exit(step):
    """Fields that can hold a way on by their type or name, and are not listed."""
    hints = {name: str(step.__annotations__.get(name, "")) for name in step.__struct_fields__}
    leads = {
        name for name, hint in hints.items() if name == "then" or any(w in hint for w in ("Retry", "Exit", "Rule"))
    }
    assert leads <= set(step.EXITS)
