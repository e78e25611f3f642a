"""Flows as Mermaid and DOT: every step and exit is there, in the file's words, whatever signs these words have."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from typer.testing import CliRunner

from gateway.cli.main import app
from gateway.config import expressions
from gateway.config.problems import Place, Problems
from gateway.config.source import Scalar
from gateway.core.flow.base import AllOf, AnyOf, Comparison, Exit, Not
from gateway.core.flow.exits import HANG_UP, edges_of
from gateway.errors import SettingError, SiteError
from gateway.graph import notation
from gateway.graph.dot import dot, svg
from gateway.graph.drawing import Arrow, Box, Drawing, draw
from gateway.graph.mermaid import mermaid
from tests.simulate.office import FOLDER, SITE
from tests.simulate.test_subflows import FLOW

from .drawn import read_dot, read_mermaid

WORDS = st.text(max_size=40)
NASTY = ('"', "\\", "a\nb", "#35;", "end", "&lt;b&gt;", "{x}", "|", "<br/>", "`x`", "ąę 漢字", "%%", ";", "\\N")
NASTY = (*NASTY, "\u202e", "\0")


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    from gateway.config.load import load_site

    folder = tmp_path_factory.mktemp("several") / "site"
    shutil.copytree(FOLDER, folder)
    (folder / "flows" / "several.yaml").write_text(FLOW)
    return load_site(folder).site.flows


@pytest.mark.parametrize("name", SITE.flows)
def test_every_step_and_exit_is_drawn(name):
    flow = SITE.flows[name]
    drawing = draw(SITE.flows, name)
    for boxes, arrows, frames in (read_mermaid(mermaid(drawing)), read_dot(dot(drawing))):
        assert not frames
        named = {lines[0]: key for key, lines in boxes.items()}
        assert set(flow.steps) - {HANG_UP} <= set(named)
        drawn = {(source, target) for source, target, *_ in arrows}
        for edge in edges_of(flow):
            if edge.to and not edge.to_flow:
                assert (named[edge.step], named[edge.to]) in drawn, edge
        ends = {end for source, target, *_ in arrows for end in (source, target)}
        assert ends <= boxes.keys()


def test_labels_are_those_of_the_file():
    boxes, arrows, _ = read_mermaid(mermaid(draw(SITE.flows, "reception_pl")))
    labels = [label for _, _, label, _ in arrows]
    rules = {"client.known", "area == technical", "otherwise"}
    assert rules | {"1 {area: invoices}", "no_match (tries: 3)", "gave_up"} <= set(labels)
    assert ["manager", "queue by_client", "Łączę z Państwa opiekunem, {manager}"] in list(boxes.values())


def test_it_is_the_same_each_time():
    for write in (mermaid, dot):
        assert write(draw(SITE.flows, "reception_en")) == write(draw(dict(SITE.flows), "reception_en"))


def test_flows_that_it_leads_to(several):
    alone, whole = draw(several, "several"), draw(several, "several", everything=True)
    assert alone.flows == ("several",)
    assert whole.flows == ("several", "ask_number")
    assert ["flow ask_number"] in [list(box.lines) for box in alone.boxes]
    for read, write in ((read_mermaid, mermaid), (read_dot, dot)):
        boxes, arrows, frames = read(write(whole))
        assert frames == ["several", "ask_number"]
        called = [(boxes[source][0], boxes[target][0]) for source, target, _, dashed in arrows if dashed]
        assert called == [("ask", "ask_number"), ("once_more", "ask_number")]
        assert "then" in [label for *_, label, _ in arrows]  # the loop's two ways are told apart


@settings(max_examples=200)
@given(st.lists(WORDS, min_size=1, max_size=4), WORDS, WORDS)
def test_any_words_come_back_as_they_are(lines, label, flow):
    _comes_back(lines, label, flow)


@pytest.mark.parametrize("word", NASTY)
def test_nasty_words(word):
    _comes_back([word, word], word, word)


def _comes_back(lines, label, flow):
    def plain(text):
        return "".join(sign if sign.isprintable() else " " for sign in " ".join(text.split()))

    boxes = tuple(
        Box(id=f"n{number}", flow=flow, shape=shape, lines=tuple(lines))
        for number, shape in enumerate(("start", "step", "question", "human", "end", "flow"))
    )
    drawing = Drawing(flows=(flow, flow + "2"), boxes=boxes, arrows=(Arrow(source="n0", target="n1", label=label),))
    for read, write in ((read_mermaid, mermaid), (read_dot, dot)):
        drawn, arrows, frames = read(write(drawing))
        assert len(drawn) == 6
        assert all(told == list(map(plain, lines)) for told in drawn.values())
        assert arrows == [("n0", "n1", plain(label), False)]
        assert frames[0] == plain(flow)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_draws_it(tmp_path):
    flow = SITE.flows["reception_pl"]
    steps = {name: replace(step) for name, step in flow.steps.items()}
    steps["welcome"] = replace(steps["welcome"], name="welcome")
    svg(draw({"reception_pl": replace(flow, steps=steps)}, "reception_pl"), tmp_path / "flow.svg")
    assert "Dzień dobry" in (tmp_path / "flow.svg").read_text("utf-8").replace("&#45;", "-")
    boxes = tuple(Box(id=f"n{n}", flow="f", shape="step", lines=(word,)) for n, word in enumerate(NASTY))
    text = dot(Drawing(flows=("f",), boxes=boxes, arrows=()))
    done = subprocess.run(["dot", "-Tsvg"], input=text.encode(), capture_output=True, check=True)
    assert not done.stderr


def test_without_graphviz_svg_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SettingError, match="apt install graphviz"):
        svg(draw(SITE.flows, "test_number"), tmp_path / "x.svg")


NAMES = st.sampled_from(("area", "client.known", "balance", "żółty"))
SIGNS = st.characters(codec="utf-8", exclude_characters="\"'\n\r")
VALUES = st.text(SIGNS, min_size=1, max_size=12).map(str.strip).filter(bool)
ORDERS = st.sampled_from(("==", "!=", "<", "<=", ">", ">="))
COMPARISONS = st.one_of(
    st.builds(Comparison, variable=NAMES),
    st.builds(Comparison, variable=NAMES, op=ORDERS, values=st.tuples(VALUES)),
    st.builds(Comparison, variable=NAMES, op=st.just("=="), other=NAMES),
    st.builds(Comparison, variable=NAMES, op=st.just("in"), values=st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Comparison, variable=NAMES, op=st.just(">"), values=st.just(("3",)), function=st.just("length")),
    st.builds(Comparison, variable=NAMES, function=st.just("starts_with"), argument=VALUES),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda inner: st.one_of(
        st.builds(Not, part=inner),
        st.builds(AllOf, parts=st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(AnyOf, parts=st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)


@settings(max_examples=200)
@given(CONDITIONS)
def test_a_condition_is_read_back_as_it_was(wanted):
    text = notation.condition(wanted)
    if len(text) > expressions.LENGTH_MAX:
        return
    problems = Problems()
    read = expressions.parse(Scalar(text, Place("x")), problems, lambda _comparison, _place: None)
    assert not problems, (text, [problem.message for problem in problems.sorted()])
    assert read == wanted, text


def test_otherwise_and_what_is_noted_on_the_way():
    assert notation.condition(None) == "otherwise"
    step = SITE.flows["reception_pl"].steps["matter"]
    assert Exit(then="human", set=(("area", "invoices"),)) in step.choices.values()


def test_the_command(tmp_path):
    def run(*words):
        return CliRunner().invoke(app, ["graph", *words, "--site", str(FOLDER)])

    assert read_mermaid(run("reception_pl").output)[0]
    assert read_dot(run("reception_pl", "--dot", "--all").output)[0]
    wrong = run("reception_p")
    assert isinstance(wrong.exception, SettingError)
    assert "did you mean reception_" in str(wrong.exception)
    assert "this site has" in str(run().exception)
    missing = CliRunner().invoke(app, ["graph", "x", "--site", str(tmp_path)])
    assert isinstance(missing.exception, SiteError | SettingError)
    assert Path(FOLDER).exists()
