"""The technical sections of gateway.yaml: `sip:`, `trunks:`, `mqtt:`, and how passwords get in.

A password never stands in gateway.yaml: `password_file` names a file that others cannot read, `password_env` a variable
of the environment.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from gateway.config.fields import Section, clean, sections, shown
from gateway.config.files import NO_SECRETS, read_bytes
from gateway.config.settings import COMMANDS, BrokerSettings, SipSettings
from gateway.core.line_config import Trunk
from gateway.core.numbers import e164

if TYPE_CHECKING:
    from pathlib import Path

    from gateway.config.problems import Problems
    from gateway.config.source import Mapping

HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
ADDRESS = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z.:-]*[0-9A-Za-z])?|::")
NAME = re.compile(r"[\w.-]+")
USER = re.compile(r"[A-Za-z0-9_.!~*'()&=+$,;?/%-]+")  # RFC 3261, 25.1: `user`
TOPIC = re.compile(r"[^\s/+#$][^\s+#]*")
ENVIRONMENT = re.compile(r"[A-Z][A-Z0-9_]*")
_VARIABLE = {
    "password": "the name of a variable of the environment, such as TRUNK_PASSWORD",
    "token": "the name of a variable of the environment, such as CRM_TOKEN",
    "pin": "the name of a variable of the environment, such as OFFICE_PIN",
}
_EXAMPLE = {"password": "trunk", "token": "crm", "pin": "pin"}
CODECS = {"PCMA": "PCMA/8000", "PCMU": "PCMU/8000", "G722": "G722/16000"}
LINES_MAX = 32
LINE_PORT_STEP = 10
"""Line i listens on port + i * 10."""
PORTS_PER_LINE_MIN = 16
PASSWORD_MAX = 1024


def read_sip(node: Mapping | None, problems: Problems) -> SipSettings:
    """`sip:`; every key has a default."""
    if node is None:
        return SipSettings()
    section = Section(node, problems, "'sip'")
    lines = section.whole("lines", 1, low=1, high=LINES_MAX)
    first, last = section.span(
        "rtp_ports", (4000, 3999 + 1000 * lines), low=1024, high=65535, expected="a range such as 4000..4999"
    )
    first += first % 2  # RTP takes the even port, RTCP the odd one above it (RFC 3550, section 11)
    ports = (last - first + 1) // lines // 2 * 2
    if ports < PORTS_PER_LINE_MIN and section.has("rtp_ports"):
        problems.add(
            section.node.items["rtp_ports"][1].place,
            f"too few ports for {lines} line{'s' if lines > 1 else ''}",
            expected=f"at least {PORTS_PER_LINE_MIN} for each line",
        )
    bind = section.text("bind", "0.0.0.0", expected="an address of this machine")  # noqa: S104
    public = section.text("public_address", expected="an address")
    for key, value in (("bind", bind), ("public_address", public)):
        if value and not ADDRESS.fullmatch(value):
            problems.add(section.node.items[key][1].place, f"'{shown(value)}' is no address", expected="192.0.2.1")
    port = section.whole("port", 5060, low=1, high=65535 - LINE_PORT_STEP * (lines - 1))
    codecs = []
    for item in section.words("codecs", expected=f"a list of {', '.join(CODECS)}"):
        name = clean(item.value).upper().split("/")[0]
        if name not in CODECS:
            problems.add(
                item.place,
                f"'{shown(item.value)}' is no codec of this box",
                expected=", ".join(CODECS),
                wrong=name,
                among=CODECS,
            )
        elif CODECS[name] not in codecs:
            codecs.append(CODECS[name])
    settings = SipSettings(
        bind=bind,
        port=port,
        tcp=section.yes_no("tcp", default=True),
        public_address=public,
        rtp_port=first,
        rtp_ports=ports,
        lines=lines,
        callers_max=section.whole("callers_max", 0, low=1, high=1000),
        codecs=tuple(codecs) or tuple(CODECS.values()),
    )
    section.done()
    return settings


def read_trunks(node: Mapping | None, folder: Path, problems: Problems, country: str) -> tuple[Trunk, ...]:
    """`trunks:`, each with a name."""
    return tuple(_trunk(name, section, folder, country) for name, section in sections(node, problems, "trunk"))


def _trunk(name: str, section: Section, folder: Path, country: str) -> Trunk:
    problems = section.problems
    if not NAME.fullmatch(name):
        problems.add(section.place, f"'{shown(name)}' cannot be a name", expected="letters, digits, - and _")
    host = section.text("host", expected="the provider's server, such as sip.example.net", needed=True)
    if host and not HOST.fullmatch(host):
        problems.add(
            section.node.items["host"][1].place,
            f"'{shown(host)}' is no server",
            expected="a name or address, with :port if it is not 5060",
            hint="without sip:" if host.startswith("sip") else "",
        )
    user = section.text("user", expected="the account that the provider gave")
    password = secret(section, folder)
    register = section.yes_no("register", default=bool(user))
    if register and not user:
        problems.add(section.key_place("register"), f"{section.what} cannot register without 'user'")
    if (
        register
        and user
        and not password
        and not {"password_file", "password_env", "password"} & set(section.node.items)
    ):
        problems.add(section.key_place("user"), f"{section.what} has a user and no password", expected="password_file:")
    transport = section.text("transport", "udp", expected="udp or tcp").lower()
    if transport not in {"udp", "tcp"}:
        problems.add(
            section.node.items["transport"][1].place, f"'{shown(transport)}' is no transport", expected="udp or tcp"
        )
    number = section.text("number", expected="the office's own number, such as +48 22 000 00 00")
    for key, value in (("user", user), ("number", number)):
        if value and not USER.fullmatch("".join(value.split())):
            problems.add(section.node.items[key][1].place, f"'{shown(value)}' cannot be the user of an address")
    trunk = Trunk(
        id=name,
        host=host,
        user=user,
        password=password,
        realm=section.text("realm", "*"),
        register=register,
        transport=transport,
        from_user=e164(number, country) if number else user,
    )
    section.done()
    return trunk


def read_broker(node: Mapping | None, folder: Path, problems: Problems) -> BrokerSettings | None:
    """`mqtt:`; without it nothing is published."""
    if node is None:
        return None
    section = Section(node, problems, "'mqtt'")
    host = section.text("host", "127.0.0.1", expected="the broker's name or address")
    if ":" in host or not HOST.fullmatch(host):
        problems.add(
            section.node.items["host"][1].place,
            f"'{shown(host)}' is no server",
            expected="a name or an address; the port stands under 'port'",
        )
    topic = section.text("topic", "gateway", expected="a word")
    if not TOPIC.fullmatch(topic) or topic.endswith("/"):
        problems.add(
            section.node.items["topic"][1].place,
            f"'{shown(topic)}' cannot begin a topic",
            expected="words with / between them, without + # and spaces",
        )
    tls = section.yes_no("tls", default=False)
    broker = BrokerSettings(
        host=host,
        port=section.whole("port", 8883 if tls else 1883, low=1, high=65535),
        user=section.text("user"),
        password=secret(section, folder),
        tls=tls,
        ca_file=ca_file(section, folder, "the broker's"),
        topic=topic,
        keepalive_s=round(section.seconds("keepalive", 30.0, low=5.0, high=3600.0)),
        commands=_commands(section),
    )
    section.done()
    return broker


def _commands(section: Section) -> tuple[str, ...]:
    """What may be commanded over MQTT."""
    expected = f"a list of {', '.join(COMMANDS)}; or none"
    if not section.has("commands"):
        section.mark("commands")
        return BrokerSettings().commands
    found: dict[str, None] = {}
    listed = section.words("commands", expected=expected)
    for item in listed:
        name = clean(item.value)
        if name in COMMANDS:
            found[name] = None
        elif name != "none" or len(listed) > 1:
            section.problems.add(
                item.place, f"'{shown(name)}' cannot be commanded", expected=expected, wrong=name, among=COMMANDS
            )
    return tuple(found)


def ca_file(section: Section, folder: Path, whose: str) -> str:
    """The absolute path of the certificates that vouch for a server, or "": those of the system."""
    name = section.scalar("ca_file", expected="the name of a file in the site's folder")
    if name is None:
        return ""
    if folder == NO_SECRETS:
        return ""
    path = (folder / name.value).resolve()
    if not path.is_file():
        section.problems.add(
            name.place, f"there is no file {shown(name.value)}", hint=f"{whose} CA certificate, as PEM"
        )
    return str(path)


def secret(section: Section, folder: Path, name: str = "password") -> str:
    """The secret that a section points to by `NAME_file` or `NAME_env`, or "". One that stands in the file itself is
    refused; its value is never repeated in a problem."""
    problems = section.problems
    in_file, in_env = f"{name}_file", f"{name}_env"
    section.mark(in_file)
    section.mark(in_env)
    if section.has(name):
        section.mark(name)
        problems.add(
            section.key_place(name),
            f"a {name} does not belong in this file",
            expected=f"{in_file}: or {in_env}:",
            hint="write it into a file of its own with mode 600 and name that file: "
            f"{in_file}: secrets/{_EXAMPLE[name]}",
        )
    if section.has(in_file) and section.has(in_env):
        problems.add(section.key_place(in_env), f"'{in_env}' stands beside '{in_file}'", hint="use one")
    if folder == NO_SECRETS:
        return ""
    expected = _VARIABLE[name]
    variable = section.scalar(in_env, expected=expected)
    if variable is not None and not ENVIRONMENT.fullmatch(variable.value):  # perhaps the secret itself: not repeated
        problems.add(variable.place, "this is not the name of a variable", expected=expected)
        return ""
    if variable is not None:
        value = os.environ.get(variable.value, "")
        if not value:
            problems.add(variable.place, f"the environment has no variable {variable.value}")
        return value
    file = section.scalar(in_file, expected="the name of a file in the site's folder")
    if file is None:
        return ""
    path = folder / file.value
    data = read_bytes(path, problems, file.place, shown(file.value), PASSWORD_MAX)
    if data is None:
        return ""
    if path.stat().st_mode & stat.S_IRWXO:
        problems.add(file.place, f"{shown(file.value)} can be read by everybody", hint=f"chmod 640 {shown(file.value)}")
    found = data.decode("utf-8", "replace").strip("\r\n")
    if not found or not found.isprintable():
        problems.add(file.place, f"{shown(file.value)} holds no {name}", expected="one line of text")
    return found
