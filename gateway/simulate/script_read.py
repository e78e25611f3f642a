"""Reads `flows/NAME.calls.yaml`, the scripted calls beside a flow: all mistakes at once, each with its place.

The shape is told in docs/testing-flows.md.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from gateway.config.expressions import inside
from gateway.config.fields import Section, clean, kind, sections, shown
from gateway.config.problems import Place
from gateway.config.source import Mapping, Scalar, Sequence, parse_yaml
from gateway.core.facts.all import AnyFact
from gateway.core.facts.calls import Outcome, Stage
from gateway.core.numbers import is_dialable
from gateway.core.site.directory import Directory, e164
from gateway.simulate import deeds, phones, zone
from gateway.simulate.earlier import read_cases, read_disk, read_hours, read_remembered
from gateway.simulate.phones import Habit
from gateway.simulate.plan import PATIENCE_S, TALK_S, Plan
from gateway.simulate.queues import read_queues
from gateway.simulate.replies import read_replies
from gateway.simulate.script import NOBODY, Expected, ExpectedFact, Script, ScriptFile

if TYPE_CHECKING:
    from datetime import tzinfo

    from gateway.config.problems import Problems
    from gateway.config.source import Node
    from gateway.core.site.site import Site
    from gateway.simulate.deeds import Deed

AT = "2025-01-08 10:00"
"""When a call comes of which nothing is said: a Wednesday morning on which nothing is special."""
WITHHELD = "withheld"
EVERYONE = "everyone"
LASTS_MAX_S = 6 * 3600.0
FACTS = {fact.__name__: fact for fact in get_args(AnyFact)}
_CALLS = 'calls, each with a name, such as "a known client":'


class ScriptReader:
    """Reads the scripts of one flow of a site."""

    def __init__(self, site: Site, flow: str, called: str, clock: tzinfo, problems: Problems) -> None:
        """`called` is dialled when a call does not say `to`."""
        self._site, self._flow, self._called, self._clock, self._problems = site, flow, called, clock, problems
        self._directory = Directory(site)

    def read(self, text: str, file: str) -> ScriptFile | None:
        """The scripts of a file; None when it cannot be read. Problems of single calls are noted."""
        node = parse_yaml(text, file, self._problems)
        if node is None:
            return None
        if not isinstance(node, Mapping):
            self._problems.add(node.place, f"a file of scripted calls is {kind(node)}", expected="flow: and calls:")
            return None
        root = Section(node, self._problems, "the file", Place(file, 1, 1))
        name = root.text("flow", self._flow, expected="the name of the flow that is called", needed=True)
        if name != self._flow:
            self._problems.add(
                root.node.items["flow"][1].place,
                f"the flow is called '{shown(name)}' and this file belongs to '{shown(self._flow)}'",
                hint="the file's name is the flow's name and .calls.yaml",
            )
        calls = root.mapping("calls", expected=_CALLS, needed=True)
        if calls is not None and not calls.items:
            self._problems.add(calls.place, "there is no call in it", expected=_CALLS)
        scripts = tuple(self._call(what, section) for what, section in sections(calls, self._problems, "call"))
        root.done()
        return ScriptFile(file=file, flow=self._flow, scripts=scripts)

    def _call(self, name: str, section: Section) -> Script:
        caller, called, at, keys = self._from(section), self._to(section), self._at(section), self._keys(section)
        habits, everyone = self._agents(section)
        plan = Plan(
            called=called,
            caller=caller,
            at=at,
            deeds=keys,
            hang_up_after_s=section.seconds("hang_up_after", PATIENCE_S, low=0.1, high=LASTS_MAX_S),
            talk_s=section.seconds("talk", TALK_S, low=0.1, high=LASTS_MAX_S),
            agent_hangs_up=self._one_of(section, "hangs_up", ("agent", "caller")) == "agent",
            habits=habits,
            everyone=everyone,
            services=read_replies(section, self._site.services),
            cases=read_cases(section),
            hours=read_hours(section, self._site.hours),
            remembered=read_remembered(section, self._site),
            last_spoke=self._one_of(section, "last_spoke", tuple(self._site.agents)) or "",
            full_queues=read_queues(section, self._site),
            surge=section.yes_no("surge", default=False),
            disk_full=read_disk(section),
        )
        expected = self._expected(section, self._site.numbers.get(plan.called, self._flow))
        section.done()
        return Script(name=name, place=section.place, plan=plan, expected=expected)

    # What happens

    def _to(self, section: Section) -> str:
        node = section.scalar("to", expected="one of the site's numbers")
        if node is None:
            return self._called
        found = self._directory.dialled(clean(node.value).replace(" ", ""))
        if found is None:
            numbers = tuple(self._site.numbers)
            self._problems.add(
                node.place,
                f"'{shown(node.value)}' is no number of this site",
                expected=", ".join(numbers),
                wrong=clean(node.value),
                among=numbers,
            )
            return self._called
        return found[0]

    def _from(self, section: Section) -> str:
        expected = f"a telephone number such as +48 22 000 02 01, or {WITHHELD}"
        node = section.scalar("from", expected=expected, needed=True)
        if node is None or clean(node.value) == WITHHELD:
            return ""
        number = e164(node.value, self._site.country)
        if not is_dialable(number):
            self._problems.add(node.place, f"'{shown(node.value)}' is no telephone number", expected=expected)
            return ""
        return number

    def _at(self, section: Section) -> float:
        node = section.scalar("at", expected=zone.EXPECTED)
        if node is not None:
            try:
                return zone.moment(clean(node.value), self._clock)
            except zone.MomentError as error:
                self._problems.add(node.place, str(error), expected=zone.EXPECTED)
        return zone.moment(AT, self._clock)

    def _keys(self, section: Section) -> tuple[Deed, ...]:
        node = section.scalar("keys", expected=deeds.EXPECTED)
        if node is None:
            return ()
        try:
            return deeds.parse_deeds(node.value)
        except deeds.DeedsError as error:
            place = inside(node, error.at, error.width)
            self._problems.add(place, str(error), expected=error.expected)
            return ()

    def _agents(self, section: Section) -> tuple[dict[str, Habit], Habit]:
        found: dict[str, Habit] = {}
        node = section.mapping("agents", expected="agents and what they do, such as {anna: busy}")
        known = (*phones.rung(self._site), EVERYONE)
        for key, (name, value) in (node.items if node else {}).items():
            if key not in known:
                self._problems.add(
                    name.place,
                    f"there is no agent '{shown(key)}'",
                    expected=", ".join(known),
                    wrong=key,
                    among=known,
                )
                continue
            items = value.items if isinstance(value, Sequence) else [value]
            words = [item.value for item in items if isinstance(item, Scalar) and not item.missing]
            if len(words) < len(items):
                self._problems.add(value.place, f"what '{key}' does is {kind(value)}", expected=phones.EXPECTED)
                continue
            try:
                found[key] = phones.parse_habit(words)
            except phones.PhonesError as error:
                self._problems.add(value.place, str(error), expected=error.expected)
        everyone = found.pop(EVERYONE, Habit())
        return found, everyone

    # What is expected

    def _expected(self, section: Section, first_flow: str) -> Expected:
        node = section.mapping("expect", expected="hears:, path:, outcome:, answered_by:, stage:, facts:", needed=True)
        if node is None:
            return Expected()
        inner = Section(node, self._problems, "'expect'", section.key_place("expect"))
        expected = Expected(
            hears=tuple((clean(word.value), word.place) for word in inner.words("hears")),
            path=self._path(inner, first_flow),
            outcome=self._one_of(inner, "outcome", get_args(Outcome)),
            answered_by=self._one_of(inner, "answered_by", (*phones.rung(self._site), NOBODY)),
            stage=self._one_of(inner, "stage", (*get_args(Stage), NOBODY)),
            facts=self._facts(inner),
            places={key: name.place for key, (name, _) in node.items.items()},
        )
        inner.done()
        if not node.items:
            self._problems.add(inner.place, "nothing is expected of this call", hint="then it proves nothing")
        return expected

    def _path(self, inner: Section, first_flow: str) -> tuple[str, ...] | None:
        path = []
        for word in inner.words("path", expected="the steps, such as [welcome, who, manager]"):
            flow, _, step = clean(word.value).rpartition("/")
            steps = self._steps(flow or first_flow)
            if step not in steps:
                self._problems.add(
                    word.place, f"there is no step '{shown(clean(word.value))}'", wrong=step, among=steps
                )
            path.append(clean(word.value))
        return tuple(path) if inner.has("path") else None

    def _steps(self, flow: str) -> tuple[str, ...]:
        found = self._site.flows.get(flow)
        return tuple(found.steps) if found is not None else ()

    def _one_of(self, inner: Section, key: str, among: tuple[str, ...]) -> str | None:
        node = inner.scalar(key, expected=", ".join(among))
        if node is None:
            return None
        word = clean(node.value)
        if word not in among:
            self._problems.add(
                node.place,
                f"'{shown(word)}' cannot be the '{key}' of a call",
                expected=", ".join(among),
                wrong=word,
                among=among,
            )
        return word

    def _facts(self, inner: Section) -> tuple[ExpectedFact, ...]:
        expected = "a list such as - StageEntered: {stage: team}"
        node = inner.get("facts", expected=expected)
        if node is not None and not isinstance(node, Sequence):
            self._problems.add(node.place, f"'facts' is {kind(node)}", expected=expected)
            return ()
        found = (self._fact(item, expected) for item in (node.items if isinstance(node, Sequence) else ()))
        return tuple(fact for fact in found if fact is not None)

    def _fact(self, node: Node, expected: str) -> ExpectedFact | None:
        if isinstance(node, Mapping) and len(node.items) == 1:
            (name, value) = next(iter(node.items.values()))
        elif isinstance(node, Scalar) and not node.missing:
            name, value = node, Mapping({}, node.place)
        else:
            self._problems.add(node.place, f"an entry of 'facts' is {kind(node)}", expected=expected)
            return None
        fact = FACTS.get(clean(name.value))
        if fact is None:
            self._problems.add(
                name.place,
                f"there is no fact '{shown(name.value)}'",
                wrong=clean(name.value),
                among=FACTS,
                hint="docs/mqtt.md names them all",
            )
            return None
        if not isinstance(value, Mapping):
            self._problems.add(value.place, f"the fields of '{fact.__name__}' are {kind(value)}", expected=expected)
            return None
        fields: list[tuple[str, str]] = []
        known = tuple(field for field in fact.__struct_fields__ if field not in {"at", "call", "record"})
        for key, (field, wanted) in value.items.items():
            if key not in known:
                self._problems.add(
                    field.place,
                    f"'{fact.__name__}' has no field '{shown(key)}'",
                    expected=", ".join(known),
                    wrong=key,
                    among=known,
                )
            elif not isinstance(wanted, Scalar):
                self._problems.add(wanted.place, f"'{key}' is {kind(wanted)}", expected="a word or a number")
            else:
                fields.append((key, clean(wanted.value)))
        return ExpectedFact(fact.__name__, tuple(fields), name.place)
