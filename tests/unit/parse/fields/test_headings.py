"""Which printed heading is the headline, and what of it."""

import pytest

from workers.parse import extract

URL = "https://www.northern-post.example/coast/2026/old-bridge?id=7"


@pytest.fixture
def title_of(text_of):
    """Returns the title of a page with some head and headings."""

    def read(head: str, headings: str, url: str = URL) -> str | None:
        page = f"<html><head>{head}</head><body>{headings}<main>{text_of(5)}</main></body></html>"
        return extract.read(page, url).article.title

    return read


def tag(title: str) -> str:
    return f"<title>{title}</title>"


def social(title: str) -> str:
    return f"<meta property='og:title' content='{title}'>"


@pytest.mark.parametrize(
    ("name", "link", "headline"),
    [
        ("Notes from the Quay", "/", "Old bridge closed until spring"),
        ("Notizen vom Kai", "https://northern-post.example", "Alte Brücke bleibt gesperrt"),
        ("码头札记", "https://www.northern-post.example/index.php", "旧桥关闭至春天为止"),
        ("Cuaderno del muelle", "../", "El viejo puente cierra hasta abril"),
    ],
)
def test_an_h1_that_leads_to_the_home_page_names_the_site(title_of, name, link, headline):
    masthead = f"<h1><a href='{link}'>{name}</a></h1>"
    assert title_of(tag(f"{name} » {headline}"), masthead) == headline
    assert title_of(tag(f"{headline} – {name}"), masthead) == headline
    assert title_of(tag(f"{headline} – {name}"), f"{masthead}<h1>{headline}</h1>") == headline


def test_an_h1_that_leads_to_a_section_above_is_no_headline(title_of):
    section = "<h1><a href='/coast'>More news from the old coast</a></h1>"
    head = social("You will not believe which crossing it is") + tag("Harbour is shut")
    printed = "<h1>Old harbour crossing closed</h1>"
    assert title_of(head, printed + section) == "Old harbour crossing closed"


@pytest.mark.parametrize(
    "link",
    [
        "/coast/2026/old-bridge?id=7",
        "#top",
        "/other/story",
        "https://other.example/",
        "/?p=2",
        "http://[x/",
    ],
)
def test_an_h1_that_leads_elsewhere_may_be_the_headline(title_of, link):
    printed = f"<h1><a href='{link}'>Old bridge closed until spring</a></h1>"
    assert title_of(tag("Northern Post"), printed) == "Old bridge closed until spring"


def test_the_home_page_of_an_address_with_a_query_only_names_the_site(title_of):
    masthead = "<h1><a href='/'>Quay notes</a></h1>"
    head = tag("Old bridge closed until spring : Quay notes | Since 2005 | Vol. 6")
    heading = "<h2>Old bridge closed until spring</h2>"
    url = "https://northern-post.example/?p=28"
    assert title_of(head, masthead + heading, url) == "Old bridge closed until spring"


@pytest.mark.parametrize(
    ("headline", "rest"),
    [
        ("Old bridge closed until spring", " - The Great Harbour Forum"),
        ("Alte Brücke bis April gesperrt", " - Das Große Hafenforum"),
        ("旧桥，关闭至春天！", "-北方网"),
        ("El viejo puente cierra hasta abril", " | Foro del gran puerto"),
    ],
)
def test_without_an_h1_a_printed_line_tells_where_the_headline_ends(title_of, headline, rest):
    for element in ("h2", "div"):
        heading = f"<{element}>{headline}</{element}>"
        assert title_of(tag(headline + rest), heading) == headline


def test_the_site_of_a_subdomain_with_a_common_word_does_not_take_the_headline(title_of):
    head = tag("Gardening in a warmer town | Quayside Learning")
    url = "https://gardening.quayside.example/guides/warm"
    printed = "<h1>Gardening in a warmer town</h1>"
    assert title_of(head, printed, url) == "Gardening in a warmer town"


@pytest.mark.parametrize(
    ("headline", "other"),
    [
        ("Small boats and the large sea", "Small is the new large"),
        ("Wie man im Hafen ruhig schläft", "Schlaf im Hafen"),
        ("Cómo dormir bien en el puerto", "Dormir en puerto"),
    ],
)
def test_a_lesser_heading_that_the_head_has_beats_an_h1_that_it_has_not(title_of, headline, other):
    head = social(headline) + tag(headline)
    assert title_of(head, f"<h3>{headline}</h3><h1>{other}</h1>") == headline


def test_a_link_to_the_story_among_others_does_not_beat_the_h1(title_of):
    head = social("Old bridge closed") + tag("Old bridge closed")
    teaser = "<h3><a href='/coast/2026/old-bridge?id=7'>Old bridge closed</a></h3>"
    printed = "<h1>Old bridge closed in the north</h1>"
    assert title_of(head, printed + teaser) == "Old bridge closed in the north"


KICKERS = [
    ("Harbour planning", "Old bridge closed until spring"),
    ("Planung am Hafen", "Alte Brücke bis zum Frühjahr gesperrt"),
    ("Obras en el puerto", "El viejo puente cierra hasta abril"),
    ("港口规划", "旧桥关闭至明年春天"),
]


@pytest.mark.parametrize(("kicker", "headline"), KICKERS)
def test_of_a_heading_with_kicker_og_title_tells_which_part_is_the_headline(
    title_of, kicker, headline
):
    printed = f"<h1><span>{kicker}</span><span> – </span><span>{headline}</span></h1>"
    both = tag(f"{kicker}: {headline}")
    assert title_of(both + social(headline), printed) == headline
    whole = f"{kicker} – {headline}"
    assert title_of(both + social(whole), printed) == whole


@pytest.mark.parametrize(("kicker", "headline"), KICKERS)
def test_a_kicker_that_the_head_has_not_is_no_part_of_the_headline(title_of, kicker, headline):
    marked = f"<h1><span class='head__kicker'>{kicker}</span> {headline}</h1>"
    assert title_of(tag("Northern Post"), marked) == headline
    printed = f"<h1><span>{kicker}</span> – <span>{headline}</span></h1>"
    assert title_of(social(f"Town and land: {headline}"), printed) == headline


def test_emphasis_at_the_beginning_of_a_headline_stays(title_of):
    printed = "<h1><em>The Ferry</em> comes back to the old quay</h1>"
    assert title_of(tag("Ferry"), printed) == "The Ferry comes back to the old quay"


def test_a_source_behind_the_headline_in_its_heading_is_no_part_of_it(title_of):
    printed = "<h1><a href='#'>Old bridge closed</a> <span>(post.example)</span> <b>87</b></h1>"
    assert title_of(social("Old bridge closed"), printed) == "Old bridge closed"


@pytest.mark.parametrize(("kicker", "headline"), KICKERS)
def test_the_byline_is_sought_around_a_headline_with_kicker(text_of, kicker, headline):
    page = (
        f"<html><head>{tag(headline)}{social(headline)}</head><body><article>"
        f"<h1><span>{kicker}</span> {headline}</h1><p class='byline'>By Ada Merill</p>"
        f"<p>12 March 2024</p>{text_of(9)}</article><h2>{headline}</h2><p>Comments</p></body>"
    )
    article = extract.read(page, URL).article
    assert (article.title, article.authors) == (headline, ("Ada Merill",))
    assert article.published is not None
    assert article.published.date().isoformat() == "2024-03-12"
