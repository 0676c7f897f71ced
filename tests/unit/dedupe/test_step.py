"""The step with the fingerprints of a memory of its own."""

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Block
from schemas.events import ArticleClustered, ArticleParsed, ClusterChanged, Role
from schemas.fingerprints import Candidate, Claim, Joined, StoredFingerprints
from workers.dedupe.identity import document_id
from workers.dedupe.record import DocumentFacts, encode, record
from workers.dedupe.record import decode as record_of
from workers.dedupe.signature import signature
from workers.dedupe.step import dedupe

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = " ".join(f"word{n}" for n in range(300))


def stored(number, name, published, text=TEXT):
    facts = DocumentFacts(name, published, published, name)
    return Candidate(number, *encode(record(facts, signature(text))), cluster=number)


class Answers:
    """Fingerprints that know one article."""

    window_days = 30

    def __init__(self, known):
        self.known = known
        self.ties = None

    def claim(self, _name, _prints, record):
        self.mine = StoredFingerprints(2, *record)
        return Claim(2, 70, False, (self.known,))

    def join(self, _number, ties):
        self.ties = list(ties)
        return Joined(71, 2, (self.mine, self.known))

    def note(self, _openings):
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
    answers = Answers(earlier)

    [judged] = dedupe(parsed("something else that nobody has printed before today"), answers)

    assert isinstance(judged, ArticleClustered)
    assert judged.cluster_id == judged.document_id
    assert (judged.role, judged.overlap, judged.clustered_at) == (Role.ORIGINAL, 1.0, 70)
    assert answers.ties is None


def test_an_earlier_article_is_judged_first_and_moves_the_one_that_was_there(earlier):
    published = datetime(2026, 3, 1, tzinfo=UTC)

    judged, changed = dedupe(parsed(published=published), Answers(earlier))

    assert judged.document_id == document_id(judged.url, None)
    assert (judged.role, judged.clustered_at) == (Role.ORIGINAL, 71)
    assert changed == ClusterChanged(
        page_id="page",
        outlet="gazette",
        url=judged.url,
        members=(("later", judged.document_id, Role.REPRINT, 1.0),),
        clustered_at=71,
    )


def test_the_article_passes_on_as_it_came(earlier):
    event = parsed("Short.", canonical_url="https://gazette.example/news/storm")

    [judged] = dedupe(event, Answers(earlier))

    assert judged.article == event.article
    assert judged.archive_key == "key"
    assert judged.document_id == document_id("https://gazette.example/news/storm", None)


@pytest.mark.parametrize("printed", [None, datetime(2036, 1, 1, tzinfo=UTC)])
def test_a_date_that_is_missing_or_in_the_future_counts_as_the_moment_of_the_fetch(printed):
    """The other was published a minute before the fetch, so it stays first."""
    answers = Answers(stored(1, "earlier", datetime(2026, 3, 2, 11, 59, tzinfo=UTC)))

    list(dedupe(parsed(published=printed), answers))

    mine = record_of(answers.mine.long_term, answers.mine.short_term)
    assert mine.published == NOON.timestamp()
