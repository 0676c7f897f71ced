"""What of an article gets into the index."""

import json
from datetime import UTC, datetime, timedelta

from schemas.article import Article, Block, Image, Related
from schemas.events import ArticleClustered, Role
from schemas.index.mapping import ARTICLE_FIELDS, CHANGE_FIELDS, EVENT_FIELDS
from workers.index.document import build_document, content_hash, document_version

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def clustered(**article) -> ArticleClustered:
    given = {
        "url": "https://courier.example/a",
        "title": "River rises",
        "blocks": (
            Block("paragraph", "It rose. “We saw it rise,” said Ada Quill."),
            Block("quote", "“High.”"),
        ),
        **article,
    }
    return ArticleClustered(
        page_id="p1",
        outlet="courier",
        url=given["url"],
        archive_key="w/1",
        fetched_at=NOON,
        article=Article(**given),
        document_id="d1",
        cluster_id="c1",
        role=Role.REPRINT,
        overlap=0.5,
    )


def test_every_field_of_a_document_has_its_place_in_the_mapping():
    full = clustered(
        title="River rises in London, England",
        authors=("Ada",),
        images=(Image("https://courier.example/i.jpg", "A mill", "Bo", is_lead=True),),
        related=(Related("Other", "https://courier.example/b", "Local", "Teaser"),),
        published=NOON,
        modified=NOON,
        subtitle="s",
        canonical_url="https://courier.example/a",
        site_name="Courier",
        dateline="EASTMARCH",
        source="AP",
        section="Local",
        tags=("water",),
        language="en",
        is_paywalled=False,
        notes=("no author",),
    )

    made = build_document(full, "us", NOON)

    assert set(made) == set(ARTICLE_FIELDS) - set(CHANGE_FIELDS) - set(EVENT_FIELDS)
    assert set(made["images"][0]) == set(ARTICLE_FIELDS["images"]["properties"])
    assert set(made["related"][0]) == set(ARTICLE_FIELDS["related"]["properties"])
    json.dumps(made)


def test_what_is_empty_is_left_out_but_false_and_zero_stay():
    made = build_document(clustered(is_paywalled=False, blocks=()), "us", NOON)

    assert "authors" not in made
    assert "body" not in made
    assert made["is_paywalled"] is False
    assert made["words"] == 0


def test_an_article_without_a_date_is_sorted_by_its_fetch():
    assert build_document(clustered(), "us", NOON)["time"] == NOON.isoformat()


def test_a_date_some_hours_ahead_does_not_put_an_article_on_top():
    made = build_document(clustered(published=NOON + timedelta(hours=5)), "us", NOON)

    assert made["time"] == NOON.isoformat()


def test_a_date_in_the_future_does_not_put_an_article_on_top_for_ever():
    made = build_document(clustered(published=NOON + timedelta(days=400)), "us", NOON)

    assert made["time"] == NOON.isoformat()
    assert made["published"].startswith("2027")


def test_suggestions_hold_no_control_characters_and_no_empty_names():
    made = build_document(clustered(title="A\x00B\x1f", authors=(" ", "Ada", "Ada")), "us", NOON)

    assert made["suggest"] == ["A B", "Ada"]


def test_the_content_hash_changes_with_the_text_and_not_with_a_teaser():
    plain = content_hash(clustered().article)

    assert content_hash(clustered(related=(Related("x"),)).article) == plain
    assert content_hash(clustered(title="River falls").article) != plain


def test_the_version_is_the_milliseconds_of_the_fetch():
    assert document_version(clustered()) == 1_772_452_800_000
