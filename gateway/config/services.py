"""`services:` in gateway.yaml: HTTP services that the flows may ask, where they are and what may come back.

A token never stands in gateway.yaml, nor in an address. What is asked goes over TLS, unless the service is on this
machine or the admin says that the network between can be trusted (`plain_http: yes`).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from gateway.config.expressions import inside
from gateway.config.fields import clean, kind, sections, shown
from gateway.config.network import ca_file, secret
from gateway.config.problems import QUERY_SECRET
from gateway.config.settings import Secret
from gateway.config.source import Mapping, Scalar, Sequence
from gateway.config.variables import NAME
from gateway.core.flow.model import WELL_KNOWN
from gateway.core.service_model import PLACEHOLDER, TIME_LIMIT_S, AnswerField, Service
from gateway.core.speech.fragments import CURRENCIES, KINDS

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from gateway.config.fields import Section
    from gateway.config.problems import Problems
    from gateway.config.source import Node

CLIENT = "client"
RESERVED = frozenset({CLIENT, "case", *(name.partition(".")[0] for name in WELL_KNOWN)})
"""Names that a look-up or a variable has already."""
CACHE_MAX_S = 86_400.0
WORD_MAX = 60
_WORD = re.compile(r"[^\W\d]\w*")
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}")  # RFC 9110, 5.6.2, as far as anybody uses it
_AT = re.compile(r"[^.\s]+(?:\.[^.\s]+){0,9}")
_URL = "an address such as https://crm.example/api/orders/{order}"
_INSTEAD = "token_file: names a file that holds it, token_header: the header in which it is sent"
_ANSWER = "what the flows may use, such as status: {at: order.status, one_of: [new, sent]}"
_KINDS = ", ".join("money PLN" if kind == "money" else kind for kind in KINDS)
_ONE_OF = 'words such as [new, sent], or how each is said: {new: "przyjęte", sent: "wysłane"}'


def read_services(
    node: Mapping | None, secrets: Path, problems: Problems, languages: Collection[str]
) -> tuple[dict[str, Service], dict[str, Secret]]:
    """The services and their tokens, by name. `secrets` is the folder in which tokens lie; `languages` are the site's,
    empty when they are not known."""
    services: dict[str, Service] = {}
    tokens: dict[str, Secret] = {}
    for name, section in sections(node, problems, "service"):
        if not _WORD.fullmatch(name) or name in RESERVED:
            what = "is the name of something else" if name in RESERVED else "cannot be the name of a service"
            expected = "a word of letters, digits and _, such as orders"
            problems.add(section.place, f"'{shown(name)}' {what}", expected=expected)
        services[name] = _service(name, section, secrets, languages)
        token = secret(section, secrets, "token")
        if token and not (token.isascii() and token.isprintable()):
            place = section.key_place("token_file" if section.has("token_file") else "token_env")
            problems.add(place, "this token has characters that cannot be sent", expected="plain letters and digits")
        elif token:
            tokens[name] = Secret(token)
        section.done()
    return services, tokens


def _service(name: str, section: Section, secrets: Path, languages: Collection[str]) -> Service:
    url = _url(section)
    header = section.text("token_header", expected="the header that the token is sent in, such as X-Api-Key")
    if header and not _HEADER.fullmatch(header):
        section.problems.add(
            section.node.items["token_header"][1].place,
            f"'{shown(header)}' is no header",
            expected="a name such as X-Api-Key",
        )
    if header and not {"token", "token_file", "token_env"} & set(section.node.items):
        expected = "token_file: or token_env:"
        section.problems.add(section.key_place("token_header"), f"{section.what} has no token", expected=expected)
    return Service(
        name=name,
        url=url,
        time_limit_s=section.seconds("time_limit", TIME_LIMIT_S, low=0.2, high=TIME_LIMIT_S),
        cache_s=section.seconds("cache", 0.0, high=CACHE_MAX_S),
        token_header=header,
        ca_file=ca_file(section, secrets, "the service's"),
        answer=_answer(section, languages),
    )


# The address


def _url(section: Section) -> str:
    node = section.scalar("url", expected=_URL, needed=True)
    plain = section.yes_no("plain_http", default=False)
    if node is None:
        return ""
    url, problems = node.value.strip(), section.problems
    if not _placeholders(node, problems):
        return ""
    try:
        parts = urlsplit(PLACEHOLDER.sub("0", url))
        host, readable = parts.hostname or "", parts.port != 0
    except ValueError:
        parts, host, readable = SplitResult("", "", "", "", ""), "", False
    authority = url.partition("://")[2].partition("/")[0].partition("?")[0]
    wrong, hint = "", ""
    if not readable:
        wrong = "this is no address"
    elif "://" not in url:
        wrong = "an address begins with https://"
    elif parts.scheme not in {"http", "https"}:
        wrong = f"'{shown(parts.scheme)}' is no way to ask a service"
    elif parts.username is not None:
        wrong, hint = "a name and a password do not belong into an address", _INSTEAD
    elif PLACEHOLDER.search(authority):
        wrong, hint = "the host of a service is always the same", "variables stand behind it"
    elif not host:
        wrong = "this address has no host"
    elif not all("!" <= character <= "~" for character in url):
        wrong = "an address is written in plain letters, digits and signs, without spaces"
    elif parts.fragment or "#" in url:
        wrong = "what stands behind a # is never sent"
    elif found := QUERY_SECRET.search(url):
        name = found["key"][1:-1]
        wrong, hint = f"'{shown(name)}' looks like a secret, which does not belong into an address", _INSTEAD
    if wrong:
        problems.add(node.place, wrong, expected=_URL, hint=hint)
        return ""
    if parts.scheme == "http" and not plain and not _is_here(host):
        problems.add(
            node.place,
            "with http:// what callers ask can be read on the way",
            expected="https://",
            hint="where the network between can be trusted, add plain_http: yes",
        )
    return url


def _placeholders(node: Scalar, problems: Problems) -> bool:
    """Whether every { has its } and a name between them."""
    good = True
    for found in PLACEHOLDER.finditer(node.value):
        if not NAME.fullmatch(found[1]):
            place = inside(node, found.start(), found.end() - found.start())
            problems.add(place, f"'{shown(found[0])}' is no variable", expected="a name such as {order}")
            good = False
    if good and set("{}") & set(PLACEHOLDER.sub("", node.value)):
        problems.add(node.place, "a { or } without its partner", expected="a variable such as {order}")
        good = False
    return good


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


# What may come back


def _answer(section: Section, languages: Collection[str]) -> tuple[AnswerField, ...]:
    node = section.mapping("answer", expected=_ANSWER, needed=True)
    if node is None:
        return ()
    if not node.items:
        section.problems.add(section.key_place("answer"), "nothing of the answer is used", expected=_ANSWER)
    fields = []
    for name, inner in sections(node, section.problems, "answer"):
        if not _WORD.fullmatch(name):
            section.problems.add(
                inner.place, f"'{shown(name)}' cannot be the name of a value", expected="a word of letters and _"
            )
        fields.append(_field(name, inner, languages))
        inner.done()
    return tuple(fields)


def _field(name: str, section: Section, languages: Collection[str]) -> AnswerField:
    problems = section.problems
    at = section.text("at", name, expected="where it stands in the JSON, such as order.status or items.0.price")
    if not _AT.fullmatch(at):
        problems.add(section.key_place("at"), f"'{shown(at)}' is no place in a JSON", expected="such as order.status")
    said_as, currency = _kind(section)
    one_of, spoken = _one_of(section, languages)
    if not section.has("kind") and not section.has("one_of"):
        problems.add(
            section.place, f"{section.what} does not say what it can be", expected=f"one_of: or kind: {_KINDS}"
        )
    elif section.has("kind") and section.has("one_of"):
        problems.add(section.key_place("one_of"), "'one_of' stands beside 'kind'", hint="use one")
    return AnswerField(
        name=name,
        at=tuple(at.split(".")),
        kind=said_as,
        currency=currency,
        one_of=one_of,
        spoken=spoken,
        optional=section.yes_no("optional", default=False),
    )


def _kind(section: Section) -> tuple[str, str]:
    """(kind, currency) of `kind: number` or `kind: money PLN`."""
    node = section.scalar("kind", expected=_KINDS)
    if node is None:
        return "", ""
    word, _, rest = clean(node.value).partition(" ")
    problems = section.problems
    if word not in KINDS:
        problems.add(node.place, f"there is no kind of value '{shown(word)}'", expected=_KINDS, wrong=word, among=KINDS)
        return "", ""
    if word == "money":
        if rest not in CURRENCIES:
            what = f"'{shown(rest)}' is no currency that can be said" if rest else "the currency of 'money' is missing"
            expected = ", ".join(f"money {currency}" for currency in CURRENCIES)
            problems.add(node.place, what, expected=expected, wrong=rest, among=CURRENCIES)
            return "", ""
    elif rest:
        problems.add(node.place, f"'{shown(rest)}' tells nothing about '{word}' here", expected=word)
        return word, ""
    return word, rest


def _one_of(section: Section, languages: Collection[str]) -> tuple[tuple[str, ...], dict[str, dict[str, str]]]:
    """The words, and how they are said."""
    node = section.get("one_of", expected=_ONE_OF)
    problems = section.problems
    words: dict[str, None] = {}
    spoken: dict[str, dict[str, str]] = {}
    match node:
        case None:
            return (), {}
        case Mapping():
            for key, (name, value) in node.items.items():
                if _is_word(name, problems):
                    words[clean(key)] = None
                    spoken[clean(key)] = _said(value, section, clean(key), languages)
        case Sequence():
            for item in node.items:
                if not isinstance(item, Scalar) or item.missing:
                    problems.add(item.place, f"an entry of 'one_of' is {kind(item)}", expected=_ONE_OF)
                elif _is_word(item, problems):
                    words[clean(item.value)] = None
        case Scalar():
            problems.add(node.place, "'one_of' is one text", expected=_ONE_OF)
            return (), {}
    if not words and not node.items:
        problems.add(section.key_place("one_of"), "'one_of' has no words", expected=_ONE_OF)
    return tuple(words), spoken


def _is_word(node: Scalar, problems: Problems) -> bool:
    word = clean(node.value)
    if word and len(word) <= WORD_MAX and any(character.isalnum() for character in word):
        return True
    problems.add(node.place, f"'{shown(word)}' is no word", expected=f"at most {WORD_MAX} characters that can be said")
    return False


def _said(node: Node, section: Section, word: str, languages: Collection[str]) -> dict[str, str]:
    """How a word is said: a text, the same in every language, or one for each."""
    problems = section.problems
    if isinstance(node, Scalar) and any(character.isalnum() for character in node.value):
        return dict.fromkeys(languages, clean(node.value))
    expected = 'a text, or one for each language: {pl: "wysłane", en: "sent"}'
    if not isinstance(node, Mapping):
        problems.add(node.place, f"how '{shown(word)}' is said is {kind(node)}", expected=expected)
        return {}
    said: dict[str, str] = {}
    for language, (name, value) in node.items.items():
        if languages and language not in languages:
            problems.add(
                name.place,
                f"the site does not speak '{shown(language)}'",
                expected=", ".join(languages),
                wrong=language,
                among=languages,
            )
        elif not isinstance(value, Scalar) or not any(character.isalnum() for character in value.value):
            problems.add(value.place, f"how '{shown(word)}' is said is {kind(value)}", expected=expected)
        else:
            said[clean(language)] = clean(value.value)
    missing = [language for language in languages if language not in node.items]
    if missing:
        problems.add(node.place, f"how '{shown(word)}' is said is missing in {', '.join(missing)}")
    return said
