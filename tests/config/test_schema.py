"""The JSON Schema says what the reader says: of the verbs and options, of flows that load, of those that do not."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from gateway.config.load import load_site
from gateway.config.schema import flow_schema
from gateway.config.verbs import VERBS
from gateway.errors import SiteError

ROOT = Path(__file__).parents[2]
SCHEMA = flow_schema()
FLOWS = sorted(path for path in (ROOT / "ivr_flows").glob("*.yaml") if not path.name.endswith(".calls.yaml"))
EXAMPLES = re.findall(
    r"^```yaml step\n(.*?)^```$", (ROOT / "ivr_flows/README.md").read_text(), re.MULTILINE | re.DOTALL
)
VALID = jsonschema.Draft202012Validator(SCHEMA)
SOUND = Path(__file__).parent / "sound"


class _AsEditors(yaml.SafeLoader):
    """YAML 1.2 as editors read it: 9:05, 2026-12-24, yes and no are texts."""


_AsEditors.yaml_implicit_resolvers = {
    letter: [(tag, rule) for tag, rule in rules if not tag.endswith((":timestamp", ":int", ":bool"))]
    for letter, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_AsEditors.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
_AsEditors.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$"), list("-+0123456789"))


def read(text):
    return yaml.load(text, _AsEditors)


def test_it_is_a_schema_and_lies_beside_the_flows():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    kept = json.loads((ROOT / "ivr_flows/flow.schema.json").read_text())
    assert kept == SCHEMA, "gateway schema > ivr_flows/flow.schema.json"


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_shipped_flows_are_valid(path):
    assert not list(VALID.iter_errors(read(path.read_text())))


@pytest.mark.parametrize("text", EXAMPLES, ids=lambda text: text.split(":")[0])
def test_the_examples_of_the_language_page_are_valid(text):
    step = {"$ref": "#/$defs/step"}
    assert jsonschema.Draft202012Validator({**SCHEMA, "anyOf": [step], "properties": {}, "required": [],
                                            "additionalProperties": True}).is_valid(read(text))  # fmt: skip


KINDS = {"survey": ("csat", "nps", "ces", "solved"), "case": ("open", "status", "complaint", "question")}
"""What stands behind a verb can decide which options it has."""


@pytest.mark.parametrize("verb", VERBS)
def test_the_reader_asks_for_exactly_these_options(verb, tmp_path):
    """A step with an option that nobody knows is answered with those that there are."""
    told = [answer for value in KINDS.get(verb, ("x",)) for answer in options_told(verb, value, tmp_path)]
    if VERBS[verb].others is not None:
        assert not told
        return
    assert told
    options = {verb, *VERBS[verb].options}
    listed = set().union(*told)
    assert listed <= options
    for option in options - listed:  # those that the reader looks at only when they are there
        seen = [answer for value in KINDS.get(verb, ("x",)) for answer in options_told(verb, value, tmp_path, option)]
        assert any(option in answer for answer in seen), option


def options_told(verb, value, folder, more="yyy"):
    (folder / "flows").mkdir(exist_ok=True)
    for name in ("gateway.yaml", "clients.csv"):
        (folder / name).write_text((SOUND / name).read_text())
    (folder / "flows/main.yaml").write_text(
        f"flow: main\nlanguage: pl\nstart: here\nsteps:\n  here: {{{verb}: {value}, zzz: x, {more}: x}}\n"
    )
    with pytest.raises(SiteError) as caught:
        load_site(folder)
    return [set(p.expected.split(", ")) for p in caught.value.problems if "has no setting 'zzz'" in p.message]


@pytest.mark.parametrize(
    "step",
    [
        {"say": "Halo.", "than": "end"},
        {"menu": "Jeden."},
        {"menu": "Jeden.", "choices": {"11": "end"}},
        {"branch": [{"if": "x"}]},
        {"quue": "office"},
        {"confirm": "Tak?", "yes": "a"},
    ],
)
def test_what_is_wrong_is_underlined(step):
    assert not VALID.is_valid({"flow": "x", "language": "pl", "start": "a", "steps": {"a": step}})
