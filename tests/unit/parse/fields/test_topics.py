"""Section, tags, site name and paywall."""

import pytest

from workers.parse import extract

URL = "https://www.northernpost.example/2024/03/12/bridge"


def test_tags_section_paywall_and_canonical_address(story, article_script):
    head = article_script(
        keywords=["bridge", "harbour", "Bridge"],
        articleSection="Society",
        isAccessibleForFree="False",
    )
    head += "<link rel='canonical' href='/2024/03/12/bridge?x=1'>"
    article = extract.read(story(head=head), URL).article
    assert article.tags == ("bridge", "harbour")
    assert article.section == "Society"
    assert article.is_paywalled is True
    assert article.canonical_url == "https://www.northernpost.example/2024/03/12/bridge?x=1"


def test_tags_have_no_keys_and_no_internal_ones(story, article_script):
    internal = [
        "8ae9ab2d-fe1b-4230-acb8-a59b52877682",
        "Page Type: Article",
        "WC: 1000-1999",
    ]
    tags = ["Subject: Justice", "Harbour II: The Return", *internal]
    article = extract.read(story(head=article_script(keywords=tags)), URL).article
    assert article.tags == ("Justice", "Harbour II: The Return")


def test_of_a_list_of_sections_the_first_counts(story, article_script):
    sections = "Harbour, " + ", ".join(f"bridges of the city {n}" for n in range(9))
    article = extract.read(story(head=article_script(articleSection=sections)), URL).article
    assert article.section == "Harbour"


@pytest.mark.parametrize("name", ["{$plugin.news.site_name}", "https://www.northernpost.example"])
def test_a_placeholder_is_not_the_site_s_name(story, article_script, name):
    head = article_script(publisher={"name": "Northern Post"})
    page = story(head=f"{head}<meta property='og:site_name' content='{name}'>")
    assert extract.read(page, URL).article.site_name == "Northern Post"


@pytest.mark.parametrize("value", ["false", '"False"', "0"])
def test_a_part_that_is_not_free_is_behind_a_paywall(story, value):
    node = (
        '{"@type": "NewsArticle", "headline": "Bridge", "hasPart": '
        f'{{"@type": "WebPageElement", "isAccessibleForFree": {value}, "cssSelector": ".x"}}}}'
    )
    head = f"<script type='application/ld+json'>{node}</script>"
    assert extract.read(story(head=head), URL).article.is_paywalled is True


def test_tags_and_section_that_only_readers_see(story, text_of):
    crumbs = (
        "<ol class='breadcrumb'><li><a href='/'>Home</a></li><li><a href='/h'>Häfen</a></li></ol>"
    )
    tags = (
        "<p>Topics: <a rel='tag' href='/t/1'>Harbours</a> <a rel='tag' href='/t/2'>#Segel</a></p>"
    )
    article = extract.read(story(crumbs + text_of(5) + tags), URL).article
    assert (article.section, article.tags) == ("Häfen", ("Harbours", "Segel"))


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("/politics/old-bridge-closed", "politics"),
        ("/politik/inland/alte-bruecke", "politik"),
        ("/news/old-bridge-closed", None),
        ("/2024/03/12/bridge", None),
        ("/en/cultura/2024/puente", "cultura"),
    ],
)
def test_the_first_named_folder_is_the_section(story, path, section):
    url = f"https://www.northernpost.example{path}"
    assert extract.read(story(), url).article.section == section
