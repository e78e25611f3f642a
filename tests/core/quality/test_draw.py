"""The draw: every recorded talk has the same chance, whatever the order, and the week is the office's."""

from __future__ import annotations

import datetime as dt
import random
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from gateway.core.facts.desk import RecordingDeleted, RecordingEnded, RecordingStarted
from gateway.core.facts.quality import QualityDrawn
from gateway.core.quality.draw import KEPT_MAX, WeekDraw, end_of, week_of
from tests.core.factory import site

SITE = site()
WARSAW = ZoneInfo("Europe/Warsaw")


def at(text: str) -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=WARSAW).timestamp()


WEDNESDAY = at("2026-11-18 12:00")


def recorded(name: str, ended_at: float = WEDNESDAY, agent: str = "jan", **more) -> list:
    how = more.pop("how", "leg_over")
    length_s = more.pop("length_s", 60.0)
    about = {"call": name.partition(".")[0], "recording": name, "file": f"recordings/{name}.wav"}
    started = {"purpose": "conversation", "agent": agent, "team": "office", "draft": False} | more
    return [
        RecordingStarted(at=ended_at - 60, **about, **started),
        RecordingEnded(at=ended_at, **about, how=how, length_s=length_s),
    ]


def draw_of(facts, seed: int = 0) -> WeekDraw:
    draw = WeekDraw(SITE, seed)
    for fact in facts:
        draw.apply(fact)
    return draw


def lowest(draw: WeekDraw, count: int, agent: str = "jan", week: str = "2026-11-16") -> list[str]:
    return [one.recording for one in draw.weeks[week][agent].kept[:count]]


def test_each_talk_has_the_same_chance():
    """Chi-square of 12,000 places over 20 talks, 3 of 20 a seed. Places of one seed exclude each other, which makes
    the sum smaller than with independent ones: the limit (19 degrees of freedom, 1 in 10,000) is on the safe side."""
    talks, seeds, count = 20, 4000, 3
    facts = [fact for n in range(talks) for fact in recorded(f"c{n}.1", WEDNESDAY + n)]
    hits = dict.fromkeys((f"c{n}.1" for n in range(talks)), 0)
    for seed in range(seeds):
        for name in lowest(draw_of(facts, seed), count):
            hits[name] += 1
    expected = seeds * count / talks
    chi_square = sum((hit - expected) ** 2 / expected for hit in hits.values())
    assert chi_square < 50.8, hits
    assert sum(hits.values()) == seeds * count


def test_pairs_are_drawn_as_often_as_pairs():
    """10 pairs of 5 talks: that one was drawn says nothing of another."""
    facts = [fact for n in range(5) for fact in recorded(f"c{n}.1", WEDNESDAY + n)]
    pairs: dict[frozenset[str], int] = {}
    for seed in range(4000):
        pair = frozenset(lowest(draw_of(facts, seed), 2))
        pairs[pair] = pairs.get(pair, 0) + 1
    assert len(pairs) == 10
    assert sum((hit - 400) ** 2 / 400 for hit in pairs.values()) < 33.8  # 9 degrees of freedom, 1 in 10,000


def test_the_order_of_the_talks_and_a_restart_change_nothing():
    facts = [fact for n in range(300) for fact in recorded(f"c{n}.1", WEDNESDAY + n)]
    shuffled = [facts[2 * n : 2 * n + 2] for n in range(300)]
    random.Random(1).shuffle(shuffled)
    one, other = draw_of(facts, 7), draw_of([fact for pair in shuffled for fact in pair], 7)
    assert lowest(one, 50) == lowest(other, 50)
    assert lowest(one, 50) != lowest(draw_of(facts, 8), 50)


def test_memory_is_bounded_and_the_talks_are_counted():
    draw = draw_of([fact for n in range(1000) for fact in recorded(f"c{n}.1")])
    pool = draw.weeks["2026-11-16"]["jan"]
    assert (pool.recorded, len(pool.kept)) == (1000, KEPT_MAX)
    weeks = draw_of([fact for n in range(9) for fact in recorded(f"c{n}.1", WEDNESDAY + n * 7 * 86400)])
    assert list(weeks.weeks) == ["2027-01-04", "2027-01-11"]


@pytest.mark.parametrize(
    "more",
    [
        {"how": "failed"}, {"how": "lost", "length_s": None}, {"length_s": 0.0}, {"draft": True}, {"draft": None},
        {"purpose": "message", "agent": ""},
    ],
    ids=str,
)  # fmt: skip
def test_what_takes_no_part(more):
    assert not draw_of(recorded("c.1", **more)).weeks


def test_a_recording_that_has_not_ended_takes_no_part():
    started, ended = recorded("c.1")
    assert not draw_of([started]).weeks
    assert draw_of([started, ended, ended]).weeks["2026-11-16"]["jan"].recorded == 1


