"""What the narrator says of waiting: why it ended without an answer, a place that is given back, what was announced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gateway.core.facts.queue import PlaceRegained, WaitTold

if TYPE_CHECKING:
    from gateway.core.facts.calls import QueueLeft
    from gateway.simulate.plan import Happening
    from gateway.simulate.words import Table

LABELS: Table = {"pl": {"told": "kolejka"}, "en": {"told": "queue"}}

TEXTS: Table = {
    "pl": {
        "left_full": "{team}: kolejka jest pełna, więc dzwoniący nie czeka",
        "left_ewt_max": "{team}: przewidywany czas czekania jest za długi, więc dzwoniący nie czeka",
        "left_nobody_logged_in": "koniec czekania po {wait_s} s: nikt, kto mógłby odebrać, nie jest już zalogowany",
        "left_nobody_free_soon": "koniec czekania po {wait_s} s: wszyscy, którzy mogliby odebrać, mają przerwę",
        "left_max_wait": "koniec czekania po {wait_s} s: nikt nie odebrał",
        "left_step_wait": "koniec czekania po {wait_s} s: minął najdłuższy czas czekania w tym kroku",
        "left_key": "koniec czekania po {wait_s} s: dzwoniący wybrał klawisz",
        "left_moved": "koniec czekania po {wait_s} s: dzwoniący przechodzi do innego zespołu",
        "nobody_free": "{team}: wszyscy, którzy mogliby odebrać, mają przerwę, więc nikt nie dzwoni",
        "regained_abandoned": "{team}: odzyskuje miejsce {position}, bo rozłączył się dopiero {away_s} s temu",
        "regained_lost": "{team}: odzyskuje miejsce {position}, bo połączenie przerwano dopiero {away_s} s temu",
        "told_both": "zapowiedź: miejsce {position}, jeszcze około {ewt_s} s",
        "told_place": "zapowiedź: miejsce {position}",
        "told_wait": "zapowiedź: jeszcze około {ewt_s} s",
        "told_thanks": "zapowiedź: podziękowanie, bo miejsce i czas nie są mniejsze niż te, które już podano",
        "told_text": "zapowiedź: kolejny tekst",
    },
    "en": {
        "left_full": "{team}: the queue is full, so the caller does not wait",
        "left_ewt_max": "{team}: the estimated wait is too long, so the caller does not wait",
        "left_nobody_logged_in": "the wait ends after {wait_s} s: nobody who could answer is logged in any more",
        "left_nobody_free_soon": "the wait ends after {wait_s} s: everybody who could answer has a pause",
        "left_max_wait": "the wait ends after {wait_s} s: nobody answered",
        "left_step_wait": "the wait ends after {wait_s} s: the longest wait of this step is over",
        "left_key": "the wait ends after {wait_s} s: the caller pressed a key",
        "left_moved": "the wait ends after {wait_s} s: the caller goes on to another team",
        "nobody_free": "{team}: everybody who could answer has a pause, so nobody is rung",
        "regained_abandoned": "{team}: place {position} is given back, as the caller hung up only {away_s} s ago",
        "regained_lost": "{team}: place {position} is given back, as the caller was cut off only {away_s} s ago",
        "told_both": "announcement: place {position}, about {ewt_s} s more",
        "told_place": "announcement: place {position}",
        "told_wait": "announcement: about {ewt_s} s more",
        "told_thanks": "announcement: thanks, as place and wait are not less than what was told before",
        "told_text": "announcement: the next text",
    },
}


def left(fact: QueueLeft, *, staged: bool) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) of the end of a wait that has a reason; else None. `staged`: somebody was sought."""
    data = {"team": fact.team, "outcome": fact.outcome, "wait_s": fact.wait_s}
    if not fact.reason:
        return None
    if not staged and fact.reason in {"nobody_logged_in", "nobody_free_soon"}:
        return "stage", "nobody" if fact.reason == "nobody_logged_in" else "nobody_free", data
    return "left", f"left_{fact.reason}", {**data, "why_left": fact.reason}


def moment(happened: Happening) -> tuple[str, str, dict[str, Any]] | None:
    """(kind, template, data) as the narrator has them; None for what is not told here."""
    match happened:
        case PlaceRegained():
            data = {"team": happened.team, "position": happened.position, "away_s": happened.away_s}
            return "queue", f"regained_{happened.reason}", data
        case WaitTold(what="numbers"):
            both = happened.position is not None and happened.ewt_s is not None
            told = "both" if both else "wait" if happened.position is None else "place"
            return "told", f"told_{told}", {"position": happened.position, "ewt_s": happened.ewt_s}
        case WaitTold():
            return "told", f"told_{happened.what}", {}
        case _:
            return None
