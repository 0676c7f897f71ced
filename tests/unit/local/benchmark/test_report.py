"""What a bench run is said to have cost, and what bends first."""

import pytest

from workers.local.benchmark.report import BenchSample, Cost, bottleneck, cost_of, sparkline


def sample(at, indexed, machine=0.0, waiting=None, **used):
    return BenchSample(at, indexed, waiting or {}, used, machine)


def test_an_article_costs_what_was_used_from_the_beginning_to_the_last_one():
    samples = [
        sample(0, 0, machine=10.0, parse=2.0, index=1.0),
        sample(4, 20, machine=12.0, parse=2.5, index=1.0),
        sample(9, 120, machine=16.0, parse=3.0, index=1.5),
        sample(12, 120, machine=19.0, parse=3.5, index=1.5),
    ]
    cost = cost_of(samples, cores=2)
    assert cost == Cost(
        first_after=4,
        articles=120,
        articles_a_second=20.0,
        milliseconds={
            "index": pytest.approx(1000 * 0.5 / 120),
            "parse": pytest.approx(1000 / 120),
        },
        load=pytest.approx(1.5 / 18),
        others=pytest.approx(4.5 / 18),
    )


def test_a_part_that_came_later_counts_from_its_start():
    samples = [
        sample(0, 0, parse=1.0),
        sample(1, 1, parse=1.0),
        sample(2, 2, parse=1.0, render=0.5),
    ]
    assert cost_of(samples, 1).milliseconds["render"] == 250.0


@pytest.mark.parametrize("indexed", [[], [0, 0]])
def test_where_nothing_came_there_is_no_cost(indexed):
    assert cost_of([sample(at, number) for at, number in enumerate(indexed)], 2) is None


@pytest.mark.parametrize("indexed", [[0, 0, 6], [0, 0, 6, 6]])
def test_where_all_came_at_once_their_speed_is_that_of_the_whole_run(indexed):
    samples = [sample(at, number) for at, number in enumerate(indexed)]
    assert cost_of(samples, 2).articles_a_second == 3.0


def cost(load, others=0.0, rate=100.0, **milliseconds):
    return Cost(1.0, 100, rate, milliseconds, load, others)


@pytest.mark.parametrize(
    ("measured", "waiting", "expected"),
    [
        (
            cost(0.6, others=0.3, parse=6.0, dedupe=2.0),
            {},
            "the cores: Presswire used 60% of them (75% of that parse), others 30%",
        ),
        (
            cost(0.5, parse=18.0, dedupe=9.5),
            {},
            "the processes of dedupe: each computes 95% of its time; more of them help",
        ),
        (
            cost(0.5, parse=6.0, dedupe=2.0),
            {"fetch": 9, "parse": 2},
            "fetch: most pages waited there, though 50% of the cores were idle",
        ),
        (cost(0.1, parse=1.0), {"fetch": 0}, "none: no stage had pages waiting"),
    ],
)
def test_what_bends_first_is_named(measured, waiting, expected):
    samples = [sample(0, 0, waiting=waiting)]
    assert bottleneck(measured, samples, {"parse": 2, "dedupe": 1}) == expected


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([], ""),
        ([0, 0], "  "),
        ([0, 1, 50, 100], " ▁▄█"),
        ([1] * 600, "█" * 60),
    ],
)
def test_a_row_of_bars_shows_the_values(values, shown):
    assert sparkline(values) == shown


def test_more_values_than_bars_show_the_highest_of_each_step():
    drawn = sparkline(list(range(61)))
    assert len(drawn) == 31
    assert (drawn[0], drawn[-1]) == ("▁", "█")
    assert list(drawn) == sorted(drawn)
