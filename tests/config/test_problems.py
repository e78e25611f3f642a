"""How problems are written out: stable, harmless to a terminal, silent about passwords."""

from __future__ import annotations

import json

import pytest

from gateway.config.problems import PROBLEMS_MAX, Place, Problems, cover_secrets, nearest, render


def one(text, place, message="wrong", **more):
    problems = Problems()
    problems.register("f.yaml", text)
    problems.add(place, message, **more)
    return problems.sorted()


def test_the_shape():
    told = render(one("a: x\nkey: vaule\n", Place("f.yaml", 2, 6, 5), expected="value", wrong="vaule", among=["value"]))
    assert told.splitlines() == [
        "f.yaml:2:6: wrong",
        "     2 | key: vaule",
        "       |      ^^^^^",
        "       expected: value",
        "       did you mean: value",
    ]


def test_colour_is_only_added():
    problems = one("a: x\n", Place("f.yaml", 1, 4), hint="do this")
    plain, colourful = render(problems), render(problems, colour=True)
    assert "\x1b" not in plain
    for code in ("\x1b[1m", "\x1b[31m", "\x1b[2m", "\x1b[0m"):
        colourful = colourful.replace(code, "")
    assert colourful == plain


def test_the_caret_stands_under_wide_and_combining_letters():
    line = "e\u0301\u4f60: x"
    told = render(one(line, Place("f.yaml", 1, line.index("x") + 1))).splitlines()
    assert told[2] == "       | " + " " * 5 + "^"  # é one cell, the ideograph two, colon and space


def test_a_long_line_is_a_window_around_the_place():
    line = "x" * 500 + "HERE" + "y" * 500
    shown = render(one(line, Place("f.yaml", 1, 501, 4))).splitlines()
    assert "HERE" in shown[1]
    assert shown[1].index("HERE") == shown[2].index("^^^^")
    assert len(shown[1]) < 140


def test_a_file_cannot_steer_the_terminal():
    told = render(one("a: \x1b[2J\x07b\n", Place("f.yaml", 1, 4), message="odd \x1b[31m value"))
    assert "\x1b" not in told
    assert "\x07" not in told


def test_the_order_is_that_of_the_files_then_of_the_places():
    problems = Problems()
    problems.register("b", "")
    problems.register("a", "")
    for place in (Place("a", 1, 1), Place("b", 9, 1), Place("b", 2, 7), Place("b", 2, 3)):
        problems.add(place, "wrong")
    problems.add(Place("b", 2, 3), "wrong")
    assert [str(p) for p in problems.sorted()] == ["b:2:3: wrong", "b:2:7: wrong", "b:9:1: wrong", "a:1:1: wrong"]


def test_json_has_the_fields():
    (problem,) = one("a: x\n", Place("f.yaml", 1, 4), hint="h")
    found = json.loads(json.dumps(problem.as_json()))
    assert found["file"] == "f.yaml"
    assert (found["line"], found["column"], found["message"], found["source"]) == (1, 4, "wrong", "a: x")


def test_more_than_the_limit_are_counted():
    problems = Problems()
    for line in range(1, 151):
        problems.add(Place("f", line, 1), "wrong")
    told = render(problems.sorted(), limit=100)
    assert told.count("wrong") == 100
    assert told.endswith("... and 50 more\n")


@pytest.mark.parametrize(
    ("line", "covered"),
    [
        ("  password: geheim", "  password: ***"),
        ("  Password : 'geheim' # x", "  Password : ***"),
        ("{user: a, pasword: geheim}", "{user: a, pasword: ***"),
        ("{user: a, password: geheim, tls: no}", "{user: a, password: ***"),
        ("  sip_passwd: geheim", "  sip_passwd: ***"),
        ('  "hasło": geheim', '  "hasło": ***'),
        ("  password_file: secrets/a", "  password_file: secrets/a"),
        ("  password_env: NAME", "  password_env: NAME"),
        ("  password_env: geheim", "  password_env: ***"),
        ("  phone: sip:anna:geheim@10.0.0.1", "  phone: sip:anna:***@10.0.0.1"),
        ("  phone: sip:anna@10.0.0.1:5060", "  phone: sip:anna@10.0.0.1:5060"),
    ],
)
def test_passwords_are_covered(line, covered):
    assert cover_secrets(line) == covered


def test_the_nearest_name():
    assert nearest("Anan", ("anna", "piotr")) == "anna"
    assert nearest("zzz", ("anna", "piotr")) == ""


def test_a_million_mistakes_are_counted_and_not_kept():
    problems = Problems()
    for line in range(1, PROBLEMS_MAX + 6):
        problems.add(Place("f", line, 1), "wrong")
    found = problems.sorted()
    assert len(found) == PROBLEMS_MAX + 1
    assert str(found[-1]) == "f: and 5 more mistakes"
