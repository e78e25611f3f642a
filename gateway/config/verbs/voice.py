"""Verbs for what callers leave: voicemail, call-backs, the consent to be recorded, answers to a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import clean, shown
from gateway.config.verbs.ask import WAIT_S, yes_no_keys
from gateway.config.verbs.human import BY_CLIENT
from gateway.config.verbs.shape import STEP, Shape, Verb
from gateway.core.flow import model
from gateway.core.flow.model import Retry
from gateway.core.flow.steps_voice import CALL_BACK_NUMBER
from gateway.core.steps.survey import SCORES
from gateway.core.steps.voice import ANY

if TYPE_CHECKING:
    from gateway.config.fields import Section
    from gateway.config.flow_parts import StepParts
    from gateway.config.source import Mapping, Scalar
    from gateway.config.variables import Variables
    from gateway.core.facts.desk import Whose
    from gateway.core.flow.model import AnyStep

LONGEST_S = (5.0, 1800.0)
SHORTEST_S = (0.5, 30.0)
_WHOM = "by_client, or the name of a team, an agent or a box"


def _voicemail(parts: StepParts, section: Section, name: str) -> AnyStep:
    to, whose, team = addressee(parts, section, "voicemail")
    finish_on = section.text("finish_on", "#", expected='"#", "*", any or none')
    if finish_on not in {"#", "*", ANY, "none"}:
        place = section.node.items["finish_on"][1].place
        parts.problems.add(place, f"'{shown(finish_on)}' cannot end a message", expected='"#", "*", any or none')
    longest_s = section.seconds("longest", 120.0, low=LONGEST_S[0], high=LONGEST_S[1])
    shortest_s = section.seconds("shortest", 2.0, low=SHORTEST_S[0], high=SHORTEST_S[1])
    if shortest_s >= longest_s:
        parts.problems.add(section.key_place("shortest"), "the shortest message is as long as the longest")
    return model.Voicemail(
        name=name,
        place=str(section.place),
        to=to,
        whose=whose,
        team=team,
        prompt=parts.prompt(section, "say"),
        longest_s=longest_s,
        shortest_s=shortest_s,
        finish_on="" if finish_on == "none" else finish_on,
        then=parts.then(section),
        too_short=parts.retry(section, "too_short"),
        failed=parts.then(section, "failed", needed=False),
    )


def _callback(parts: StepParts, section: Section, name: str) -> AnyStep:
    to, whose, team = addressee(parts, section, "callback")
    return model.CallBack(
        name=name,
        place=str(section.place),
        to=to,
        whose=whose,
        team=team,
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        another=parts.must(parts.prompt(section, "another", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 4.0, low=WAIT_S[0], high=WAIT_S[1]),
        then=parts.then(section),
        refused=parts.then(section, "refused", needed=False),
        no_input=parts.retry(section, "no_input"),
        no_match=parts.retry(section, "no_match"),
    )


def _call_back_number(_step: Mapping, variables: Variables) -> None:
    variables.collected.add(CALL_BACK_NUMBER)


def _consent(parts: StepParts, section: Section, name: str) -> AnyStep:
    prompt = parts.must(parts.prompt(section, "consent", needed=True))
    keys = yes_no_keys(parts, section)
    no = parts.then(section, "no")
    # No answer is no consent, at once; a wrong key is asked about once more.
    silent = parts.retry(section, "no_input") if section.has("no_input") else Retry(tries=1, then=no)
    wrong = parts.retry(section, "no_match") if section.has("no_match") else Retry(tries=2, then=no)
    return model.Consent(
        name=name,
        place=str(section.place),
        prompt=prompt,
        yes_key=keys["yes"],
        no_key=keys["no"],
        yes=parts.then(section, "yes"),
        no=no,
        first_key_s=section.seconds("first_key", 5.0, low=WAIT_S[0], high=WAIT_S[1]),
        no_input=silent,
        no_match=wrong,
    )


def _survey(parts: StepParts, section: Section, name: str) -> AnyStep:
    node = section.scalar("survey", expected=", ".join(SCORES), needed=True)
    word = clean(node.value) if node else ""
    kind = next((known for known in SCORES if known == word), None)
    if node is not None and kind is None:
        among = tuple(SCORES)
        parts.problems.add(
            node.place, f"there is no survey '{shown(word)}'", expected=", ".join(among), wrong=word, among=among
        )
    if section.has("next_key") and kind != "nps":
        parts.problems.add(section.key_place("next_key"), "only nps has answers of two keys", hint="delete it")
    then = parts.then(section)
    # Nobody is pressed for an answer: silence ends the question at once.
    silent = parts.retry(section, "no_input") if section.has("no_input") else Retry(tries=1, then=then)
    wrong = parts.retry(section, "no_match") if section.has("no_match") else Retry(tries=2, then=then)
    return model.Survey(
        name=name,
        place=str(section.place),
        kind=kind or "csat",
        prompt=parts.must(parts.prompt(section, "say", needed=True)),
        first_key_s=section.seconds("first_key", 6.0, low=WAIT_S[0], high=WAIT_S[1]),
        next_key_s=section.seconds("next_key", 3.0, low=WAIT_S[0], high=WAIT_S[1]),
        then=then,
        no_input=silent,
        no_match=wrong,
    )


def addressee(parts: StepParts, section: Section, key: str) -> tuple[str, Whose, str]:
    """(to, whose it is, team for callers without a client) of a step that leaves something for somebody."""
    node = section.scalar(key, expected=_WHOM, needed=True)
    team = section.scalar("team", expected="the name of a team")
    default = parts.team(team) if team else ""
    to = clean(node.value) if node else ""
    if node is None or not to:
        return to, "box", default
    if to == BY_CLIENT:
        return to, "agent", default or _only_team(parts, section, key, given=team is not None)
    if team:
        parts.problems.add(team.place, f"'team' belongs to '{key}: by_client' only", hint="delete it")
    return to, _whose(parts, node, to), ""


def _whose(parts: StepParts, node: Scalar, to: str) -> Whose:
    names = parts.names
    if names.teams is None or names.agents is None or names.boxes is None or to in names.teams:
        return "team"
    if to in names.agents:
        return "agent"
    among = (BY_CLIENT, *names.teams, *names.agents, *names.boxes)
    if to not in names.boxes:
        parts.problems.add(
            node.place,
            f"there is no team, agent or box '{shown(to)}'",
            expected=", ".join(among),
            wrong=to,
            among=among,
            hint="a box for nobody in particular is listed in gateway.yaml, such as boxes: [orders]",
        )
    return "box"


def _only_team(parts: StepParts, section: Section, key: str, *, given: bool) -> str:
    teams = parts.names.teams
    if given or teams is None:
        return ""
    if len(teams) == 1:
        return teams[0]
    parts.problems.add(
        section.key_place(key),
        f"'{key}: by_client' does not say whose it is when the caller is no known client",
        expected="team: and one of " + ", ".join(teams),
    )
    return ""


VERBS = {
    "voicemail": Verb(
        _voicemail,
        Shape.WORD,
        {
            "team": Shape.WORD,
            "say": Shape.SAID,
            "longest": Shape.LENGTH,
            "shortest": Shape.LENGTH,
            "finish_on": Shape.WORD,
            "then": STEP,
            "too_short": Shape.RETRY,
            "failed": STEP,
        },
        needs=("then",),
    ),
    "callback": Verb(
        _callback,
        Shape.WORD,
        {
            "team": Shape.WORD,
            "say": Shape.SAID,
            "another": Shape.SAID,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "refused": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("say", "another", "then"),
        notes=_call_back_number,
    ),
    "consent": Verb(
        _consent,
        Shape.SAID,
        {
            "yes": STEP,
            "no": STEP,
            "keys": Shape.TABLE,
            "first_key": Shape.LENGTH,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("yes", "no"),
    ),
    "survey": Verb(
        _survey,
        Shape.WORD,
        {
            "say": Shape.SAID,
            "first_key": Shape.LENGTH,
            "next_key": Shape.LENGTH,
            "then": STEP,
            "no_input": Shape.RETRY,
            "no_match": Shape.RETRY,
        },
        needs=("say", "then"),
    ),
}