def test_a_deleted_recording_gives_its_place_to_another():
    facts = [fact for n in range(10) for fact in recorded(f"c{n}.1")]
    before = lowest(draw_of(facts), 4)
    after = draw_of([*facts, RecordingDeleted(at=WEDNESDAY, file=f"recordings/{before[0]}.wav", recorded_at=0.0)])
    assert lowest(after, 3) == before[1:]
    assert after.weeks["2026-11-16"]["jan"].recorded == 10


def test_the_parts_of_a_talk_are_one_talk():
    """Nothing is recorded while somebody is asked; whoever asks often is heard no more often for that."""
    asked = [fact for n in range(1, 9) for fact in recorded(f"c0.{n}", WEDNESDAY + n)]
    others = [fact for n in range(1, 4) for fact in recorded(f"c{n}.1", WEDNESDAY + n)]
    by_ewa = recorded("c0.9", WEDNESDAY + 9, agent="ewa")
    draw = draw_of([*asked[:6], *others, *by_ewa, *asked[6:]])
    pool = draw.weeks["2026-11-16"]["jan"]
    assert (pool.recorded, len(pool.kept), draw.weeks["2026-11-16"]["ewa"].recorded) == (4, 4, 1)
    (one,) = [kept for kept in pool.kept if kept.recording == "c0.1"]
    assert [part.recording for part in one.parts] == [f"c0.{n}" for n in range(1, 9)]
    assert (one.length_s, one.ended_at) == (480.0, WEDNESDAY + 8)
    draw.apply(RecordingDeleted(at=WEDNESDAY, file="recordings/c0.5.wav", recorded_at=0.0))
    assert sorted(lowest(draw, 9)) == ["c1.1", "c2.1", "c3.1"]


def test_a_part_of_a_talk_that_fell_out_does_not_bring_it_back():
    facts = [fact for n in range(300) for fact in recorded(f"c{n}.1")]
    more = [fact for n in range(300) for fact in recorded(f"c{n}.2")]
    before, after = draw_of(facts).weeks["2026-11-16"]["jan"], draw_of(facts + more).weeks["2026-11-16"]["jan"]
    assert [one.recording for one in before.kept] == [one.recording for one in after.kept]
    assert {len(one.parts) for one in after.kept} == {2}
    assert after.recorded == 300


def test_what_is_drawn_is_drawn():
    facts = recorded("c1.1")
    drawn = QualityDrawn(at=WEDNESDAY, week="2026-11-16", talks=1, agents=1, samples=1)
    draw = draw_of([*facts, drawn, *recorded("c2.1")])
    assert not draw.weeks
    assert draw.next_end() is None
    draw = draw_of([*facts, drawn, *recorded("c3.1", WEDNESDAY + 7 * 86400)])
    assert list(draw.weeks) == ["2026-11-23"]


@pytest.mark.parametrize(
    ("moment", "week", "hours"),
    [
        ("2026-11-22 23:59:59", "2026-11-16", 168),
        ("2026-11-23 00:00:00", "2026-11-23", 168),
        ("2026-03-29 01:59:00", "2026-03-23", 167),  # clocks go forward on that Sunday
        ("2026-03-29 23:30:00", "2026-03-23", 167),
        ("2026-10-25 02:30:00", "2026-10-19", 169),  # and back on that one
        ("2026-10-26 00:00:00", "2026-10-26", 168),
        ("2027-01-01 12:00:00", "2026-12-28", 168),
    ],
)
def test_the_week_of_a_moment(moment, week, hours):
    found = week_of(SITE, at(moment))
    assert (found.name, (found.end - found.start) / 3600) == (week, hours)
    assert found.start <= at(moment) < found.end == end_of(SITE, week)
    assert dt.datetime.fromtimestamp(found.end, WARSAW).strftime("%a %H:%M") == "Mon 00:00"


def test_the_hour_that_comes_twice_is_in_the_week_both_times():
    end = end_of(SITE, "2026-10-19")
    draw = draw_of([*recorded("c1.1", end - 1), *recorded("c2.1", end - 23 * 3600), *recorded("c3.1", end)])
    assert draw.weeks["2026-10-19"]["jan"].recorded == 2
    assert draw.over(end - 0.5) == []
    assert draw.over(end) == ["2026-10-19"]
    assert draw.next_end() == end


def test_another_time_zone_has_another_week():
    monday = at("2026-11-23 00:30")
    tokyo = replace(SITE, timezone="Asia/Tokyo")
    assert week_of(SITE, monday - 3600).name == "2026-11-16"
    assert week_of(tokyo, monday - 3600).name == "2026-11-23"
