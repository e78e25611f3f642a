"""What is counted in one period, and the figures that it makes. Shares are between 0 and 1; None without contacts.

T is the service-level threshold, S the short-abandon limit, both in seconds of wait from QueueEntered.
"""

from __future__ import annotations

from array import array
from math import ceil
from typing import TYPE_CHECKING, assert_never

import msgspec
from msgspec.structs import replace

from gateway.core.kpi.surveys import Answers

if TYPE_CHECKING:
    from gateway.core.facts.calls import Declined

DAY_S = 86_400.0


def utc_day(at: float) -> float:
    """Start of the day of `at` in UTC, in Unix seconds."""
    return at - at % DAY_S


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """One period of a team, a dialled number, a manager or the office."""

    start: float
    """Of the period, in Unix seconds."""
    carried_in: int
    """Contacts that were open when the period began."""
    offered: int
    answered: int
    abandoned: int
    overflowed: int
    voicemail: int
    """Contacts that the queue gave up and that left a message; flow-outs like those that overflowed."""
    called_back: int
    """Contacts that the queue gave up, that asked to be called back, and that somebody has reached; flow-outs, too."""
    lost: int
    in_progress: int
    """Contacts that were open at the end of the period, or are now."""
    answered_in_t: int
    abandoned_in_t: int
    abandoned_short: int
    waiting_over_t: int
    """Contacts that wait now and have waited longer than T; counted in the service levels."""
    sl: float | None
    """answered<=T / (answered + abandoned - abandoned<S + flow-outs), flow-outs being those that overflowed, left a
    message or were called back: the one that is shown by default."""
    sl_answered: float | None
    """answered<=T / answered."""
    sl_strict: float | None
    """answered<=T / (answered + abandoned)."""
    sl_abandon_ok: float | None
    """(answered<=T + abandoned<=T) / (answered + abandoned)."""
    sl_ignore_early: float | None
    """answered<=T / (answered + abandoned>T)."""
    sl_short_ok: float | None
    """(answered<=T + abandoned<S) / (answered + abandoned)."""
    asa_s: float | None
    """Mean wait of the answered, booked when they were answered."""
    asa_p50_s: float | None
    asa_p90_s: float | None
    asa_max_s: float | None
    ewt_error_s: float | None
    """Mean of how far the wait of the answered was from the estimate at the entrance, either way."""
    ewt_error_n: int
    """Answered of whose wait there was an estimate."""
    abandon_rate: float | None
    """abandoned / offered. None where nothing was offered in the period."""
    abandon_rate_long: float | None
    """The same without abandons below S, above and below the line."""
    handled: int
    aht_s: float | None
    """(talk with hold + after-call work) / handled, booked when the after-call work ended."""
    owner_answer_share: float | None
    """Answered by the assigned manager / answered, of clients that have one."""
    repeat_question_rate: float | None
    """Asked all the same / (skipped + confirmed + asked all the same), of the questions of which the answer was known
    (`questions.py`)."""
    repeat_question_n: int
    """How many those were."""
    csat: float | None
    """Answers 4 and 5 of 5 / answers."""
    csat_mean: float | None
    csat_n: int
    nps: float | None
    """Share of 9 and 10 minus share of 0 to 6, in points."""
    nps_n: int
    ces: float | None
    """Answers 5 to 7 of 7 / answers."""
    ces_mean: float | None
    ces_n: int
    fcr_customer: float | None
    """Solved, says the caller: yes / (yes + no)."""
    fcr_customer_n: int


class AgentFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one agent's phone."""

    start: float
    offered: int = 0
    answered: int = 0
    no_answer: int = 0
    refused: int = 0
    """Said no: busy or refused."""
    unreachable: int = 0
    handled: int = 0
    handling_s: float = 0.0
    aht_s: float | None = None

    def with_offer(self) -> AgentFigures:
        return replace(self, offered=self.offered + 1)

    def with_answer(self) -> AgentFigures:
        return replace(self, answered=self.answered + 1)

    def with_decline(self, why: Declined) -> AgentFigures:
        match why:
            case "no_answer":
                return replace(self, no_answer=self.no_answer + 1)
            case "busy" | "refused":
                return replace(self, refused=self.refused + 1)
            case "unreachable":
                return replace(self, unreachable=self.unreachable + 1)
            case "cancelled" | "failed" | "elsewhere":
                return self
        assert_never(why)

    def with_handling(self, seconds: float) -> AgentFigures:
        handled, total = self.handled + 1, self.handling_s + seconds
        return replace(self, handled=handled, handling_s=total, aht_s=total / handled)


