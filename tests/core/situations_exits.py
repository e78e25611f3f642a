"""What is expected in every cell of `test_situations_exits.py`: manager's situation -> caller -> the way of the call.

As in `situations.py`, with the reason for leaving behind the outcome. Behind `|` is the way of the call that the box
makes for a caller who asked for it, and behind `=>` how that ended. Of what came before its first phone rang only the
last stage is told.
"""

from __future__ import annotations

TABLE: dict[str, dict[str, str]] = {
    "free": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": "manager:manager_free anna=answered -> answered",
        "key while all are busy": "manager:manager_free anna=answered -> answered",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=answered => reached"
        ),
        "call-back while the team rings": "manager:manager_free anna=answered -> answered",
        "call-back while all are busy": "manager:manager_free anna=answered -> answered",
    },
    "does not answer": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": (
            "manager:manager_free anna=no_answer team:manager_no_answer jan=cancelled -> overflowed key"
        ),
        "key while all are busy": "manager:manager_free anna=no_answer team:manager_no_answer -> overflowed key",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=no_answer "
            "team:manager_no_answer jan=answered => reached"
        ),
        "call-back while the team rings": (
            "manager:manager_free anna=no_answer team:manager_no_answer jan=cancelled -> overflowed key | "
            "manager:manager_free anna=no_answer team:manager_no_answer ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "manager:manager_free anna=no_answer team:manager_no_answer -> overflowed key | manager:manager_free "
            "anna=no_answer team:manager_no_answer overflow:max_wait ola=answered => reached"
        ),
    },
    "refuses": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": (
            "manager:manager_free anna=refused team:manager_refused jan=cancelled -> overflowed key"
        ),
        "key while all are busy": "manager:manager_free anna=refused team:manager_refused -> overflowed key",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=refused "
            "team:manager_refused jan=answered => reached"
        ),
        "call-back while the team rings": (
            "manager:manager_free anna=refused team:manager_refused jan=cancelled -> overflowed key | "
            "manager:manager_free anna=refused team:manager_refused ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "manager:manager_free anna=refused team:manager_refused -> overflowed key | manager:manager_free "
            "anna=refused team:manager_refused overflow:max_wait ola=answered => reached"
        ),
    },
    "phone is busy": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": "manager:manager_free anna=busy team:manager_busy jan=cancelled -> overflowed key",
        "key while all are busy": "manager:manager_free anna=busy team:manager_busy -> overflowed key",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=busy team:manager_busy "
            "jan=answered => reached"
        ),
        "call-back while the team rings": (
            "manager:manager_free anna=busy team:manager_busy jan=cancelled -> overflowed key | manager:manager_free "
            "anna=busy team:manager_busy ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "manager:manager_free anna=busy team:manager_busy -> overflowed key | manager:manager_free anna=busy "
            "team:manager_busy overflow:max_wait ola=answered => reached"
        ),
    },
    "phone unreachable": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> overflowed key"
        ),
        "key while all are busy": "manager:manager_free anna=unreachable team:manager_unreachable -> overflowed key",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=unreachable "
            "team:manager_unreachable jan=answered => reached"
        ),
        "call-back while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> overflowed key | "
            "manager:manager_free anna=unreachable team:manager_unreachable ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "manager:manager_free anna=unreachable team:manager_unreachable -> overflowed key | manager:manager_free "
            "anna=unreachable team:manager_unreachable overflow:max_wait ola=answered => reached"
        ),
    },
    "phone gone mid-ring": {
        "key at once": "manager:manager_free anna=cancelled -> overflowed key",
        "key while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> overflowed key"
        ),
        "key while all are busy": "manager:manager_free anna=unreachable team:manager_unreachable -> overflowed key",
        "call-back at once": (
            "manager:manager_free anna=cancelled -> overflowed key | manager:manager_free anna=unreachable "
            "team:manager_unreachable jan=answered => reached"
        ),
        "call-back while the team rings": (
            "manager:manager_free anna=unreachable team:manager_unreachable jan=cancelled -> overflowed key | "
            "manager:manager_free anna=unreachable team:manager_unreachable ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "manager:manager_free anna=unreachable team:manager_unreachable -> overflowed key | manager:manager_free "
            "anna=unreachable team:manager_unreachable overflow:max_wait ola=answered => reached"
        ),
    },
    "busy": {
        "key at once": "team:manager_busy jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_busy jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_busy -> overflowed key",
        "call-back at once": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_busy -> overflowed key | team:manager_busy overflow:max_wait ola=answered => reached"
        ),
    },
    "busy, free again later": {
        "key at once": "team:manager_busy jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_busy jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_busy -> overflowed key",
        "call-back at once": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_busy -> overflowed key | team:manager_busy anna=answered => reached"
        ),
    },
    "ringing for another": {
        "key at once": "team:manager_busy jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_busy jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_busy -> overflowed key",
        "call-back at once": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_busy -> overflowed key | team:manager_busy anna=answered => reached"
        ),
    },
    "after-call work": {
        "key at once": "team:manager_busy jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_busy jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_busy -> overflowed key",
        "call-back at once": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_busy jan=cancelled -> overflowed key | team:manager_busy ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_busy -> overflowed key | team:manager_busy overflow:max_wait ola=answered => reached"
        ),
    },
    "paused": {
        "key at once": "team:manager_paused jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_paused jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_paused -> overflowed key",
        "call-back at once": (
            "team:manager_paused jan=cancelled -> overflowed key | team:manager_paused ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_paused jan=cancelled -> overflowed key | team:manager_paused ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_paused -> overflowed key | team:manager_paused overflow:max_wait ola=answered => reached"
        ),
    },
    "off": {
        "key at once": "team:manager_off jan=cancelled -> overflowed key",
        "key while the team rings": "team:manager_off jan=cancelled -> overflowed key",
        "key while all are busy": "team:manager_off -> overflowed key",
        "call-back at once": (
            "team:manager_off jan=cancelled -> overflowed key | team:manager_off ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "team:manager_off jan=cancelled -> overflowed key | team:manager_off ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "team:manager_off -> overflowed key | team:manager_off overflow:max_wait ola=answered => reached"
        ),
    },
    "absent, with a deputy": {
        "key at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key",
        "key while the team rings": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "key while all are busy": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "call-back at once": (
            "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key | (anna away) "
            "manager:manager_absent_deputy ola=answered => reached"
        ),
        "call-back while the team rings": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
        "call-back while all are busy": "(anna away) manager:manager_absent_deputy ola=answered -> answered",
    },
    "absent, deputy paused": {
        "key at once": "(anna away) team:deputy_paused jan=cancelled -> overflowed key",
        "key while the team rings": "(anna away) team:deputy_paused jan=cancelled -> overflowed key",
        "key while all are busy": "(anna away) team:deputy_paused -> overflowed key",
        "call-back at once": (
            "(anna away) team:deputy_paused jan=cancelled -> overflowed key | (anna away) team:deputy_paused "
            "ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "(anna away) team:deputy_paused jan=cancelled -> overflowed key | (anna away) team:deputy_paused "
            "ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "(anna away) team:deputy_paused -> overflowed key | (anna away) team:deputy_paused overflow:max_wait "
            "piotr=answered => reached"
        ),
    },
    "absent, deputy silent": {
        "key at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key",
        "key while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer jan=cancelled -> "
            "overflowed key"
        ),
        "key while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer -> overflowed key"
        ),
        "call-back at once": (
            "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key | (anna away) "
            "manager:manager_absent_deputy ola=no_answer team:deputy_no_answer jan=answered => reached"
        ),
        "call-back while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer jan=cancelled -> "
            "overflowed key | (anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer "
            "ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer -> overflowed key | (anna "
            "away) manager:manager_absent_deputy ola=no_answer team:deputy_no_answer overflow:max_wait piotr=answered "
            "=> reached"
        ),
    },
    "absent, deputy refuses": {
        "key at once": "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key",
        "key while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused jan=cancelled -> overflowed key"
        ),
        "key while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused -> overflowed key"
        ),
        "call-back at once": (
            "(anna away) manager:manager_absent_deputy ola=cancelled -> overflowed key | (anna away) "
            "manager:manager_absent_deputy ola=refused team:deputy_refused jan=answered => reached"
        ),
        "call-back while the team rings": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused jan=cancelled -> overflowed "
            "key | (anna away) manager:manager_absent_deputy ola=refused team:deputy_refused ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "(anna away) manager:manager_absent_deputy ola=refused team:deputy_refused -> overflowed key | (anna "
            "away) manager:manager_absent_deputy ola=refused team:deputy_refused overflow:max_wait piotr=answered => "
            "reached"
        ),
    },
    "absent, no deputy": {
        "key at once": "(anna away) team:manager_absent jan=cancelled -> overflowed key",
        "key while the team rings": "(anna away) team:manager_absent jan=cancelled -> overflowed key",
        "key while all are busy": "(anna away) team:manager_absent -> overflowed key",
        "call-back at once": (
            "(anna away) team:manager_absent jan=cancelled -> overflowed key | (anna away) team:manager_absent "
            "ewa=answered => reached"
        ),
        "call-back while the team rings": (
            "(anna away) team:manager_absent jan=cancelled -> overflowed key | (anna away) team:manager_absent "
            "ewa=answered => reached"
        ),
        "call-back while all are busy": (
            "(anna away) team:manager_absent -> overflowed key | (anna away) team:manager_absent overflow:max_wait "
            "ola=answered => reached"
        ),
    },
}
