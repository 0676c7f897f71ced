"""Links of a section page."""

from tests.unit.discover.samples import HOME
from workers.discover import sections


def test_article_links_of_a_section_are_told_from_the_rest():
    text = """<a href="/tag/council-and-mayor-news-today">All about the council today</a>
    <a href="/2026/03/01/flood-in-the-valley">Flood</a> <a href="/about">About our paper and us</a>
    <a href="/news/council-votes-for-a-new-bridge">Council votes</a> <a href="/">Home</a>
    <a href="/politik/123456">Rat stimmt für eine neue Brücke</a>
    <a href="/photo-of-the-day-1.jpg">P</a><a href="mailto:a@b.example">Write to all of us</a>
    <a href="http://[bad">Bad one here now</a>"""
    found = [link.url.removeprefix(HOME) for link in sections.read_section(text, HOME)]
    assert found == [
        "2026/03/01/flood-in-the-valley",
        "news/council-votes-for-a-new-bridge",
        "politik/123456",
    ]
