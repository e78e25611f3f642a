"""Values stay the text that was typed, with their place; what is not understood is a problem, quickly."""

from __future__ import annotations

import pytest
import yaml

from gateway.config import source
from gateway.config.problems import Problems
from gateway.config.source import Mapping, Scalar, parse_yaml


def read(text):
    problems = Problems()
    return parse_yaml(text, "f.yaml", problems), problems.sorted()


@pytest.mark.parametrize(
    "typed", ["no", "0123", "12:30:45", "1e3", "0x10", "null", "~", "2026-11-23", "1_000", ".5", "Yes"]
)
def test_a_value_is_the_text_that_was_typed(typed):
    node, problems = read(f"a: {typed}\n")
    assert problems == ()
    assert node.items["a"][1].value == typed
    assert not node.items["a"][1].quoted


def test_every_value_keeps_its_place():
    node, problems = read("a:\n  - {b: zażółć, c: 2}\n  - 'x'\n")
    assert problems == ()
    items = node.items["a"][1].items
    assert items[0].items["c"][1].place == ("f.yaml", 2, 20, 1)
    assert items[0].items["b"][0].place == ("f.yaml", 2, 6, 1)
    assert items[0].items["b"][1].place == ("f.yaml", 2, 9, 6)
    assert items[1] == Scalar("x", ("f.yaml", 3, 5, 3), quoted=True)


def test_nothing_differs_from_an_empty_text():
    node, _ = read("a:\nb: \"\"\nc: ''\n")
    assert [node.items[key][1].missing for key in "abc"] == [True, False, False]


def test_a_hash_key_inside_a_text_is_a_text():
    node, problems = read('say: |\n  press\n  #: then wait\nmore: "a\n  #: b"\n# "#": old\n# note #: here\n"#": x\n')
    assert problems == ()
    assert set(node.items) == {"say", "more", "#"}


def test_a_hash_key_is_told_though_the_rest_of_the_file_is_sound():
    node, problems = read("choices:\n  1: a\n  #: b\n  2: c\n")
    assert isinstance(node, Mapping)
    assert [(p.line, p.column) for p in problems] == [(3, 3)]


@pytest.mark.parametrize("text", ["[" * 1_000_000, "{a: " * 300_000, "- " * 500_000, "a: [" + "{b: [" * 100_000])
def test_a_million_brackets_are_refused_at_the_fortieth(text):
    node, problems = read(text)
    assert node is None
    assert "nested deeper than 40" in problems[0].message


def test_both_parsers_of_yaml_give_the_same_tree(monkeypatch):
    text = 'a: [1, "2", {b: no}]\nc: |\n  two\n  lines\nd:\n"#": {e: ""}\n'
    fast, problems = read(text)
    monkeypatch.setattr(source, "_LOADER", yaml.SafeLoader)
    slow, more = read(text)
    assert problems == more == ()
    assert fast == slow


BROKEN = [
    "a: b: c\n",
    'a: "b\n',
    "a: {b: c\n",
    "a: [b, c\n",
    "a: @b\n",
    "*: b\n",
    "a: b\n  c: d\n",
    'a: "b" c\n',
    "a:\n\tb: c\n",
    "a: &x b\n",
    "a: !x b\n",
    'a: "\\d"\n',
    "a:\n  b: 1\n c: 2\n",
    "a: - b\n",
    "a: |x\n",
]


@pytest.mark.parametrize("text", BROKEN)
def test_both_parsers_of_yaml_give_the_same_words(monkeypatch, text):
    _, fast = read(text)
    monkeypatch.setattr(source, "_LOADER", yaml.SafeLoader)
    _, slow = read(text)
    assert len(fast) == len(slow) == 1
    assert fast[0].message == slow[0].message
    assert fast[0].line == slow[0].line
    assert "parser says" not in fast[0].hint
