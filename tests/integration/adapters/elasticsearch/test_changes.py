"""What an article's latest change was, after any number of writes."""

from datetime import timedelta

import pytest

from workers.index.document import build_document, document_version

pytestmark = pytest.mark.elasticsearch


@pytest.fixture
def write(search, story):
    """Writes a version of one article, some minutes after noon."""
    noon = story().fetched_at

    def put(text: str, minute: int, title: str = "River rises"):
        fetched_at = noon + timedelta(minutes=minute)
        made = story("a", title=title, paragraphs=(text,), fetched_at=fetched_at, published=noon)
        search.put([("a", document_version(made), build_document(made, "us", fetched_at))])
        article = search.get("a")
        return (
            article.get("changes"),
            article.get("changed_words"),
            article.get("changed_in"),
            article.get("changed_after_seconds"),
        )

    return put


def test_a_change_is_counted_with_its_words_parts_and_delay(write):
    assert write("It rose by two metres.", 0) == (None, None, None, None)
    assert write("It rose by three metres.", 10) == (1, 2, ["body"], 600)
    assert write("It rose by three metres overnight.", 20, "River rose") == (
        *(2, 3, ["title", "body"], 1200),
    )


def test_the_same_text_again_is_no_change(write):
    write("It rose by two metres.", 0)
    changed = write("It rose by three metres.", 10)

    assert write("It rose by three metres.", 10) == changed
    assert write("It rose by three metres.", 20) == changed


def test_a_version_that_comes_late_is_no_change(write):
    write("It rose by two metres.", 0)
    changed = write("It rose by three metres.", 10)

    assert write("It rose by one metre.", 5) == changed
