"""Each bundled page is read as what it was printed from."""

from datetime import UTC, datetime

import pytest

from schemas.article import PageKind
from workers.local.newsstand import newsrooms, rendering
from workers.local.newsstand.edition import build_edition
from workers.parse import extract

NOW = datetime(2025, 3, 4, 15, 30, tzinfo=UTC)
PORT = 8080
NEWSROOMS = newsrooms.load_newsrooms()
CASES = [
    pytest.param(room, number, is_revised, id=f"{room.id}-{number}{'-revised' * is_revised}")
    for room in NEWSROOMS
    for number, story in enumerate(room.stories)
    for is_revised in ((False, True) if story.revision else (False,))
]


def minute(moment: datetime) -> datetime:
    """As printed; all newsrooms are in UTC, and some pages do not say so."""
    return moment.replace(tzinfo=UTC, second=0)


@pytest.mark.parametrize(("room", "number", "is_revised"), CASES)
def test_a_bundled_page_gives_its_title_body_authors_and_date(room, number, is_revised):
    printed = build_edition(room, PORT, NOW, is_revised=is_revised)
    page = printed.pages[number]
    kind, html = rendering.render_pages(printed)[page.path]
    article = extract.read(html, page.url, (), kind, NOW).article
    assert article.kind is PageKind.ARTICLE
    assert article.title == page.title
    assert article.body.removesuffix(page.remark).rstrip() == page.body
    assert article.authors == page.authors
    assert minute(article.published) == minute(page.published)
    assert article.language[:2] == room.language


@pytest.mark.parametrize(("room", "number", "is_revised"), CASES)
def test_a_bundled_page_gives_its_picture_and_teasers(room, number, is_revised):
    printed = build_edition(room, PORT, NOW, is_revised=is_revised)
    page = printed.pages[number]
    kind, html = rendering.render_pages(printed)[page.path]
    article = extract.read(html, page.url, (), kind, NOW).article
    if page.picture:
        (lead,) = [image for image in article.images if image.is_lead]
        assert lead.caption == page.picture.caption
        assert page.picture.credit.endswith(lead.credit)
    teasers = {printed.pages[part.teaser].title for part in page.parts if part.teaser is not None}
    assert teasers <= {one.title for one in article.related}


def test_pages_that_are_no_articles_are_told():
    for room in NEWSROOMS:
        printed = build_edition(room, PORT, NOW)
        answers = rendering.render_pages(printed)
        front = extract.read(answers["/"][1], printed.base + "/").article
        assert front.kind is PageKind.INDEX
        for extra, url in printed.extras:
            if extra.kind == "gallery":
                assert extract.read(answers[extra.path][1], url).article.kind is PageKind.GALLERY


def test_the_newsstand_is_of_many_languages_and_markups():
    assert {room.language for room in NEWSROOMS} == {"en", "de", "fr", "ru"}
    assert len({room.country for room in NEWSROOMS}) == len(NEWSROOMS) == 8
    assert sum(len(room.stories) for room in NEWSROOMS) >= 25