class Tally:
    """The counts of one period."""

    __slots__ = (
        "abandoned", "abandoned_in_t", "abandoned_short", "answered", "answered_in_t", "answers", "called_back",
        "carried_in", "ewt_errors", "ewt_errors_s", "handled", "handling_s", "lost", "offered", "overflowed",
        "owned_answered", "owner_answered", "questions_known", "questions_repeated", "voicemail", "waits",
    )  # fmt: skip

    def __init__(self, *, carried_in: int = 0) -> None:
        self.carried_in = carried_in
        self.offered = 0
        self.answered = 0
        self.answered_in_t = 0
        self.abandoned = 0
        self.abandoned_in_t = 0
        self.abandoned_short = 0
        self.overflowed = 0
        self.voicemail = 0
        self.called_back = 0
        self.lost = 0
        self.handled = 0
        self.handling_s = 0.0
        self.owned_answered = 0
        self.owner_answered = 0
        self.questions_known = 0
        self.questions_repeated = 0
        self.waits = array("d")
        self.ewt_errors_s = 0.0
        self.ewt_errors = 0
        self.answers = Answers()

    def figures(self, *, start: float = 0.0, waiting_over_t: int = 0) -> Figures:
        """The figures that these counts make."""
        met, late = self.answered_in_t, waiting_over_t
        ended = self.answered + self.abandoned + late
        flow_outs = self.overflowed + self.voicemail + self.called_back
        settled = self.answered + self.abandoned + flow_outs + self.lost
        waits = sorted(self.waits)
        return Figures(
            start=start,
            carried_in=self.carried_in,
            offered=self.offered,
            answered=self.answered,
            abandoned=self.abandoned,
            overflowed=self.overflowed,
            voicemail=self.voicemail,
            called_back=self.called_back,
            lost=self.lost,
            in_progress=self.carried_in + self.offered - settled,
            answered_in_t=met,
            abandoned_in_t=self.abandoned_in_t,
            abandoned_short=self.abandoned_short,
            waiting_over_t=late,
            sl=_share(met, ended - self.abandoned_short + flow_outs),
            sl_answered=_share(met, self.answered),
            sl_strict=_share(met, ended),
            sl_abandon_ok=_share(met + self.abandoned_in_t, ended),
            sl_ignore_early=_share(met, ended - self.abandoned_in_t),
            sl_short_ok=_share(met + self.abandoned_short, ended),
            asa_s=sum(waits) / len(waits) if waits else None,
            asa_p50_s=percentile(waits, 0.5),
            asa_p90_s=percentile(waits, 0.9),
            asa_max_s=waits[-1] if waits else None,
            ewt_error_s=self.ewt_errors_s / self.ewt_errors if self.ewt_errors else None,
            ewt_error_n=self.ewt_errors,
            abandon_rate=_share(self.abandoned, self.offered),
            abandon_rate_long=_share(self.abandoned - self.abandoned_short, self.offered - self.abandoned_short),
            handled=self.handled,
            aht_s=self.handling_s / self.handled if self.handled else None,
            owner_answer_share=_share(self.owner_answered, self.owned_answered),
            repeat_question_rate=_share(self.questions_repeated, self.questions_known),
            repeat_question_n=self.questions_known,
            **msgspec.structs.asdict(self.answers.figures()),
        )


def percentile(ordered: list[float], share: float) -> float | None:
    """The value at or below which `share` of the ordered values lie (nearest rank); None of none."""
    return ordered[ceil(share * len(ordered)) - 1] if ordered else None


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole > 0 else None
