"""`presswire cluster` on a real index and real fingerprints."""

from datetime import timedelta

import pytest
from click import ClickException
from click.testing import CliRunner

from schemas.events import Role
from workers.adapters.elasticsearch.indices import read_index_set
from workers.cli.cluster import cluster
from workers.cli.support.cluster_rebuild import rebuild_clusters
from workers.dedupe.identity import document_id
from workers.services import Services
from workers.settings import Settings

pytestmark = pytest.mark.elasticsearch

PARAGRAPHS = tuple(
    " ".join(f"{word}{n}x{m}" for m in range(12) for word in ("river", "bridge", "mayor"))
    for n in range(8)
)


@pytest.fixture
def services(search, clean_redis, redis_url, elasticsearch_url, monkeypatch):
    """The tools of a process whose index and Redis are the test's."""
    assert clean_redis.dbsize() == 0
    given = Settings(redis_url=redis_url, elasticsearch_url=elasticsearch_url, prefix=search.prefix)
    with Services(given) as made:
        monkeypatch.setattr("workers.cli.cluster.command_services", lambda: made)
        yield made


def close(search, *indices):
    """Nothing can be written to these any more."""
    for index in indices:
        search.client.indices.add_block(index=index, block="write")


@pytest.fixture
def wire(put, story):
    """A story, a reprint that was changed, an excerpt and a stranger, without clusters yet."""
    base = story("x", paragraphs=PARAGRAPHS)
    later = {"fetched_at": base.fetched_at + timedelta(hours=1)}
    changed = (PARAGRAPHS[0].replace("mayor0x1", "governor"), *PARAGRAPHS[1:])
    put(
        base,
        story("y", outlet="post", title="River, again", paragraphs=changed, **later),
        story("z", outlet="echo", paragraphs=PARAGRAPHS[:1], **later),
        story("other", paragraphs=("Nine council members voted for the budget.",)),
    )
    return base


def test_a_rebuild_finds_the_clusters_of_what_is_in_the_index(services, search, wire):
    now = wire.fetched_at + timedelta(days=1)

    assert rebuild_clusters(search, services.fingerprints, now, 30) == (4, 4)
    search.refresh()

    labels = {name: search.get(name) for name in ("x", "y", "z", "other")}
    assert {name: label["cluster_id"] for name, label in labels.items()} == {
        "x": "x",
        "y": "x",
        "z": "x",
        "other": "other",
    }
    assert [labels[name]["role"] for name in "xyz"] == [Role.ORIGINAL, Role.REPRINT, Role.EXCERPT]


def test_an_article_with_a_date_in_the_future_counts_from_its_fetch(services, search, put, story):
    first = story("a", paragraphs=PARAGRAPHS)
    later = first.fetched_at + timedelta(hours=1)
    wrong = first.fetched_at + timedelta(days=20)
    put(story("early", outlet="post", paragraphs=PARAGRAPHS, published=wrong))
    put(story("late", outlet="echo", paragraphs=PARAGRAPHS, fetched_at=later))

    rebuild_clusters(search, services.fingerprints, later, 30)

    assert search.get("late")["cluster_id"] == "early"


def test_a_second_rebuild_changes_nothing(services, search, wire):
    now = wire.fetched_at + timedelta(days=1)
    rebuild_clusters(search, services.fingerprints, now, 30)
    search.refresh()

    assert rebuild_clusters(search, services.fingerprints, now, 30) == (4, 0)


def test_articles_from_before_the_window_are_left_alone(services, search, wire):
    later = wire.fetched_at + timedelta(days=40)

    assert rebuild_clusters(search, services.fingerprints, later, 30) == (0, 0)


def test_a_rebuild_that_may_not_write_forgets_nothing(services, search, wire):
    now = wire.fetched_at + timedelta(days=1)
    rebuild_clusters(search, services.fingerprints, now, 30)
    search.refresh()
    places = set(services.fingerprints.clusters())
    close(search, *read_index_set(search.client, search.prefix).write_indices.values())

    with pytest.raises(ClickException, match=r"nothing was changed.* cluster_block_exception"):
        rebuild_clusters(search, services.fingerprints, now, 30)

    assert set(services.fingerprints.clusters()) == places


def test_a_label_that_cannot_be_written_is_told_by_name(services, search, wire, put, story):
    old = set(read_index_set(search.client, search.prefix).write_indices.values())
    search.roll_over({})
    put(story("late", paragraphs=("Ten council members voted against it.",)))
    close(search, *old)

    with pytest.raises(ClickException) as told:
        rebuild_clusters(search, services.fingerprints, wire.fetched_at + timedelta(days=1), 30)

    head, *lines = str(told.value).splitlines()
    assert head.startswith("4 labels were not written")
    assert {line.split(":")[0] for line in lines} == {"x", "y", "z", "other"}
    assert all("retry, 403 cluster_block_exception" in line for line in lines)
    assert search.get("late")["cluster_id"] == "late"


def test_show_tells_members_in_time_order_with_their_differences(services, search, wire):
    rebuild_clusters(search, services.fingerprints, wire.fetched_at + timedelta(days=1), 30)
    search.refresh()

    shown = CliRunner().invoke(cluster, ["show", "y"], catch_exceptions=False).output

    lines = shown.splitlines()
    assert "cluster x: 3 articles" in lines[0]
    assert [line.split()[0] for line in lines[2:5]] == ["x", "y", "z"]
    assert "[-mayor0x1-][+governor+]" in shown.replace("\n", "")
    assert "1 paragraphs as in the first, 7 not" in shown
    assert "3 more: --all" in shown


@pytest.mark.usefixtures("services")
def test_show_takes_an_address(put, story):
    made = story("a")
    put(made)

    shown = CliRunner().invoke(cluster, ["show", made.url], catch_exceptions=False).output

    assert "cluster a: 1 articles" in shown
    assert document_id(made.url, None) != "a"


@pytest.mark.usefixtures("services")
def test_an_unknown_article_is_an_error():
    result = CliRunner().invoke(cluster, ["show", "nobody"])

    assert result.exit_code == 1
    assert "nobody" in result.output
