"""`call_backs:` in gateway.yaml: that the box dials call-backs by itself, through which trunk, when and how often, and
what it says. Without it call-backs are tasks for people.

The sentences are the box's own, in Polish and in English; `say:` has others in their place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

from gateway.config.fields import Section, clean, shown
from gateway.config.problems import Place
from gateway.config.source import Scalar
from gateway.config.variables import Variables
from gateway.core.flow.base import Prompt
from gateway.core.flow.steps_voice import CALL_BACK_NUMBER
from gateway.core.numbers import e164, is_dialable
from gateway.core.site.call_backs import PARTS, CallBacks

if TYPE_CHECKING:
    from collections.abc import Mapping as MappingOf

    from gateway.config.dialling import Outside
    from gateway.config.problems import Problems
    from gateway.config.prompts import PromptReader
    from gateway.core.line_config import Trunk
    from gateway.core.site.site import Agent, Hours, Team

RETRY_S = (60.0, 86_400.0)
"""The shortest pause is longer than a restart takes, so that nobody is dialled twice by one."""
RETRIES_MAX = 20
RING_S = (5.0, 120.0)
PRESS_S = (3.0, 30.0)
DAY_MIN = 24 * 60
_CLOCK = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)")
_TIME = "a time such as 08:30"
QUIET = "hours such as 20:00-09:00"

TEXTS: dict[str, dict[str, str]] = {
    "pl": {
        "brief": "Oddzwaniamy na numer {call_back_number}.",
        "greeting": "Dzień dobry. Oddzwaniamy na Państwa prośbę.",
        "cut_off": "Dzień dobry. Połączenie z nami zostało przerwane, dlatego dzwonimy.",
        "press": "Aby porozmawiać z konsultantem, proszę nacisnąć jeden.",
        "sorry": "Przepraszamy, konsultant się rozłączył. Zadzwonimy ponownie.",
        "not_reached": "Nie udało się połączyć z klientem.",
        "refused": "Na ten numer nie możemy oddzwonić. Proszę podać inny numer i zakończyć krzyżykiem.",
        "not_wanted": "Zgodnie z Państwa życzeniem nie oddzwaniamy na Państwa numer.",
    },
    "en": {
        "brief": "We are calling back {call_back_number}.",
        "greeting": "Hello. We are calling you back, as you asked us to.",
        "cut_off": "Hello. Your call to us was cut off, so we are calling you.",
        "press": "To talk with us, please press one.",
        "sorry": "We are sorry, our colleague has hung up. We will call you again.",
        "not_reached": "The client could not be reached.",
        "refused": "We cannot call that number. Please key another number, and then the hash key.",
        "not_wanted": "As you wished, we do not call you back.",
    },
}
"""The sentences by PARTS."""


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    country: str
    voices: dict[str, str]
    hours: dict[str, Hours] | None
    trunks: tuple[Trunk, ...]
    agents: dict[str, Agent] | None
    teams: dict[str, Team] | None
    outside: Outside | None


def read_call_backs(root: Section, problems: Problems, made: _Read, prompts: PromptReader) -> CallBacks | None:
    """`call_backs:`; None without it, or when it cannot be read."""
    node = root.mapping("call_backs", expected="how clients are called back, such as {hours: office, retries: 3}")
    if node is None:
        return None
    section = Section(node, problems, "'call_backs'", root.key_place("call_backs"))
    before = len(problems)
    not_before, not_after = _time(section, "not_before"), _time(section, "not_after")
    if (not_before or 0) >= (DAY_MIN if not_after is None else not_after):
        problems.add(section.key_place("not_after"), "nobody could ever be called between these two times")
    low, high = RETRY_S
    rules = CallBacks(
        trunk=_trunk(section, made),
        caller_id=_caller_id(section, made.country),
        listed=made.outside.listed if made.outside is not None else (),
        hours=_hours(section, made.hours),
        not_before=not_before,
        not_after=not_after,
        retry_after_s=section.seconds("retry_after", 600.0, low=low, high=high),
        retries=section.whole("retries", 3, low=0, high=RETRIES_MAX),
        ring_s=section.seconds("ring", 40.0, low=RING_S[0], high=RING_S[1]),
        press=section.yes_no("press_1", default=True),
        press_s=section.seconds("press_within", 8.0, low=PRESS_S[0], high=PRESS_S[1]),
        cut_off=section.yes_no("cut_off", default=True),
        said=_sentences(section, problems, made.voices, prompts),
    )
    if made.outside is not None and not any(item.startswith("+") for item in made.outside.listed):
        problems.add(
            section.place,
            "clients could not be called back: no number may be dialled",
            hint='list what may be dialled in gateway.yaml, such as dial: ["+48*"]',
        )
    section.done()
    return rules if len(problems) == before else None


def quiet_hours(text: str) -> tuple[int, int] | None:
    """Reads "20:00-09:00" as (1200, 540); None when it is none."""
    ends = [_minute(part) for part in re.split(r"\s*(?:-|–|—)\s*", text.strip())]
    if len(ends) != 2 or ends[0] is None or ends[1] is None or ends[0] % DAY_MIN == ends[1] % DAY_MIN:
        return None
    return ends[0] % DAY_MIN, ends[1]


def _minute(text: str) -> int | None:
    found = _CLOCK.fullmatch(text)
    minute = 60 * int(found[1]) + int(found[2]) if found else DAY_MIN + 1
    return minute if minute <= DAY_MIN else None


def _time(section: Section, key: str) -> int | None:
    node = section.scalar(key, expected=_TIME)
    if node is None:
        return None
    minute = _minute(clean(node.value))
    if minute is None:
        section.problems.add(node.place, f"'{shown(node.value)}' cannot be read as '{key}'", expected=_TIME)
    return minute


def _trunk(section: Section, made: _Read) -> str:
    """The trunk that is named, or the only one."""
    names = [trunk.id for trunk in made.trunks]
    node = section.scalar("trunk", expected="the name of a trunk")
    if node is not None and clean(node.value) not in names:
        section.problems.add(
            node.place, f"there is no trunk '{shown(node.value)}'", wrong=clean(node.value), among=names
        )
        return ""
    if node is not None:
        return clean(node.value)
    if len(names) != 1:
        hint = f"trunk: and one of {', '.join(names)}" if names else "trunks: in gateway.yaml, which has none"
        section.problems.add(section.place, "clients are called back through a trunk", expected=hint)
        return ""
    return names[0]


def _caller_id(section: Section, country: str) -> str:
    node = section.scalar("caller_id", expected="a number of the office, such as +48221234567")
    if node is None:
        return ""
    number = e164(clean(node.value), country)
    if is_dialable(number):
        return number
    section.problems.add(node.place, f"'{shown(node.value)}' is no telephone number", expected="such as +48221234567")
    return ""


def _hours(section: Section, calendars: MappingOf[str, Hours] | None) -> str:
    node = section.scalar("hours", expected="the name of a calendar")
    if node is None or calendars is None:
        return ""
    name = clean(node.value)
    if name not in calendars:
        section.problems.add(
            node.place,
            f"there is no calendar '{shown(name)}'",
            expected=", ".join(calendars) or "one of hours: in gateway.yaml, which has none",
            wrong=name,
            among=tuple(calendars),
        )
    return name


def _sentences(
    section: Section, problems: Problems, voices: MappingOf[str, str], prompts: PromptReader
) -> dict[str, Prompt]:
    """Each sentence in each language of the site: what `say:` has for it, else the box's own."""
    variables = Variables(collected={CALL_BACK_NUMBER})
    own = section.mapping("say", expected=f"other sentences, by {', '.join(PARTS)}")
    said = Section(own, problems, "'say'", section.key_place("say")) if own is not None else None
    languages, found = tuple(voices), {}
    for part in PARTS:
        written = said.get(part, expected="a text for each language") if said is not None else None
        if written is not None and languages:
            prompt = prompts.prompt(written, languages, variables)
        else:
            prompt = _by_itself(part, section, languages, prompts, variables)
        if prompt is not None:
            found[part] = prompt
    if said is not None:
        said.done()
    return found


def _by_itself(
    part: str, section: Section, languages: tuple[str, ...], prompts: PromptReader, variables: Variables
) -> Prompt | None:
    unknown = [language for language in languages if language not in TEXTS]
    if unknown:
        section.problems.add(
            section.place,
            f"the box has no words of its own for '{part}' in {', '.join(unknown)}",
            expected=f"say: {{{part}: a text for each language}}",
        )
        return None
    parts = {}
    for language in languages:
        node = Scalar(TEXTS[language][part], Place(section.place.file), quoted=True)
        made = prompts.prompt(node, (language,), variables)
        parts[language] = made.parts[language] if made is not None else ()
    return Prompt(parts=parts)
