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
