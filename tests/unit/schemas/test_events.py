"""Messages under way while the program changes."""

from datetime import UTC, datetime

import msgspec
import pytest

from schemas import events
from schemas.article import Article
from schemas.events import (
    ArticleClustered,
    ClusterChanged,
    NewsEventChanged,
    PageFetched,
    PageFound,
    RelateDue,
    Role,
    decode,
    encode,
)


@pytest.fixture
def found():
    return PageFound(page_id="0" * 16, outlet="o", url="https://o.example/1", found_in="feed")


@pytest.fixture
def next_release(monkeypatch):
    """The program of the next envelope version, which still reads this one."""
    monkeypatch.setattr(events, "VERSION", events.VERSION + 1)


def test_an_envelope_newer_than_the_program_is_refused_by_name(found):
    newer = msgspec.structs.replace(found, v=events.VERSION + 1)
    with pytest.raises(msgspec.ValidationError, match="envelope version"):
        decode(encode(newer))


@pytest.mark.usefixtures("next_release")
def test_an_envelope_of_the_version_before_still_works(found):
    assert decode(encode(found)) == found


def test_an_envelope_older_than_the_oldest_is_refused(found, monkeypatch):
    monkeypatch.setattr(events, "VERSION", 3)
    monkeypatch.setattr(events, "MIN_VERSION", 2)
    with pytest.raises(msgspec.ValidationError, match="known: 2 to 3"):
        decode(encode(found))


def test_a_field_that_a_newer_program_added_is_ignored(found):
    raw = msgspec.json.decode(encode(found)) | {"added_later": [1, 2]}
    assert decode(raw) == found


def test_a_field_without_which_nothing_can_be_done_is_missed_by_name(found):
    raw = msgspec.json.decode(encode(found))
    del raw["page_id"]
    with pytest.raises(msgspec.ValidationError, match="page_id"):
        decode(raw)


ENVELOPE = {"page_id": "p", "outlet": "o", "url": "https://o.example/1"}


def test_messages_that_still_carry_the_hints_of_older_programs_are_read():
    hint = {"published_hint": "2026-03-01T11:00:00Z"}
    fetched = {"archive_key": "k", "final_url": "https://o.example/1"}
    fetched["fetched_at"] = "2026-03-01T12:00:00Z"

    page = decode({"event": "PageFound", "found_in": "f", "title_hint": "T", **hint, **ENVELOPE})
    stored = decode({"event": "PageFetched", **fetched, **hint, **ENVELOPE})

    assert page == PageFound(**ENVELOPE, found_in="f")
    assert isinstance(stored, PageFetched)


def test_a_clustered_article_keeps_its_names_on_the_wire():
    event = ArticleClustered(
        **ENVELOPE,
        archive_key="k",
        fetched_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        article=Article(url="https://o.example/1", title="T", blocks=()),
        document_id="d",
        cluster_id="c",
        overlap=0.5,
        clustered_at=70,
    )

    raw = msgspec.json.decode(encode(event))

    assert (raw["event"], raw["shared"], raw["judged_at"]) == ("ArticleJudged", 0.5, 70)
    assert decode(raw) == event


def test_a_cluster_change_keeps_its_names_on_the_wire():
    event = ClusterChanged(**ENVELOPE, members=(("d", "c", Role.REPRINT, 0.5),), clustered_at=70)

    raw = msgspec.json.decode(encode(event))

    assert raw["judged_at"] == 70
    assert decode(raw) == event


def test_an_article_that_is_to_be_related_is_not_one_that_is_to_be_indexed():
    due = RelateDue(
        **ENVELOPE,
        archive_key="k",
        fetched_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
        article=Article(url="https://o.example/1", title="T", blocks=()),
        document_id="d",
        cluster_id="c",
    )

    assert type(decode(encode(due))) is RelateDue


def test_a_change_of_an_event_comes_back_as_it_was():
    event = NewsEventChanged(**ENVELOPE, news_event_id="e", members=("a", "b"), related_at=7)

    assert decode(encode(event)) == event
