"""Many dedupe workers at once: nothing depends on order, number of workers or a death."""

import signal

SEED = 3


def in_time_order(rows):
    return sorted(rows, key=lambda row: (row[3], row[0]))


def alone(clusters, newswire, seed=SEED):
    """The clusters that one worker makes of the stories in order of time."""
    for row in in_time_order(newswire.stories(seed)):
        clusters.add(*row)
    return clusters.clusters()


def test_one_worker_in_time_order_finds_every_copy(clusters, newswire):
    found = alone(clusters, newswire)

    assert {name: cluster.split("-")[0] for name, cluster in found.items()} == {
        name: name.split("-")[0] for name in found
    }
    assert {cluster.split("-")[1] for cluster in found.values()} == {"early"}


def test_eight_workers_in_any_order_make_the_same_clusters(clusters, clean_redis, newswire, start):
    expected = alone(clusters, newswire)
    clean_redis.flushall()

    processes = [start(SEED, worker, 8) for worker in range(8)]

    assert [process.wait(timeout=120) for process in processes] == [0] * 8
    assert clusters.clusters() == expected


def test_a_worker_killed_between_claim_and_join_leaves_no_split(
    clusters, clean_redis, newswire, start
):
    """What the dead one had is delivered again, as the broker does."""
    expected = alone(clusters, newswire)
    clean_redis.flushall()

    dying = [start(SEED, worker, 4, 10 + 5 * worker) for worker in range(4)]
    assert [process.wait(timeout=120) for process in dying] == [-signal.SIGKILL] * 4
    again = [start(SEED, worker, 4) for worker in range(4)]
    assert [process.wait(timeout=120) for process in again] == [0] * 4

    assert clusters.clusters() == expected


def test_twins_that_come_at_the_same_moment_are_never_split(clusters, newswire, start):
    """Both processes add the same articles under names of their own, in the same order."""
    for process in [start(SEED, 0, 1), start(SEED, 0, 1)]:
        assert process.wait(timeout=120) == 0

    found = clusters.clusters()

    assert len(found) == len(newswire.stories(SEED))
    assert len(set(found.values())) == len({name.split("-")[0] for name in found})
