"""`draft:` and `reload:` in gateway.yaml: how a version that is not published yet is tried, and whether the box looks
for changes in the folder by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.config.fields import Section, clean, shown
from gateway.config.people import SHORT_NUMBER
from gateway.core.numbers import e164, is_dialable
from gateway.core.site.site import Draft

if TYPE_CHECKING:
    from collections.abc import Collection

    from gateway.config.people import Did
    from gateway.config.problems import Problems
    from gateway.config.settings import Reload
    from gateway.config.source import Mapping

_RELOADS: dict[str, Reload] = {"command": "command", "watch": "watch"}
_RELOAD = "command (when told to: gateway publish, gateway reload, SIGHUP) or watch (whenever a file changes)"


def read_draft(
    node: Mapping | None, problems: Problems, *, numbers: list[Did], agents: Collection[str] | None, country: str
) -> Draft | None:
    """`draft: {number: "9999", rings: [anna]}`; without it no draft can be dialled. `agents` None: not judged."""
    if node is None:
        return None
    section = Section(node, problems, "'draft'")
    expected = 'a number that no caller is given, such as "9999"'
    number = section.scalar("number", expected=expected, needed=True)
    rings: dict[str, None] = {}
    for item in section.words("rings", expected="those whose telephones a draft may ring, such as [anna]"):
        name = clean(item.value)
        if agents is not None and name not in agents:
            problems.add(item.place, f"there is no agent '{shown(name)}'", wrong=name, among=agents)
        rings[name] = None
    section.done()
    if number is None:
        return None
    dialled = e164(number.value, country)
    if not is_dialable(dialled) and not SHORT_NUMBER.fullmatch(number.value.strip()):
        problems.add(number.place, f"'{shown(number.value)}' is no number", expected=expected)
        return None
    taken = next((did for did in numbers if did.number == dialled), None)
    if taken is not None:
        problems.add(
            number.place,
            f"this number is answered already: it stands in line {taken.place.line}",
            expected=expected,
        )
    return Draft(number=dialled, rings=tuple(rings))


def read_reload(root: Section, problems: Problems) -> Reload:
    """`reload:` at the top of gateway.yaml."""
    node = root.scalar("reload", expected=_RELOAD)
    if node is None:
        return "command"
    word = clean(node.value)
    if word not in _RELOADS:
        problems.add(
            node.place, f"'{shown(word)}' is no way to reload", expected=_RELOAD, wrong=word, among=tuple(_RELOADS)
        )
        return "command"
    return _RELOADS[word]
