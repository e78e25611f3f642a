"""What gateway.yaml says of how agents log in and pause: code, pin_file, auto_pause_after, pause_reasons."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gateway.config.fields import clean, shown
from gateway.config.files import NO_SECRETS
from gateway.config.network import NAME, secret
from gateway.core.agents.codes import CODE_DIGITS, digest_of
from gateway.core.agents.pins import DIGITS
from gateway.core.site.site import PAUSE_REASONS_MAX, RESERVED_REASONS

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.fields import Section
    from gateway.config.problems import Problems

UNANSWERED_MAX = 20
_CODE = re.compile(rf"[0-9]{{{CODE_DIGITS[0]},{CODE_DIGITS[1]}}}")
_CODE_EXPECTED = f"{CODE_DIGITS[0]} to {CODE_DIGITS[1]} digits, such as 2001"
_REASONS_EXPECTED = "a list such as [lunch, training]"


class Codes:
    """Reads the code and the PIN of one agent after the other; `site` is the site's name."""

    def __init__(self, secrets: Path, site: str) -> None:
        self._secrets, self._site = secrets, site
        self._taken: dict[str, str] = {}

    def read(self, agent: str, section: Section) -> tuple[str, str]:
        """(code, digest of the PIN), each empty when there is none."""
        code, pin = self._code(agent, section), self._pin(agent, section)
        if code and not (section.has("pin_file") or section.has("pin_env") or section.has("pin")):
            section.problems.add(
                section.key_place("code"),
                f"{section.what} has a code and no PIN: anybody could key the code",
                expected="pin_file: or pin_env:",
                hint=f"write {DIGITS[0]} to {DIGITS[1]} digits into a file of its own with mode 600 and name that file",
            )
        return code, pin

    def _code(self, agent: str, section: Section) -> str:
        node = section.scalar("code", expected=_CODE_EXPECTED)
        if node is None:
            return ""
        code = clean(node.value)
        if not _CODE.fullmatch(code):
            section.problems.add(node.place, f"'{shown(code)}' cannot be keyed as a code", expected=_CODE_EXPECTED)
            return ""
        first = self._taken.setdefault(code, agent)
        if first != agent:
            section.problems.add(node.place, f"this is the code of '{shown(first)}' already")
        return code

    def _pin(self, agent: str, section: Section) -> str:
        pin = secret(section, self._secrets, "pin")
        if not pin or self._secrets == NO_SECRETS:
            return ""
        if not (pin.isascii() and pin.isdigit() and DIGITS[0] <= len(pin) <= DIGITS[1]):
            place = section.node.items["pin_file" if section.has("pin_file") else "pin_env"][1].place
            expected = f"one line of {DIGITS[0]} to {DIGITS[1]} digits"
            section.problems.add(place, "the PIN cannot be keyed on a telephone", expected=expected)
            return ""
        return digest_of(pin, agent, self._site)


def read_auto_pause(section: Section) -> int | None:
    """`auto_pause_after:` of an agent or a team; None when it is not there."""
    asked = section.has("auto_pause_after")
    found = section.whole("auto_pause_after", 0, low=0, high=UNANSWERED_MAX)
    return found if asked else None


def read_pause_reasons(root: Section, problems: Problems) -> tuple[str, ...]:
    """`pause_reasons: [lunch, training]`, in the order of their keys."""
    found: dict[str, None] = {}
    for node in root.words("pause_reasons", expected=_REASONS_EXPECTED):
        name = clean(node.value)
        if not NAME.fullmatch(name):
            problems.add(node.place, f"'{shown(name)}' cannot be a name", expected="letters, digits, - and _")
        elif name in RESERVED_REASONS:
            problems.add(node.place, f"'{name}' is a reason that the box itself gives", hint="call it otherwise")
        elif name in found:
            problems.add(node.place, f"the reason '{shown(name)}' stands twice", hint="delete it")
        elif len(found) == PAUSE_REASONS_MAX:
            problems.add(
                node.place,
                f"there are more than {PAUSE_REASONS_MAX} reasons",
                hint="each has a key of the telephone, 1 to 9",
            )
            break
        found[name] = None
    return tuple(found)
