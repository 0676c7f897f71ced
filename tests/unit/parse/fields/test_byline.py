"""Who wrote the story: the authors in the head, and the byline on the page."""

import pytest

from workers.parse import extract
from workers.parse.fields import people

URL = "https://www.northernpost.example/2024/03/12/bridge"


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ([{"@type": "Person", "name": "Ada Lind"}, {"name": "Bo Ek"}], ("Ada Lind", "Bo Ek")),
        ("Ada Lind and Bo Ek, dpa", ("Ada Lind", "Bo Ek", "dpa")),
        ({"name": "By Ada Lind"}, ("Ada Lind",)),
        ({"name": "Ada Lind (al)"}, ("Ada Lind",)),
        ("Ada Lind, MS, R.D.N. and Bo Ek, Ph.D.", ("Ada Lind", "Bo Ek")),
        ([{"name": ["Ada Lind", "Bo Ek"]}], ("Ada Lind", "Bo Ek")),
        ({"name": "Ада Линд"}, ("Ада Линд",)),
        ({"name": "東野 花子"}, ("東野 花子",)),
    ],
)
def test_authors_of_json_ld_are_single_names(story, article_script, author, expected):
    assert extract.read(story(head=article_script(author=author)), URL).article.authors == expected


@pytest.mark.parametrize(
    "line",
    [
        "<div class='byline'>By Ada Lind and Bo Ek</div>",
        (
            "<p class='article-author'><span>Von </span><a href='/autor/a'>Ada Lind</a>, "
            "<a href='/autor/b'>Bo Ek</a></p>"
        ),
        "<div>Por <a rel='author' href='/x'>Ada Lind</a> y <a rel='author'>Bo Ek</a></div>",
        "<p><strong>By Ada Lind &amp; Bo Ek</strong></p>",
    ],
)
def test_printed_bylines_are_read_where_the_head_names_the_site_only(
    story, article_script, text_of, line
):
    head = article_script(author={"name": "Northern Post"}, publisher={"name": "Northern Post"})
    article = extract.read(story(line + text_of(5), head), URL).article
    assert article.authors == ("Ada Lind", "Bo Ek")


@pytest.mark.parametrize("text", ["Read more", "12 March 2024", "Share on Facebook", "the council"])
def test_other_lines_are_not_names(text):
    assert not people.is_name(text)
