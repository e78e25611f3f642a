"""What the core knows of a site: people, teams, numbers, clients, flows. Frozen; a new version is a new object.

`config` builds it from the admin's files and answers for its soundness: every name used here exists.
"""

from __future__ import annotations

import msgspec

from gateway.core.flow_model import Flow, Prompt
from gateway.core.service_model import Service


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """One person with one phone. `spoken` is the name as it is said after "łączę z" (declined), by language."""

    id: str
    name: str
    uri: str
    """`sip:user@host[:port][;transport=tcp]`, or the number to dial when `trunk` is set."""
    trunk: str = ""
    spoken: dict[str, str] = msgspec.field(default_factory=dict)
    wrap_up_s: float = 0.0


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """People who answer for each other: the N of 1+N."""

    id: str
    name: str
    agents: tuple[str, ...]
    manager_ring_s: float = 20.0
    """How long a client's assigned manager is rung before the team is."""
    agent_ring_s: float = 20.0
    """How long each member of the team is rung."""
    max_wait_s: float = 300.0
    """From entering the queue; then the overflow."""
    overflow_team: str = ""
    """Rung when this team cannot answer within max_wait_s; empty: straight to the queue step's `gave_up`."""
    overflow_wait_s: float = 120.0
    """How long the overflow team is tried before `gave_up`."""
    music: str = ""
    """Clip key of what a waiting caller hears."""
    threshold_s: float = 20.0
    """T of the service level."""
    short_abandon_s: float = 5.0
    """S: an abandon earlier than that says nothing about us."""
    sl_target: float = 0.8


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A customer of the office. `id` is the client number, which can be keyed in; `numbers` are E.164 with "+"."""

    id: str
    name: str
    numbers: tuple[str, ...] = ()
    manager: str
    team: str
    language: str = ""
    do_not_record: bool = False
    """Nothing that this client says to an agent is recorded, whatever a flow asks."""


Spans = tuple[tuple[int, int], ...]
"""Hours of one day as (from, to) in minutes of the wall clock after its midnight, sorted, without overlap; `to` may
lie beyond 1440, on the next day."""


class Hours(msgspec.Struct, frozen=True, kw_only=True):
    """One calendar of `hours:`. What a day has is said by the first of these that knows it: `dates`, `yearly`, the
    public holiday, the day of the week. None stands for "as on any other such day of the week"."""

    id: str
    week: tuple[Spans, ...]
    """Seven, Monday first; () is a day on which it is closed."""
    holidays: Spans | None = ()
    dates: dict[str, Spans | None] = msgspec.field(default_factory=dict)
    """Date ("2026-12-24") -> the hours of that day."""
    yearly: dict[str, Spans | None] = msgspec.field(default_factory=dict)
    """Month and day ("12-31") -> the hours of that day of every year."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """How a version that is not published yet is tried: dialled at `number`, where it rings nobody but `rings`."""

    number: str
    """As the trunk delivers it after normalisation, like the keys of `Site.numbers`."""
    rings: tuple[str, ...] = ()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the core reads. `version` is a hash of the files it was read from."""

    name: str
    version: str
    country: str = "PL"
    """ISO 3166 region by which numbers without an international prefix are read."""
    numbers: dict[str, str]
    """DID, as the trunk delivers it after normalisation (E.164, or a short local user part) -> flow id."""
    flows: dict[str, Flow]
    agents: dict[str, Agent]
    teams: dict[str, Team]
    clients: dict[str, Client]
    voices: dict[str, str] = msgspec.field(default_factory=dict)
    """Language -> voice id; part of a clip's key, so that another voice is another file."""
    recorded: dict[str, str] = msgspec.field(default_factory=dict)
    """Key of a text's clip -> key of the recording that is played in its place."""
    goodbye: Prompt | None = None
    """Said before the box hangs up by itself, when a flow does not say anything."""
    trouble: Prompt | None = None
    """Said when the box cannot go on with a call through its own fault."""
    dial_no_answer_s: float = 2.0
    """No provisional answer of a phone within that: it is unreachable."""
    services: dict[str, Service] = msgspec.field(default_factory=dict)
    """HTTP services that the flows may ask, by name."""
    draft: Draft | None = None
    timezone: str = "Europe/Warsaw"
    """IANA name; every wall clock of the site is this one."""
    pin: str = ""
    """Digest (`pins.digest`) of the PIN for commands by telephone; empty: there is none."""
    hours: dict[str, Hours] = msgspec.field(default_factory=dict)
    holidays: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """Date ("2026-12-25") -> language -> name of the public holiday; of 110 years, or empty when nothing asks."""
