"""Days of a search are days in its zone, on real servers: what is found, and what is counted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from tests.cleanup import delete_installation
from tests.integration.indexing import index_stories
from tests.stories import clustered_story
from workers import clock
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.analysis.counts import count_articles
from workers.search.analysis.outlets import profile_outlet
from workers.search.params import SearchParams
from workers.search.ports import execute
from workers.search.query.times import local_day, start_of_day
from workers.search.query.zones import find_zone
from workers.search.requests import aggregations_only, time_histogram
from workers.search.service import run_search
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

BERLIN, KATHMANDU = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Kathmandu")
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
# A minute before and after each midnight of Berlin around both changes of clocks, and of Kathmandu.
EDGES = {
    "berlin-28": "2026-03-28T22:59",
    "berlin-29-first": "2026-03-28T23:01",
    "berlin-29-last": "2026-03-29T21:59",
    "berlin-30": "2026-03-29T22:01",
    "berlin-october-25-last": "2026-10-25T22:59",
    "berlin-october-26": "2026-10-25T23:01",
    "k-31": "2026-10-31T18:14",
    "k-1": "2026-10-31T18:16",
}


@pytest.fixture(scope="module")
def edges(either_server) -> Iterator[SearchReader]:
    """An index of articles at the edges of days: those of the past, and two around the midnight
    of Kathmandu that was last."""
    url, prefix = either_server
    midnight = start_of_day(local_day(clock.now(), KATHMANDU), KATHMANDU)
    times = {
        **{name: datetime.fromisoformat(f"{at}:00+00:00") for name, at in EDGES.items()},
        "of-today": midnight + timedelta(seconds=1),
        "of-yesterday": midnight - timedelta(seconds=1),
    }
    search = SearchIndex(Settings(elasticsearch_url=url, prefix=f"test-zones-{prefix}"))
    search.bootstrap()
    stories = [clustered_story(name, title=name, fetched_at=at) for name, at in times.items()]
    assert {result.state for result in index_stories(search, stories)} == {"done"}
    yield SearchReader(search)
    delete_installation(search)


def names(reader: SearchReader, zone: ZoneInfo, query: str, **more: object) -> set[str]:
    found = run_search(reader, SearchParams(query=query, zone=zone, **more), b"a key")
    return {hit.id for hit in found.hits}


@pytest.mark.parametrize(
    ("zone", "query", "found"),
    [
        (BERLIN, "on:2026-03-28", {"berlin-28"}),
        (BERLIN, "on:2026-03-29", {"berlin-29-first", "berlin-29-last"}),
        (BERLIN, "on:2026-03-29..2026-03-30", {"berlin-29-first", "berlin-29-last", "berlin-30"}),
        (BERLIN, "after:2026-10-26 before:2026-10-27", {"berlin-october-26"}),
        (KATHMANDU, "on:2026-10", {f"berlin-october-{n}" for n in ("25-last", "26")} | {"k-31"}),
        (KATHMANDU, "on:2026-11-01", {"k-1"}),
        (KATHMANDU, "on:today", {"of-today"}),
        (KATHMANDU, "on:yesterday", {"of-yesterday"}),
    ],
)
def test_a_day_is_one_of_the_zone(edges, zone, query, found):
    assert names(edges, zone, query) == found
    name, _, value = query.partition(":")
    if " " not in query:
        assert names(edges, zone, "", filters=((name, value),)) == found


@pytest.mark.parametrize("by", ["", "outlet"])
def test_counts_are_by_days_of_the_zone(edges, by):
    asked = SearchParams(zone=BERLIN, filters=(("on", "2026-03-28..2026-03-30"),), unit="day")

    rows = count_articles(edges, asked, (), by, NOW).rows

    assert [(row.start, row.articles) for row in rows] == [
        ("2026-03-28", 1),
        ("2026-03-29", 2),
        ("2026-03-30", 1),
    ]


@pytest.mark.parametrize("unit", ["week", "month"])
def test_weeks_and_months_begin_at_midnight_of_the_zone(edges, unit):
    asked = SearchParams(zone=KATHMANDU, filters=(("on", "2026-10-26..2026-11-30"),), unit=unit)

    rows = count_articles(edges, asked, (), "outlet", NOW).rows

    starts = {"week": "2026-10-26", "month": "2026-10-01"}
    assert (rows[0].start, rows[0].articles) == (starts[unit], {"week": 4, "month": 3}[unit])


def test_the_bars_of_the_chart_and_the_heat_map_are_those_of_the_zone(edges):
    asked = SearchParams(zone=KATHMANDU, filters=(("on", "2026-10-31..2026-11-01"),))

    chart = run_search(edges, asked, b"a key").timeline
    profile = profile_outlet(edges, "eastmarch-courier", asked, NOW)

    assert [(bar.start, bar.count) for bar in chart.bars] == [("2026-10-31", 1), ("2026-11-01", 1)]
    assert profile.timeline == chart
    # 23:59 on Saturday, and a minute after midnight on Sunday
    assert (profile.hours[5][23], profile.hours[6][0]) == (1, 1)


def test_the_server_knows_every_zone_that_is_offered(edges):
    zones = {zone.key: zone for name in available_timezones() if (zone := find_zone(name))}
    days = {name.replace("/", "-"): time_histogram("month", zone) for name, zone in zones.items()}

    answer = execute(edges, aggregations_only({"match_all": {}}, days))["aggregations"]

    assert len(answer) == len(zones) > 400
    assert all(sum(each["doc_count"] for each in one["buckets"]) == 10 for one in answer.values())
