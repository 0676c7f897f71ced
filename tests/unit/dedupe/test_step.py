"""The step with the fingerprints of a memory of its own."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from schemas.article import Article, Block
from schemas.events import ArticleClustered, ArticleParsed, ClusterChanged, RelateDue, Role
from schemas.fingerprints import Candidate, Claim, ClusterUpdate, StoredFingerprints
from schemas.outlet import Outlet
from workers.adapters.redis.lockstep import run_alone
from workers.dedupe.identity import document_id
from workers.dedupe.record import DocumentMetadata, build_record, encode
from workers.dedupe.record import decode as record_of
from workers.dedupe.signature import compute_signature
from workers.dedupe.step import dedupe

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = " ".join(f"word{n}" for n in range(300))


def stored(number, name, published, text=TEXT):
    metadata = DocumentMetadata(name, published, published, name)
    return Candidate(
        number, *encode(build_record(metadata, compute_signature(text))), cluster=number
    )


class FakeFingerprints:
    """Fingerprints that know one article."""

    window_days = 30

    def __init__(self, known):
        self.known = known
        self.matches = None

    async def claim(self, _name, _fingerprints, record):
        self.record = StoredFingerprints(2, *record)
        return Claim(2, 70, False, (self.known,))

    async def join(self, _number, matches):
        self.matches = list(matches)
        return ClusterUpdate(71, 2, (self.record, self.known))

    async def note_openings(self, _openings):
        return []


def parsed(text=TEXT, **article):
    url = "https://gazette.example/news/storm-hits-coast?utm_source=x"
    return ArticleParsed(
        page_id="page",
        outlet="gazette",
        url=url,
        archive_key="key",
        fetched_at=NOON,
        article=Article(url=url, title="T", blocks=(Block("paragraph", text),), **article),
    )


@pytest.fixture
def earlier():
    return stored(1, "later", NOON)


def test_a_stranger_stands_alone_and_nothing_is_joined(earlier):
    fingerprints = FakeFingerprints(earlier)

    event = parsed("something else that nobody has printed before today")
    [clustered] = run_alone(dedupe(event, fingerprints, {}))

    assert isinstance(clustered, ArticleClustered)
    assert clustered.cluster_id == clustered.document_id
    assert (clustered.role, clustered.overlap, clustered.clustered_at) == (Role.ORIGINAL, 1.0, 70)
    assert fingerprints.matches is None


def test_an_earlier_article_is_the_original_and_moves_the_one_that_was_there(earlier):
    published = datetime(2026, 3, 1, tzinfo=UTC)

    clustered, changed = run_alone(
        dedupe(parsed(published=published), FakeFingerprints(earlier), {})
    )

    assert clustered.document_id == document_id(clustered.url, None)
    assert (clustered.role, clustered.clustered_at) == (Role.ORIGINAL, 71)
    assert changed == ClusterChanged(
        page_id="page",
        outlet="gazette",
        url=clustered.url,
        members=(("later", clustered.document_id, Role.REPRINT, 1.0),),
        clustered_at=71,
    )


def test_where_events_are_related_the_article_goes_there_and_the_changes_do_not(earlier):
    published = datetime(2026, 3, 1, tzinfo=UTC)

    clustered, changed = run_alone(
        dedupe(parsed(published=published), FakeFingerprints(earlier), {}, relates_events=True)
    )

    assert (type(clustered), type(changed)) == (RelateDue, ClusterChanged)


def test_the_article_passes_on_as_it_came(earlier):
    event = parsed("Short.", canonical_url="https://gazette.example/news/storm")

    [clustered] = run_alone(dedupe(event, FakeFingerprints(earlier), {}))

    assert clustered.article == event.article
    assert clustered.archive_key == "key"
    assert clustered.document_id == document_id("https://gazette.example/news/storm", None)


@pytest.mark.parametrize("printed", [None, datetime(2036, 1, 1, tzinfo=UTC)])
def test_a_date_that_is_missing_or_in_the_future_counts_as_the_moment_of_the_fetch(printed):
    """The other was published a minute before the fetch, so it stays first."""
    fingerprints = FakeFingerprints(stored(1, "earlier", datetime(2026, 3, 2, 11, 59, tzinfo=UTC)))

    run_alone(dedupe(parsed(published=printed), fingerprints, {}))

    record = record_of(fingerprints.record.long_term, fingerprints.record.short_term)
    assert record.published == NOON.timestamp()


@pytest.mark.parametrize(
    ("url", "is_same"),
    [
        ("https://www.gazette.example/x/flood-4711.html", True),
        ("https://www.gazette.example/x/storm-4712.html", False),
        ("https://www.gazette.example/about", False),
    ],
)
def test_the_outlets_own_rule_says_which_addresses_are_one_story(earlier, url, is_same):
    outlet = Outlet(
        id="gazette",
        name="Gazette",
        home="https://www.gazette.example/",
        language="en",
        country="us",
        story_key=r"/.*-(?P<key>\d+)\.html",
    )
    ids = []
    for address in ("https://m.gazette.example/storm-4711.html", url):
        event = parsed("Short.", canonical_url=None)
        event = replace(event, article=replace(event.article, url=address))
        ends = run_alone(dedupe(event, FakeFingerprints(earlier), {"gazette": outlet}))
        ids.append(ends[0].document_id)

    assert (ids[0] == ids[1]) is is_same
