"""Which pages only a script can tell the text of, and which of them are sent to a browser."""

from datetime import UTC, datetime

import pytest

from schemas.article import Article, Block, PageKind
from schemas.events import ArticleParsed, PageFetched, RenderDue
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.shell import is_shell
from workers.parse.step import parse

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
URL = "https://gazette.example/news/council-votes-100000.html"
SENTENCE = "The council of the town voted on Monday to rebuild the old bridge over the river. "
HEAD = '<!doctype html><html lang="en"><head><title>Council votes</title>'
SHELL = f'{HEAD}<script src="/app.js"></script></head><body><div id="root"></div></body></html>'
STORY = (
    f"{HEAD}<script src=/app.js></script></head><body><article><h1>Council votes</h1>"
    f"<p>{SENTENCE * 5}</p></article></body></html>"
)
TEASER = STORY.replace(SENTENCE * 5, SENTENCE)


def article(text, kind=PageKind.ARTICLE):
    return Article(url=URL, title="T", blocks=(Block("paragraph", text),), kind=kind)


@pytest.mark.parametrize(
    ("html", "text", "is_one"),
    [
        ("<script src=/app.js></script>", None, True),
        ("<SCRIPT>draw()</SCRIPT>", None, True),
        ("<script>draw()</script>", SENTENCE, True),
        ("<script>draw()</script>", SENTENCE * 5, False),
        ("<p>nothing</p>", None, False),
        ('<script type="application/ld+json">{}</script>', None, False),
        ("<script type=application/json>{}</script>", None, False),
        ('<script type="module" src="/app.js"></script>', None, True),
        ('<script type="application/ld+json">{}</script><script>x</script>', None, True),
    ],
)
def test_a_shell_has_a_script_and_no_text(html, text, is_one):
    assert is_shell(html.encode(), article(text) if text else None) == is_one


@pytest.mark.parametrize("kind", [PageKind.BOT_CHALLENGE, PageKind.ERROR, PageKind.INDEX])
def test_a_page_that_is_no_article_is_no_shell(kind):
    assert not is_shell(b"<script>answer()</script>", article("", kind))


class Pages:
    def __init__(self, html):
        self.page = StoredPage(URL, URL, 200, (), html.encode(), NOON)

    def read(self, _key):
        return self.page


def parsed(html, render, form="html"):
    fetched = PageFetched(
        page_id="1" * 16,
        outlet="gazette",
        url=URL,
        archive_key="a.warc.gz:0:9",
        final_url=URL,
        fetched_at=NOON,
        form=form,
    )
    outlet = Outlet(name="G", home="https://gazette.example/", language="en", render=render)
    return fetched, list(parse(fetched, Pages(html), {"gazette": outlet}))


@pytest.mark.parametrize("render", ["when_empty", "always"])
@pytest.mark.parametrize("html", [SHELL, TEASER])
def test_a_shell_is_to_be_rendered_if_its_outlet_says_so(render, html):
    fetched, (due,) = parsed(html, render)
    assert type(due) is RenderDue
    assert (due.archive_key, due.fetched_at) == (fetched.archive_key, NOON)


@pytest.mark.parametrize("render", ["when_empty", "always", "never"])
def test_a_page_with_text_is_parsed_whatever_its_outlet_says(render):
    _, (event,) = parsed(STORY, render)
    assert type(event) is ArticleParsed


@pytest.mark.parametrize(("render", "form"), [("never", "html"), ("always", "rendered")])
def test_a_shell_ends_if_no_browser_may_draw_it_or_one_has(render, form):
    with pytest.raises(PermanentFailure) as failure:
        parsed(SHELL, render, form)
    assert failure.value.reason is Reason.NO_BODY
