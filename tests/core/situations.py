"""What is expected in every cell of `test_situations.py`: manager's situation -> caller -> the way of the call.

Stages are `stage:reason`, phones `agent=how it ended`, `(anna away)` is the fact that tells so, `->` how the wait
ended.
"""

from __future__ import annotations

TABLE: dict[str, dict[str, str]] = {
    "free": {
        "waits": "manager:manager_free anna=answered -> answered",
        "waits, office busy": "manager:manager_free anna=answered -> answered",
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": "manager:manager_free anna=answered -> answered",
        "hangs up while all are busy": "manager:manager_free anna=answered -> answered",
        "hangs up while the overflow rings": "manager:manager_free anna=answered -> answered",
    },
    "does not answer": {
        "waits": "manager:manager_free anna=no_answer team:manager_no_answer jan=answered -> answered",
        "waits, office busy": (
            "manager:manager_free anna=no_answer team:manager_no_answer overflow:max_wait ola=answered -> answered"
        ),
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": (
            "manager:manager_free anna=no_answer team:manager_no_answer jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": "manager:manager_free anna=no_answer team:manager_no_answer -> abandoned",
        "hangs up while the overflow rings": (
            "manager:manager_free anna=no_answer team:manager_no_answer overflow:max_wait ola=cancelled -> abandoned"
        ),
    },
    "refuses": {
        "waits": "manager:manager_free anna=refused team:manager_refused jan=answered -> answered",
        "waits, office busy": (
            "manager:manager_free anna=refused team:manager_refused overflow:max_wait ola=answered -> answered"
        ),
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": (
            "manager:manager_free anna=refused team:manager_refused jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": "manager:manager_free anna=refused team:manager_refused -> abandoned",
        "hangs up while the overflow rings": (
            "manager:manager_free anna=refused team:manager_refused overflow:max_wait ola=cancelled -> abandoned"
        ),
    },
    "phone is busy": {
        "waits": "manager:manager_free anna=busy team:manager_busy jan=answered -> answered",
        "waits, office busy": (
            "manager:manager_free anna=busy team:manager_busy overflow:max_wait ola=answered -> answered"
        ),
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": "manager:manager_free anna=busy team:manager_busy jan=cancelled -> abandoned",
        "hangs up while all are busy": "manager:manager_free anna=busy team:manager_busy -> abandoned",
        "hangs up while the overflow rings": (
            "manager:manager_free anna=busy team:manager_busy overflow:max_wait ola=cancelled -> abandoned"
        ),
    },
    "phone unreachable": {
        "waits": "manager:manager_free anna=unreachable team:manager_unreachable jan=answered -> answered",
        "waits, office busy": (
            "manager:manager_free anna=unreachable team:manager_unreachable overflow:max_wait ola=answered -> answered"
        ),
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": "manager:manager_free anna=unreachable team:manager_unreachable -> abandoned",
        "hangs up while the overflow rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable overflow:max_wait ola=cancelled -> "
            "abandoned"
        ),
    },
    "phone gone mid-ring": {
        "waits": "manager:manager_free anna=unreachable team:manager_unreachable jan=answered -> answered",
        "waits, office busy": (
            "manager:manager_free anna=unreachable team:manager_unreachable overflow:max_wait ola=answered -> answered"
        ),
        "hangs up at once": "manager:manager_free anna=cancelled -> abandoned",
        "hangs up while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": "manager:manager_free anna=unreachable team:manager_unreachable -> abandoned",
        "hangs up while the overflow rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable overflow:max_wait ola=cancelled -> "
            "abandoned"
        ),
    },
    "busy": {
        "waits": "team:manager_busy jan=answered -> answered",
        "waits, office busy": "team:manager_busy overflow:max_wait ola=answered -> answered",
        "hangs up at once": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_busy -> abandoned",
        "hangs up while the overflow rings": "team:manager_busy overflow:max_wait ola=cancelled -> abandoned",
    },
    "busy, free again later": {
        "waits": "team:manager_busy jan=answered -> answered",
        "waits, office busy": "team:manager_busy anna=answered -> answered",
        "hangs up at once": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_busy -> abandoned",
        "hangs up while the overflow rings": "team:manager_busy anna=answered -> answered",
    },
    "ringing for another": {
        "waits": "team:manager_busy jan=answered -> answered",
        "waits, office busy": "team:manager_busy anna=answered -> answered",
        "hangs up at once": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_busy -> abandoned",
        "hangs up while the overflow rings": "team:manager_busy anna=answered -> answered",
    },
    "after-call work": {
        "waits": "team:manager_busy jan=answered -> answered",
        "waits, office busy": "team:manager_busy overflow:max_wait ola=answered -> answered",
        "hangs up at once": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_busy jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_busy -> abandoned",
        "hangs up while the overflow rings": "team:manager_busy overflow:max_wait ola=cancelled -> abandoned",
    },
    "paused": {
        "waits": "team:manager_paused jan=answered -> answered",
        "waits, office busy": "team:manager_paused overflow:max_wait ola=answered -> answered",
        "hangs up at once": "team:manager_paused jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_paused jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_paused -> abandoned",
        "hangs up while the overflow rings": "team:manager_paused overflow:max_wait ola=cancelled -> abandoned",
    },
    "off": {
        "waits": "team:manager_off jan=answered -> answered",
        "waits, office busy": "team:manager_off overflow:max_wait ola=answered -> answered",
        "hangs up at once": "team:manager_off jan=cancelled -> abandoned",
        "hangs up while the team rings": "team:manager_off jan=cancelled -> abandoned",
        "hangs up while all are busy": "team:manager_off -> abandoned",
        "hangs up while the overflow rings": "team:manager_off overflow:max_wait ola=cancelled -> abandoned",
    },
    "absent, with a deputy": {
        "waits": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "waits, office busy": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "hangs up at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> abandoned",
        "hangs up while the team rings": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "hangs up while all are busy": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "hangs up while the overflow rings": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
    },
    "absent, deputy paused": {
        "waits": "(anna away) team:deputy_paused jan=answered -> answered",
        "waits, office busy": "(anna away) team:deputy_paused overflow:max_wait piotr=answered -> answered",
        "hangs up at once": "(anna away) team:deputy_paused jan=cancelled -> abandoned",
        "hangs up while the team rings": "(anna away) team:deputy_paused jan=cancelled -> abandoned",
        "hangs up while all are busy": "(anna away) team:deputy_paused -> abandoned",
        "hangs up while the overflow rings": (
            "(anna away) team:deputy_paused overflow:max_wait piotr=cancelled -> abandoned"
        ),
    },
    "absent, deputy silent": {
        "waits": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer jan=answered -> answered"
        ),
        "waits, office busy": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer overflow:max_wait "
            "piotr=answered -> answered"
        ),
        "hangs up at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> abandoned",
        "hangs up while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer -> abandoned"
        ),
        "hangs up while the overflow rings": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer overflow:max_wait "
            "piotr=cancelled -> abandoned"
        ),
    },
    "absent, deputy refuses": {
        "waits": "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused jan=answered -> answered",
        "waits, office busy": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused overflow:max_wait "
            "piotr=answered -> answered"
        ),
        "hangs up at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> abandoned",
        "hangs up while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused jan=cancelled -> abandoned"
        ),
        "hangs up while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused -> abandoned"
        ),
        "hangs up while the overflow rings": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused overflow:max_wait "
            "piotr=cancelled -> abandoned"
        ),
    },
    "absent, no deputy": {
        "waits": "(anna away) team:manager_absent jan=answered -> answered",
        "waits, office busy": "(anna away) team:manager_absent overflow:max_wait ola=answered -> answered",
        "hangs up at once": "(anna away) team:manager_absent jan=cancelled -> abandoned",
        "hangs up while the team rings": "(anna away) team:manager_absent jan=cancelled -> abandoned",
        "hangs up while all are busy": "(anna away) team:manager_absent -> abandoned",
        "hangs up while the overflow rings": (
            "(anna away) team:manager_absent overflow:max_wait ola=cancelled -> abandoned"
        ),
    },
}
