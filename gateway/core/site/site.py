"""What the core knows of a site: people, teams, numbers, clients, flows. Frozen; a new version is a new object.

`config` builds it from the admin's files and answers for its soundness: every name used here exists.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from gateway.core.flow.model import Flow, Prompt
from gateway.core.flow.queue_order import Order
from gateway.core.flow.queue_waiting import Waiting
from gateway.core.service_model import Service
from gateway.core.site.call_backs import CallBacks
from gateway.core.site.costs import CostRules
from gateway.core.site.features import Features
from gateway.core.site.joining_words import JoiningWords
from gateway.core.site.owners import Absence, OverflowStage, OwnerRule
from gateway.core.site.quality_form import QualityRules

PAUSE_REASONS_MAX = 9
RESERVED_REASONS = frozenset({"absent", "auto_no_answer"})
"""Reasons of AgentChanged for a pause that nobody asked for."""


class Agent(msgspec.Struct, frozen=True, kw_only=True):
    """One person with one phone. `spoken` is the name as it is said after "łączę z" (declined), by language."""

    id: str
    name: str
    uri: str
    """`sip:user@host[:port][;transport=tcp]`, or the number to dial when `trunk` is set."""
    trunk: str = ""
    spoken: dict[str, str] = msgspec.field(default_factory=dict)
    wrap_up_s: float = 0.0
    skills: dict[str, int] = {}
    """What the person is good at -> level, 1 to 10."""
    accept: Literal["", "key"] = ""
    """"key": whoever picks up has to press a key before it counts as an answer."""
    accept_within_s: float = 10.0
    language: str = ""
    """In which the agent is spoken to; empty: the site's first."""
    deputy: str = ""
    """Who is rung in the agent's place while he is away, unless the absence names somebody else."""
    absences: tuple[Absence, ...] = ()
    """In order, none over another."""
    code: str = ""
    """Digits by which the agent says at a telephone who he is; unique. Empty: not by telephone."""
    pin: str = ""
    """Digest (`agents.codes.digest_of`) of the agent's PIN; empty: there is none."""
    supervises: tuple[str, ...] = ()
    """Teams to whose talks the agent may listen."""
    auto_pause_after: int | None = None
    """Unanswered offers in a row after which the agent is paused; 0: never; None: as his team says."""


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
    overflow: tuple[OverflowStage, ...] = ()
    """What comes after the team, in order, in place of `overflow_team`."""
    last_spoke_s: float = 0.0
    """A caller without a manager is first offered to whoever spoke with him last, no longer ago than that; 0: not."""
    music: str = ""
    """Clip key of what a waiting caller hears."""
    threshold_s: float = 20.0
    """T of the service level."""
    short_abandon_s: float = 5.0
    """S: an abandon earlier than that says nothing about us."""
    sl_target: float = 0.8
    whisper: bool = False
    """The agent hears who calls before the talk."""
    say_name: bool = False
    """The caller hears who has answered before the talk."""
    waiting: Waiting = Waiting()
    order: Order = Order()
    """Who is rung of the free ones, who goes first, and what is asked of whoever serves."""
    leader: str = ""
    """The agent before whom the team's late cases come; empty: nobody."""
    calendar: str = ""
    """When somebody of the team has to be logged in; empty: as `Site.alarms` says."""
    longest_wait_s: float | None = None
    """A longer wait is an alarm; 0: none is, None: 3 x T, a minute at least."""
    auto_pause_after: int = 0
    """Unanswered offers of this team in a row after which an agent is paused who has no number of his own; 0: never."""


class Client(msgspec.Struct, frozen=True, kw_only=True):
    """A customer of the office. `id` is the client number, which can be keyed in; `numbers` are E.164 with "+"."""

    id: str
    name: str
    numbers: tuple[str, ...] = ()
    manager: str
    team: str
    language: str = ""
    priority: int | None = None
    """0 to 9 in every queue, 9 first; None: as any other caller."""
    do_not_record: bool = False
    """Nothing that this client says to an agent is recorded, whatever a flow asks."""
    do_not_call_back: bool = False
    """The box does not take down a number of this client, and dials none."""
    quiet_hours: tuple[int, int] | None = None
    """Minutes of the office's wall clock (from, to), perhaps over midnight, in which the client is not called."""


class CaseRules(msgspec.Struct, frozen=True, kw_only=True):
    """`cases:` of gateway.yaml: how cases go up, and by which calendar their business hours are counted."""

    director: str = ""
    """The agent before whom a case comes last; empty: nobody."""
    leader_after_s: float = 0.0
    """After the limit; then it comes before the team's leader."""
    director_after_s: float = 3600.0
    """After the limit; then it comes before the director."""
    calendar: str = ""
    """Of the figures in business hours; empty: there are none."""
    repeat_s: float = 7 * 86_400.0
    """A client who comes again with the same reason within that was not helped by then (`fcr_repeat`)."""


class SurgeRules(msgspec.Struct, frozen=True, kw_only=True):
    """`surge:` below `alarms:`: from when on flows read `now.surge`."""

    within_s: float = 900.0
    """Contacts of so long are compared; less than an hour."""
    factor: float = 1.5
    """So many times the usual have to come."""
    waiting: float = 2.0
    """So many have to wait for each person, where nobody knows what is usual."""


class AlarmRules(msgspec.Struct, frozen=True, kw_only=True):
    """`alarms:` of gateway.yaml."""

    calendar: str = ""
    """When somebody of each team has to be logged in, for teams without a calendar of their own; empty: never."""
    nobody_s: float = 60.0
    """So long nobody may be."""
    contacts_min: int = 10
    """A quarter of an hour with fewer contacts, come or expected, says nothing of a service level."""
    surge: SurgeRules = SurgeRules()
    people_max: int = 0
    """With so many different agents a client may talk in 30 days; 0: with any number."""


Supervision = Literal["off", "announce", "on"]
"""Whether talks may be listened to: not at all, with a tone to both first, or in silence."""


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
    call_backs: CallBacks | None = None
    """How the box dials call-backs by itself; None: they are tasks for people."""
    joining: JoiningWords | None = None
    """What is said before a talk; None: nobody has to accept and no team whispers."""
    new_clients: tuple[OwnerRule, ...] = ()
    """How a caller who is no client gets a manager; the first row that fits. Empty: he gets none."""
    pause_reasons: tuple[str, ...] = ()
    """Why agents pause, in the order of their keys, 1 first. Empty: any reason may be given."""
    features: Features = Features()
    """What agents can do with a talk."""
    timezone: str = "Europe/Warsaw"
    """IANA name; every wall clock of the site is this one."""
    pin: str = ""
    """Digest (`pins.digest`) of the PIN for commands by telephone; empty: there is none."""
    cases: CaseRules = CaseRules()
    alarms: AlarmRules = AlarmRules()
    supervision: Supervision = "off"
    quality: QualityRules | None = None
    """How recorded talks are drawn and scored; None: they are not."""
    costs: CostRules | None = None
    """What an hour, a minute and a day cost; None: nothing is counted in money."""
    hours: dict[str, Hours] = msgspec.field(default_factory=dict)
    holidays: dict[str, dict[str, str]] = msgspec.field(default_factory=dict)
    """Date ("2026-12-25") -> language -> name of the public holiday; of 110 years, or empty when nothing asks."""
