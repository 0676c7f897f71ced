"""What an operator reads about a page."""

import pytest

from workers.exceptions import PermanentFailure
from workers.parse import explain, extract

URL = "https://www.northern-post.example/news/old-bridge"


def test_the_text_is_shown_with_its_size_and_its_origin(story):
    shown = explain.render(extract.read(story(), URL))
    assert "text: 6 blocks, " in shown
    assert " characters   [scored text]" in shown


def test_what_was_dropped_is_summed_up_by_reason(story, text_of):
    bar = "<div class='share-bar'><p>Share on Facebook</p></div>"
    lines = explain.render(extract.read(story(text_of(6) + bar), URL)).splitlines()
    (head,) = [line for line in lines if line.startswith("dropped:")]
    dropped = [line for line in lines[lines.index(head) + 1 :] if line.startswith("  ")]
    assert head.startswith(f"dropped: {len(dropped)} lines (")
    assert "1 share bar" in head


def test_a_page_that_is_no_article_says_that_it_is_not_indexed(story):
    page = story("<p>The page was not found on this server.</p>", title="404 Not Found")
    assert "  not indexed    error_page, for its kind" in explain.render(extract.read(page, URL))


def test_an_article_does_not_say_that_it_is_not_indexed(story):
    assert "not indexed" not in explain.render(extract.read(story(), URL))


def test_a_rejected_page_shows_its_fields_and_what_was_dropped():
    page = (
        b"<html><head><title>Old bridge closed</title></head>"
        b"<body><p><a href='/a'>Politics</a></p></body></html>"
    )
    with pytest.raises(PermanentFailure) as raised:
        extract.read(page, URL)
    shown = explain.render_rejected(page, URL, "text/html", str(raised.value))
    assert "no article     no_body: no running text on the page" in shown
    assert "Old bridge closed   [title tag]" in shown
    assert "Politics" in shown


def test_a_rejected_page_without_any_text_says_so():
    page = b"<html><head><title>Old bridge closed</title></head><body><div></div></body></html>"
    assert "none outside menus and hidden parts" in explain.render_rejected(
        page, URL, "text/html", "no_body"
    )
