"""What a flow may dial that is no agent: nothing, until `dial:` in gateway.yaml lists it.

Every number costs somebody money, and whoever can change a flow could let the office pay for calls to the other end of
the world (toll fraud). So numbers stand in the flow itself, never in a variable; they have to be listed; a premium
number has to be listed digit by digit; and a flow never calls the emergency services, which could not know who needs
help and where.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol

import msgspec

from gateway.config.fields import clean, shown
from gateway.config.people import PHONE
from gateway.core.numbers import e164, is_dialable
from gateway.core.site.dial_rules import country_code, is_dear, is_emergency, is_listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gateway.config.fields import Section
    from gateway.config.people import Did
    from gateway.config.problems import Problems
    from gateway.config.source import Scalar
    from gateway.core.site.site import Agent

_ITEM = '"+48*" for all that begin so, "+48221234567" for one number, or "sip:*@pbx.example.com"'
_PREFIX = re.compile(r"\+[1-9][0-9]{0,13}\*")
_HOST = re.compile(r"sip:\*@[A-Za-z0-9.-]+(?::[0-9]{1,5})?")
_NUMBER = re.compile(r"\+?[0-9][0-9 ()./-]*")


class _Read(Protocol):
    """What is known of gateway.yaml by then."""

    country: str
    numbers: list[Did]
    agents: dict[str, Agent] | None


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """`dial:`, with what else tells whether a number can be dialled."""

    listed: tuple[str, ...] = ()
    country: str
    own: tuple[str, ...] = ()
    """The office's own numbers: a call to one of them would come back."""
    phones: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Phone -> the agent whose it is."""

    def allows(self, number: str) -> bool:
        """Whether `dial:` lists it: a number in E.164, or a SIP address."""
        return is_listed(number, self.listed)


def read_outside(root: Section, problems: Problems, made: _Read) -> Outside | None:
    """`dial: ["+48*"]`; None when it cannot be read, so that no flow is judged by it."""
    listed: list[str] = []
    before = len(problems)
    for item in root.words("dial", expected=f"a list such as [{_ITEM}]"):
        text = clean(item.value)
        number = e164(text, made.country)
        if text in {"*", "+*"}:
            problems.add(
                item.place,
                "this would let a flow dial every number in the world",
                expected=_ITEM,
                hint="list the countries or the numbers that your flows need",
            )
        elif is_emergency(text, made.country):
            problems.add(item.place, f"'{shown(text)}' calls the emergency services, which no flow may do")
        elif _PREFIX.fullmatch(text) or _HOST.fullmatch(text) or PHONE.fullmatch(text):
            listed.append(text)
        elif is_dialable(number):
            listed.append(number)
        else:
            problems.add(item.place, f"'{shown(text)}' is nothing that can be dialled", expected=_ITEM)
    if len(problems) > before or made.agents is None:
        return None
    return Outside(
        listed=tuple(listed),
        country=made.country,
        own=tuple(did.number for did in made.numbers),
        phones={agent.uri: agent.id for agent in made.agents.values()},
    )


def looks_like_one(text: str) -> bool:
    """Whether a word is meant as a number or a SIP address, not as a name."""
    return bool(_NUMBER.fullmatch(text)) or text.startswith("sip:")


def read_number(
    node: Scalar, outside: Outside | None, problems: Problems, *, trunk: Scalar | None, trunks: Sequence[str]
) -> tuple[str, str]:
    """(what to dial, through which trunk) of a value that looks like a number or an address; ("", "") with a problem
    when it cannot be dialled or may not be. With `outside` None it is not judged."""
    text = clean(node.value)
    if outside is None:
        return "", ""
    if text.startswith("sip:"):
        if not PHONE.fullmatch(text):
            problems.add(node.place, "this is no SIP address that can be dialled", expected="sip:name@address")
            return "", ""
        if trunk is not None:
            problems.add(trunk.place, "a SIP address is dialled without a trunk", hint="delete it")
        return (text, "") if _may(node, text, outside, problems) else ("", "")
    if is_emergency(text, outside.country):
        problems.add(
            node.place,
            f"'{shown(text)}' calls the emergency services, which no flow may do",
            hint="say the number to the caller instead",
        )
        return "", ""
    number = e164(text, outside.country)
    if not is_dialable(number):
        problems.add(node.place, f"'{shown(text)}' is no number that can be dialled", expected="such as +48221234567")
        return "", ""
    through = _trunk(node, trunk, trunks, problems)
    return (number, through) if _may(node, number, outside, problems) and through else ("", "")


def _may(node: Scalar, number: str, outside: Outside, problems: Problems) -> bool:
    if number in outside.phones:
        agent = outside.phones[number]
        problems.add(node.place, f"this is the phone of agent '{agent}'", hint=f"write the name: {agent}")
    elif number in outside.own:
        problems.add(
            node.place, "this is a number of this office: the call would come back", hint="use go_to_flow or queue"
        )
    elif is_dear(number) and number not in outside.listed:
        problems.add(
            node.place,
            f"'{number}' is a premium number",
            hint=f'if it is meant, list it digit by digit in gateway.yaml: dial: ["{number}"]',
        )
    elif not outside.allows(number):
        wider = f"sip:*@{number.rpartition('@')[2]}" if number.startswith("sip:") else f"{country_code(number)}*"
        problems.add(
            node.place,
            f"'{shown(number)}' may not be dialled: gateway.yaml does not list it",
            hint=f'in gateway.yaml: dial: ["{shown(number)}"], or ["{wider}"] for all that begin or end so',
        )
    else:
        return True
    return False


def _trunk(node: Scalar, trunk: Scalar | None, trunks: Sequence[str], problems: Problems) -> str:
    if trunk is None and len(trunks) == 1:
        return trunks[0]
    if trunk is None:
        problems.add(
            node.place, "a number is dialled through a trunk", expected="trunk: and one of " + (", ".join(trunks) or
            "those in gateway.yaml, which has none")
        )  # fmt: skip
        return ""
    name = clean(trunk.value)
    if name not in trunks:
        problems.add(trunk.place, f"there is no trunk '{shown(name)}'", wrong=name, among=trunks)
        return ""
    return name
