"""Revisions on a real Elasticsearch: what remains does not depend on the order of delivery."""

import itertools
import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from schemas.article import Article, Block, Image, Related
from workers.index.document import build_document, content_hash, document_version

pytestmark = pytest.mark.elasticsearch

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
_names = itertools.count()


def row(story, name, text, minute, **more):
    """The write of one fetch of an article."""
    moment = NOON + timedelta(minutes=minute)
    title = more.pop("title", f"Title {text}")
    judged = story(name, title=title, paragraphs=(text,), fetched_at=moment, **more)
    return judged.document_id, document_version(judged), build_document(judged, "us", moment)


def told(search, name):
    """What readers see of an article: its current text, and what it said before."""
    search.refresh()
    now = search.get(name)
    earlier = [
        (each["revision"], each["title"], each["body"], each["fetched_at"], each["replaced_at"])
        for each in search.revisions(name)
    ]
    return (now["title"], now["body"], now["fetched_at"]), earlier


def expected(history):
    """The same from the history itself: runs of one text, each with its first moment."""
    runs = [
        (text, [minute for minute, _ in run])
        for text, run in itertools.groupby(enumerate(history), lambda pair: pair[1])
    ]
    moments = [(NOON + timedelta(minutes=minutes[0])).isoformat() for _, minutes in runs]
    earlier = [
        (number + 1, f"Title {text}", text, moments[number], moments[number + 1])
        for number, (text, _) in enumerate(runs[:-1])
    ]
    last, minutes = runs[-1]
    newest = (NOON + timedelta(minutes=minutes[-1])).isoformat()
    return (f"Title {last}", last, newest), earlier


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    history=st.lists(st.sampled_from(["one", "two", "three"]), min_size=1, max_size=6),
    seed=st.integers(0, 2**32),
)
@example(history=["one", "one", "one", "two", "two", "one"], seed=1)
def test_any_order_of_delivery_ends_in_the_same_article_and_revisions(search, story, history, seed):
    """Texts may come back, pages may be fetched again unchanged, delivered twice and in bulk."""
    rng = random.Random(seed)  # noqa: S311  no secret
    name = f"article-{next(_names)}"
    deliveries = [row(story, name, text, minute) for minute, text in enumerate(history)]
    deliveries += rng.sample(deliveries, rng.randrange(len(deliveries) + 1))
    rng.shuffle(deliveries)
    while deliveries:
        size = rng.randrange(1, len(deliveries) + 1)
        bulk, deliveries = deliveries[:size], deliveries[size:]
        assert {verdict.state for verdict in search.put(bulk)} <= {"done", "stale"}

    assert told(search, name) == expected(history)


def test_an_earlier_version_that_comes_again_keeps_the_moment_it_was_first_seen(search, story):
    history = ["one", "two", "two", "three"]
    deliveries = [row(story, "a", text, minute) for minute, text in enumerate(history)]
    for runner in (*deliveries, deliveries[2]):
        search.put([runner])

    assert told(search, "a") == expected(history)


def test_clutter_that_changes_makes_no_revision(search, story):
    plain = row(story, "a", "one", 0, tags=("x",))
    cluttered = row(
        story,
        "a",
        "one",
        5,
        tags=("x", "y"),
        images=(Image("https://gazette.example/other.jpg", "Another crop"),),
        related=(Related("Most read today", "https://gazette.example/other"),),
        section="Home",
    )

    search.put([plain])
    search.put([cluttered])
    search.refresh()

    assert search.get("a")["tags"] == ["x", "y"]
    assert search.revisions("a") == []


def test_a_new_headline_alone_is_a_revision(search, story):
    search.put([row(story, "a", "one", 0, title="Before")])
    search.put([row(story, "a", "one", 5, title="After")])
    search.refresh()

    assert search.get("a")["title"] == "After"
    assert [each["title"] for each in search.revisions("a")] == ["Before"]


def test_the_same_page_read_better_is_no_revision(search, story):
    """A replay of the archive: the fetch is the same, only the parser has learnt."""
    search.put([row(story, "a", "one, with clutter", 0)])
    search.put([row(story, "a", "one", 0)])
    search.refresh()

    assert search.get("a")["body"] == "one"
    assert search.revisions("a") == []


def test_white_space_and_pictures_are_no_part_of_the_content():
    def story(**more):
        return Article(url="https://gazette.example/a", title="T", **more)

    one = story(blocks=(Block("paragraph", "Text."),))
    other = story(
        blocks=(Block("paragraph", "Text."), Block("image", "Caption", "https://x.example/1")),
        tags=("new",),
    )

    assert content_hash(one) == content_hash(other)
