"""One press is one key, whichever ways it came."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateway.core.legs.keys import KEYS, WINDOW_S, KeyMerger


def merged(reports: list[tuple[float, str, str]]) -> str:
    merger = KeyMerger()
    return "".join(key for at, key, source in sorted(reports) if merger.report(key, source, now=at))


def test_three_reports_of_one_press_are_one_key():
    assert merged([(0.0, "5", "rfc4733"), (0.05, "5", "inband"), (0.3, "5", "info")]) == "5"


def test_the_same_source_twice_is_two_keys():
    assert merged([(0.0, "5", "rfc4733"), (0.1, "5", "rfc4733")]) == "55"


def test_fast_repeated_key_by_all_three():
    reports = [(at + late, "5", source) for at in (0.0, 0.1, 0.2)
               for source, late in (("rfc4733", 0.0), ("inband", 0.05), ("info", 0.25))]  # fmt: skip
    assert merged(reports) == "555"


def test_late_info_of_several_keys_in_a_row():
    assert merged([(0.0, "1", "rfc4733"), (0.2, "2", "rfc4733"), (0.4, "1", "rfc4733"),
                   (1.2, "1", "info"), (1.25, "2", "info"), (1.3, "1", "info")]) == "121"  # fmt: skip


def test_a_source_that_missed_a_press_adds_none():
    assert merged([(0.0, "7", "rfc4733"), (0.3, "7", "rfc4733"), (0.35, "7", "inband")]) == "77"


def test_a_report_after_the_window_is_a_new_key():
    assert merged([(0.0, "5", "rfc4733"), (WINDOW_S, "5", "inband")]) == "5"
    assert merged([(0.0, "5", "rfc4733"), (WINDOW_S + 0.01, "5", "inband")]) == "55"


def test_end_of_a_long_press_belongs_to_its_start():
    merger = KeyMerger()
    assert merger.report("5", "rfc4733", now=0.0)
    assert not merger.report("5", "info", now=4.0, duration_ms=4000)


def test_what_no_telephone_has_is_no_key():
    merger = KeyMerger()
    for key in ("", "12", "a", "E", "５", "\n"):
        assert not merger.report(key, "info", now=0.0)


@given(
    st.lists(st.tuples(st.sampled_from(sorted(KEYS)), st.floats(0.09, 0.6)), max_size=30),
    st.sets(st.sampled_from(["rfc4733", "info", "inband"]), min_size=1),
    st.data(),
)
def test_any_typing_by_any_sources(presses, sources, data):
    """Each source reports every press, in order, up to its own lateness: what comes out is what was typed."""
    late = {"rfc4733": 0.02, "inband": 0.08, "info": 1.0}
    at, reports = 0.0, []
    last = dict.fromkeys(sources, 0.0)
    for key, gap in presses:
        at += gap
        for source in sources:
            last[source] = max(last[source], at + data.draw(st.floats(0.0, late[source])))
            reports.append((last[source], len(reports), key, source))
    merger = KeyMerger()
    typed = [key for when, _, key, source in sorted(reports) if merger.report(key, source, now=when)]
    assert sorted(typed) == sorted(key for key, _ in presses)
    if "info" not in sources or sources == {"info"}:
        assert len(typed) == len(presses)


def test_memory_does_not_grow():
    merger = KeyMerger()
    for number in range(1000):
        merger.report("5", "rfc4733", now=float(number))
    assert len(merger._recent) < 20
