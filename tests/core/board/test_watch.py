"""What the desk is told of: the shortcut for ordinary facts must leave out none that anybody behind it hears."""

from __future__ import annotations

import ast
import inspect
import textwrap
from typing import get_args

import pytest

from gateway.core.board import watch
from gateway.core.desk import call_backs as call_back_book
from gateway.core.desk import cases, desk, escalation, tasks
from gateway.core.facts.all import AnyFact
from gateway.core.quality import book as quality_book
from gateway.core.quality import draw as quality_draw
from gateway.core.quality import quality

KINDS = {kind.__name__: kind for kind in get_args(AnyFact)}
HEARERS = [
    desk.Desk.apply, desk.follow, cases.Cases.apply, cases.follow, tasks.Tasks.apply, tasks.follow,
    escalation.follow, call_back_book.CallBackBook.apply, quality.follow, quality_book.QualityBook.apply,
    quality_draw.WeekDraw.apply,
]  # fmt: skip


@pytest.mark.parametrize("hearer", HEARERS, ids=lambda hearer: f"{hearer.__module__}.{hearer.__qualname__}")
def test_whatever_the_desk_hears_it_is_told(hearer):
    source = inspect.getsource(hearer)
    tree = ast.parse(textwrap.dedent(source))
    named = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} & KINDS.keys()
    assert named or hearer is desk.follow
    assert [name for name in named if not issubclass(KINDS[name], watch.OF_DESK)] == []
