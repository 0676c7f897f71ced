"""Which document an address belongs to, on a real server: by its address, and by number and text.

The addresses follow the schemes of docs/identity.md; the texts are made up.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.lockstep import run_alone
from workers.canonical_url import own_url
from workers.dedupe.cluster_assignment import assign
from workers.dedupe.document import resolve_document
from workers.dedupe.identity import document_id, story_keys
from workers.dedupe.record import DocumentMetadata, build_record, encode
from workers.dedupe.signature import compute_signature

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SITE = "https://www.gazette.example"
PAIRS_OF_EACH_SCHEME = 100


@pytest.fixture
def fingerprints(clean_redis):
    return FingerprintStore(clean_redis, "test", 30)


@pytest.fixture
def words(newswire):
    """The text of a story that nobody else tells."""

    def write(seed, number=200):
        return " ".join(newswire.text(newswire.dice("identity", seed), number))

    return write


@pytest.fixture
def resolve(fingerprints):
    def resolve_one(path, text, canonical=None):
        metadata = DocumentMetadata("", NOON, NOON, "gazette")
        url = path if "://" in path else SITE + path
        signature = compute_signature(text)
        return run_alone(
            resolve_document(own_url(url, canonical), metadata, signature, fingerprints)
        )

    return resolve_one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/news/storm-nears-coast-12345678", "/weather/storm-hits-coast-12345678.html"),
        ("/12345678-storm-nears", "/12345678-storm-hits-coast"),
        ("/news/a1234567.html", "/archive/storm/a1234567.html"),
        ("/story/98765/storm-nears", "/story/98765/storm-hits"),
        (
            "/n/old-0c1f2d3e-1111-4222-8333-444455556666",
            "/n/new-0c1f2d3e-1111-4222-8333-444455556666",
        ),
        ("/storm-nears_7654321_3201.html", "/storm-hits_7654321_87001.html"),
        ("/story.php?id=123456&title=storm-nears", "/story.php?id=123456&title=storm-hits"),
    ],
)
def test_a_moved_slug_is_one_article_by_number_and_text(resolve, words, one, other):
    text = words(1)

    assert resolve(one, text) == resolve(other, text) == document_id(SITE + one, None)
    assert resolve(one, text) == document_id(SITE + one, None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/news/match-preview-12345678", "/news/match-report-12345678"),
        ("/news/a_7654321_3201.html", "/news/b_7654322_3201.html"),
        ("/video/goal-123456", "/news/goal-123456"),
        ("/column/miller-54321/spring", "/column/miller-54321/summer"),
    ],
)
def test_the_same_number_over_another_text_is_another_article(resolve, words, one, other):
    assert resolve(one, words(1)) != resolve(other, words(2))


def test_a_template_filled_in_anew_is_another_article(resolve):
    def brief(day, low, high):
        return (
            f"The weather in Port Clair on {day} will be calm with temperatures between {low} and "
            f"{high} degrees and light winds from the west, turning to {low + 3} in the evening; "
            f"the chance of rain is {high * 2} percent and the water has {low - 1} degrees."
        )

    first = resolve("/weather/monday-outlook-55555", brief("Monday", 3, 9))

    assert resolve("/weather/tuesday-outlook-55555", brief("Tuesday", 5, 14)) != first


def test_a_moved_slug_whose_text_has_grown_is_the_same_article(resolve, words):
    text = words(1)

    assert resolve("/a-12345678", text) == resolve("/b-12345678", f"{text} {words(2, 60)}")


def test_an_address_keeps_its_document_when_its_text_changes(resolve, words):
    first = resolve("/a-12345678", words(1))
    moved = resolve("/b-12345678", words(1))

    assert resolve("/b-12345678", words(3)) == moved == first


def test_of_two_stories_under_a_number_a_moved_slug_finds_its_own(resolve, words):
    preview, report = resolve("/p-12345678", words(1)), resolve("/r-12345678", words(2))

    assert resolve("/report-moved-12345678", words(2)) == report != preview


def test_workers_at_once_agree_on_one_document(clean_redis, words):
    text = compute_signature(words(1))
    metadata = DocumentMetadata("", NOON, NOON, "gazette")

    def resolve_in_turn(number):
        store = FingerprintStore(clean_redis, "test", 30)
        address = f"{SITE}/slug-{number % 8}-12345678"
        return run_alone(resolve_document(address, metadata, text, store))

    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(resolve_in_turn, range(64)))) == 1


def test_a_worker_that_died_before_it_settled_costs_nothing(fingerprints, resolve, words):
    url = f"{SITE}/a-12345678"
    resolve("/first-12345678", words(1))
    name = document_id(url, None)
    run_alone(fingerprints.register_address(name, story_keys(url), _record(words(1), name)))

    assert resolve("/b-12345678", words(1)) == document_id(f"{SITE}/first-12345678", None)
    assert resolve("/a-12345678", words(1)) == document_id(f"{SITE}/first-12345678", None)


def _record(text, name):
    return encode(build_record(DocumentMetadata(name, NOON, NOON, "g"), compute_signature(text)))[0]


def test_what_the_version_before_indexed_under_the_number_keeps_its_id(
    fingerprints, resolve, words
):
    (before,) = story_keys(f"{SITE}/a-12345678")
    run_alone(assign(DocumentMetadata(before, NOON, NOON, "gazette"), words(1), fingerprints))

    assert resolve("/a-12345678", words(1)) == before
    assert resolve("/b-12345678", words(1)) == before
    assert resolve("/c-12345678", words(2)) == document_id(f"{SITE}/c-12345678", None)


def test_a_rebuild_of_the_fingerprints_keeps_the_documents(fingerprints, resolve, words):
    first = resolve("/a-12345678", words(1))
    assert resolve("/b-12345678", words(1)) == first

    fingerprints.forget()

    assert resolve("/b-12345678", words(1)) == first


# n is the story's number, {few} one of a few sections, postcodes or issues
SCHEMES = {
    "story and section": "/{slug}_{n}_7000{few}.html",
    "number and day": "/{slug}-{n}{day:%d%m%Y}",
    "source, day, id": "/news/SRC_{day:%y%m%d}_{n}",
    "day at the end": "/{slug}-{day:%m%d%Y}",
    "year, day, month": "/{slug}-{day:%Y%d%m}",
    "issue and article": "/mg2300{few}-{n}-{slug}/",
    "columnist": "/column/31415-miller/{slug}",
    "postcode": "/local/5311{few}/{slug}",
    "days as folders": "/{day:%Y%m%d}/{slug}",
    "number": "/{slug}-{n}.html",
}


def _path(scheme, number, dice):
    day = NOON + timedelta(days=number % 5)
    return SCHEMES[scheme].format(n=400_101 + number, few=number % 9, day=day, slug=_slug(dice))


def _slug(dice):
    return "-".join(
        "".join(dice.choices("abcdefghijklmnoprstuvw", k=dice.randint(3, 9))) for _ in range(5)
    )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_two_stories_of_a_scheme_are_merged(resolve, words, scheme):
    dice = random.Random(scheme)  # noqa: S311  no secret
    ids = {
        resolve(_path(scheme, number, dice), words(f"{scheme}{number}", 80))
        for number in range(PAIRS_OF_EACH_SCHEME)
    }

    assert len(ids) == PAIRS_OF_EACH_SCHEME


MOVABLE = ("story and section", "source, day, id", "number", "number and day")


@pytest.mark.parametrize("scheme", MOVABLE)
def test_a_slug_moved_within_a_scheme_stays_one_story(resolve, words, scheme):
    dice = random.Random(f"moved {scheme}")  # noqa: S311  no secret
    for number in range(PAIRS_OF_EACH_SCHEME):
        text = words(f"moved {scheme} {number}", 80)
        one, other = _path(scheme, number, dice), _path(scheme, number, dice)

        assert resolve(one, text) == resolve(f"/moved{other}?utm_source=feed", text)
