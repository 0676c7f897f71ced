"""Which runs are the story and which are around it, one shape of page each."""

import msgspec
import pytest

from workers.parse import extract

URL = "https://northernpost.example/20240312/bridge-1100223344.html"
TEASERS = "".join(
    f"<li><a href='/s{n}'>The minister answers question number {n} about the ferry</a> OSTHAVEN: "
    f"The minister said on Tuesday that answer number {n} would be given to the members at the "
    "next meeting of the council, which is to be held in the spring.</li>"
    for n in range(12)
)


def dropped(result, words: str) -> str:
    """Return why the first line with these words was dropped; empty if it was kept."""
    return next((one.reason for one in result.dropped if words in one.text), "")


def test_teasers_above_the_headline_do_not_draw_the_core_to_themselves(text_of):
    page = f"<body><div class='top'><ul>{TEASERS}</ul></div>"
    page += f"<div class='x'><h2>Old bridge closed for repairs</h2>{text_of(6)}</div></body>"
    page = f"<html><head><title>Old bridge closed for repairs</title></head>{page}</html>"
    body = extract.read(page, URL).article.body
    assert "paragraph number 5" in body
    assert "answer number" not in body


def test_a_line_of_author_and_date_is_not_the_first_paragraph(story, text_of):
    page = story(f"<p>By Ada Lindqvist<br>Published: March 12, 2024, 10:20 AM</p>{text_of(6)}")
    result = extract.read(page, URL)
    assert result.article.body.startswith("The council of Osthaven")
    assert dropped(result, "Published") == "date line"


def test_the_offers_below_a_prompt_go_with_it(story, text_of):
    offers = "<p>Subscribe now to read the latest news in your city.</p><ul>"
    offers += "<li>Unlimited access to all stories of the bridge.</li><li>Daily puzzles.</li></ul>"
    result = extract.read(story(text_of(3) + offers + text_of(3, "div")), URL)
    assert "Daily puzzles" not in result.article.body


def test_a_table_of_cookies_is_never_the_core(story, text_of):
    row = (
        "<tr><td>_id</td><td>This cookie stores what the reader looked at, for one year.</td></tr>"
    )
    consent = f"<div class='cookie-settings'><table>{row * 60}</table></div>"
    body = extract.read(story(text_of(4)).replace("</body>", consent + "</body>"), URL).article.body
    assert "paragraph number 3" in body
    assert "reader looked at" not in body


@pytest.mark.parametrize("parting", ["\n\n", "</p><p>"])
def test_a_page_written_by_a_script_is_read_from_its_json_ld(parting):
    lines = [f"Sentence {n} tells what the council of Osthaven said that day." for n in range(20)]
    node = {"@type": "NewsArticle", "headline": "Old bridge", "articleBody": parting.join(lines)}
    raw = msgspec.json.encode(node).decode().replace("<", "\\u003c")
    head = f"<title>Old bridge</title><script type='application/ld+json'>{raw}</script>"
    result = extract.read(f"<html><head>{head}</head><body><div id=app></div></body></html>", URL)
    assert [block.text for block in result.article.blocks] == lines
    assert result.origins["blocks"] == "json-ld articleBody"


def test_soft_hyphens_and_zero_width_spaces_are_not_in_the_text(story):
    words = (
        "Die Brü\u00adcken\u00adver\u00adwal\u00adtung sagte am Mon\u200btag, dass sie schließt."
    )
    body = extract.read(
        story(f"<p>{words}</p>" * 2 + f"<p>Und dann: {words}</p>"), URL
    ).article.body
    assert "Brückenverwaltung sagte am Montag" in body


def test_a_folded_section_is_read_like_an_open_one(story, text_of):
    page = story(
        f"<div role='tablist'><h2>March 2024</h2><div role='tabpanel'>{text_of(6)}</div></div>"
    )
    assert "paragraph number 5" in extract.read(page, URL).article.body


@pytest.mark.parametrize(
    "text",
    [
        "The council closed bridge number {n} for repairs until the end of the winter.",
        "Der Rat sperrte die Brücke Nummer {n} wegen Bauarbeiten bis zum Ende des Winters.",
        "Le conseil a fermé le pont numéro {n} pour des travaux jusqu'à la fin de l'hiver.",
    ],
)
def test_a_text_that_is_printed_twice_is_read_once(story, text):
    def lines(*numbers):
        return "".join(f"<p>{text.format(n=n)} {text.format(n=n + 50)}</p>" for n in numbers)

    def count(body):
        return extract.extract(story(body), URL)["body"].count(text.format(n=1))

    whole = f"<div class='wide'>{lines(*range(8))}</div>"
    assert count(whole + f"<div class='narrow'>{lines(*range(8))}</div>") == 1
    # A refrain of two paragraphs, and one paragraph again and again, are the story's own.
    assert count(whole + f"<div>{lines(1, 2, 20, 1, 2, 21)}</div>") == 3
    assert count(f"<div>{lines(0, 1, 1, 1, 1, 2, 3, 4)}</div>") == 4
