"""Where the story begins and ends, and what amid it is not the story."""

import json

import pytest

from workers.parse import extract
from workers.parse.html.decoding import mend_double_encoding
from workers.parse.html.shadow_dom import open_templates

URL = "https://www.northernpost.example/society/old-bridge-closed-until-spring"
OTHER = (
    "The ferry crews of the northern line will walk out for two days next week, their union said.",
    "Die Fähren der nördlichen Linie werden nächste Woche zwei Tage lang bestreikt, hieß es.",
    "Les équipages des ferries du nord cesseront le travail deux jours la semaine prochaine.",
)


@pytest.fixture
def body(story):
    """Returns the body of a page with some markup as its text."""

    def read(markup: str, head: str = "") -> str:
        return extract.read(story(markup, head), URL).article.body

    return read


@pytest.mark.parametrize("text", OTHER)
@pytest.mark.parametrize(
    "opening",
    [
        "</article><article><h1>Ferries stop</h1>",
        "<h1>Ferries stop</h1><p class='byline'>By Bo Ek</p>",
        "<h1><a href='/n/2'>Ferries stop</a></h1><p>12 March 2024</p>",
    ],
)
def test_a_following_story_ends_the_article(body, text_of, text, opening):
    found = body(text_of(5) + opening + f"<p>{text}</p>" * 3)
    assert text not in found
    assert len(found) > 300


def test_a_heading_of_the_story_does_not_end_it(body, text_of):
    found = body(text_of(3) + "<h1>What happens next</h1>" + f"<p>{OTHER[0]}</p>" + text_of(3))
    assert OTHER[0] in found


@pytest.mark.parametrize(
    "line", ["It was shut on 12 March 2024.", "Seit dem 12. März 2024.", "Depuis le 12 mars 2024."]
)
def test_a_subheading_above_a_sentence_with_a_date_does_not_end_it(body, text_of, line):
    markup = f"{text_of(3)}<h1>What happened</h1>{text_of(2)}<h1>Before</h1><p>{line}</p>"
    assert OTHER[0] in body(f"{markup}<p>{OTHER[0]}</p>" + text_of(2))


@pytest.mark.parametrize("text", OTHER)
@pytest.mark.parametrize("counter", ["{}/4", "{} of 4", "{} von 4"])
def test_a_slideshow_amid_the_story_is_left_out(body, text_of, text, counter):
    items = "".join(
        f"<li><img src='/g/{n}.jpg'><h3>{counter.format(n)} Ferries</h3><p>{text}</p></li>"
        for n in range(1, 5)
    )
    assert text not in body(text_of(4) + f"<ul class='gallery'>{items}</ul>" + text_of(4))


@pytest.mark.parametrize("name", ["case_reader", "kommentar-box", "discussion", "forum-text"])
@pytest.mark.parametrize("text", OTHER)
def test_no_word_in_a_class_name_drops_a_part_of_the_story(body, text_of, name, text):
    within = f"<div class='{name}'><p>{text}</p><p>{text} It is true.</p></div>"
    assert text in body(text_of(3) + within + text_of(3))


def test_an_opinion_piece_of_named_paragraphs_is_read(body):
    assert OTHER[1] in body("".join(f"<p class='kommentar-text'>{text}</p>" for text in OTHER * 2))


def test_comments_below_the_story_stay_out(body, text_of):
    comments = f"<div class='comments'><p>{OTHER[0]}</p><p>{OTHER[1]}</p></div>"
    assert OTHER[0] not in body(text_of(5) + comments)


@pytest.mark.parametrize(
    "attribute",
    ["hidden", "style='display: none'", "class='sr-only'", "class='x visually-hidden'"],
)
def test_inline_text_that_is_hidden_stays_out(body, text_of, attribute):
    line = (
        "<p>The council closed the <a href='/x'>old bridge<span "
        f"{attribute}> (opens a new tab)</span></a> on Tuesday night, for the third time.</p>"
    )
    found = body(line + text_of(4))
    assert "the old bridge on Tuesday" in found


def test_declarative_shadow_dom_is_read(body, text_of):
    root = "<x-story><template shadowrootmode='open'>{}</template></x-story>"
    assert len(body(root.format(text_of(5)))) > 300
    plain = "<template><p>a</p></template>"
    assert open_templates(plain) == plain
    nested = f"<template shadowrootmode=open>{plain}</template>"
    assert open_templates(nested) == f"<div shadowrootmode=open>{plain}</div>"


@pytest.mark.parametrize(
    "state",
    [
        {"props": {"story": {"content": [{"type": "p", "text": text} for text in OTHER * 3]}}},
        {"data": [{"body": {"blocks": [{"type": "text", "content": text} for text in OTHER * 3]}}]},
        {"article": {"html": "".join(f"<p>{text}</p>" for text in OTHER * 3)}},
        {"a": {"elements": [{"children": [{"text": text}]} for text in OTHER * 3]}},
    ],
)
@pytest.mark.parametrize(
    "script",
    [
        "<script id='__NEXT_DATA__' type='application/json'>{}</script>",
        "<script>window.__PRELOADED_STATE__ = {};</script>",
        "<script>var x=1; Fusion.globalContent={};Fusion.y=2</script>",
    ],
)
def test_text_in_the_state_of_a_script_is_found(state, script):
    page = (
        "<html><body><h1>Old bridge closed</h1><div id='app'></div>"
        + script.replace("{}", json.dumps(state))
        + "</body></html>"
    )
    result = extract.read(page, URL)
    assert all(text in result.article.body for text in OTHER)
    assert extract.extract(page, URL)["body"] == result.article.body


@pytest.mark.parametrize(
    ("junk", "most"),
    [
        ("a={b:1};", 1),  # begins as no JSON does, so nothing is tried
        ('a={"b":c};', 21),
        ("a=[[c]];", 21),
        ("a= [[[[", 21),
    ],
)
def test_a_script_of_a_hundred_thousand_objects_is_read_once(body, monkeypatch, junk, most):
    tried = []

    class Decoder(json.JSONDecoder):
        def raw_decode(self, text, at=0):
            tried.append(at)
            return super().raw_decode(text, at)

    monkeypatch.setattr(json, "JSONDecoder", Decoder)
    assert OTHER[0] in body(f"<p>{OTHER[0]}</p><script>{junk * 100_000}</script>")
    assert len(tried) < most


def test_text_hidden_behind_a_paywall_is_read(body, text_of, article_script):
    hidden = f"<div class='rest' style='display:none'>{text_of(6)}<p>{OTHER[0]}</p></div>"
    offer = "<div class='offer'><h3>Subscribe to read on</h3></div>"
    head = article_script(isAccessibleForFree=False)
    assert OTHER[0] in body(text_of(4) + offer + hidden, head)


@pytest.mark.parametrize(
    "line",
    [
        "Ada Lind has covered harbours since 2011. She lives in Bergen with two dogs.",
        "Ada Lind ist Redakteurin und schreibt seit 2011 über Häfen und ihre Leute.",
        "Ada Lind est journaliste et couvre les ports du nord depuis 2011 pour nous.",
    ],
)
def test_a_note_about_the_author_is_not_the_story(body, text_of, article_script, line):
    head = article_script(author={"name": "Ada Lind"})
    assert line not in body(text_of(6) + f"<div class='about'><p>{line}</p></div>", head)


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement - story continues below",
        "Your browser is out of date. For the best experience, get another one.",
        "Ihr Browser ist veraltet. Bitte laden Sie einen anderen.",
        "Su navegador no es compatible. Descargue otro.",
    ],
)
def test_labels_and_notices_amid_the_story_stay_out(body, text_of, line):
    assert line not in body(text_of(3) + f"<p>{line}</p>" + text_of(3))


def test_text_that_was_encoded_twice_is_mended():
    text = "“Nobody” says it’s über – 大桥"
    twice = "".join(
        chr(b) if b in {0x81, 0x8D, 0x8F, 0x90, 0x9D} else bytes([b]).decode("cp1252")
        for b in text.encode()
    )
    assert mend_double_encoding(twice) == text
    assert mend_double_encoding(text) == text


@pytest.mark.parametrize(
    "text", ["Nobody’s bridge – “closed”", "Die „Brücke“ – zu", "L’été à l’île d’Œuf", "“大桥”关闭"]
)
def test_text_that_was_encoded_twice_by_way_of_latin_1_is_mended(text):
    assert mend_double_encoding(text.encode().decode("latin-1")) == text


def test_an_h1_with_a_date_is_a_subheading_where_the_headline_is_no_h1(text_of):
    parts = "".join(f"<h1>Step {n}</h1><p>12 March 2024</p><p>{OTHER[n]}</p>" for n in range(3))
    page = (
        "<html><head><title>Old bridge closed for repairs</title></head><body><article>"
        f"<h2>Old bridge closed for repairs</h2>{text_of(4)}{parts}{text_of(3)}</article></body>"
    )
    assert OTHER[2] in extract.read(page, URL).article.body


@pytest.mark.parametrize(
    "items",
    [
        "<table><tr><th>Item</th><th>Euro</th></tr><tr><td>Deck</td><td>6,500</td></tr></table>",
        "<ul><li>Deck<ul><li>6,500 euros, slate</li></ul></li><li>Piers</li></ul>",
        "<ol><li>Deck: 6,500 Euro</li><li>Pfeiler: 90.000 Euro</li></ol>",
    ],
)
def test_small_tables_and_lists_amid_the_text_stay(body, text_of, items):
    assert "6,500" in body(text_of(4) + items + text_of(4))


def test_lists_of_links_amid_the_text_stay_out(body, text_of):
    links = "".join(f"<li><a href='/n/{n}'>Ferry crews walk out</a></li>" for n in range(4))
    assert "Ferry crews" not in body(text_of(4) + f"<ul>{links}</ul>" + text_of(4))


@pytest.mark.parametrize(
    "notice",
    [
        "When you visit our website, we store cookies on your browser to collect information.",
        "Wenn Sie eine Website besuchen, kann diese Informationen in Ihrem Browser speichern.",
        "Lorsque vous consultez un site Web, des données peuvent être stockées dans le navigateur.",
        "*If you purchase a product or register through a link here, we may receive compensation.",
        "Als Amazon-Partner verdienen wir an qualifizierten Verkäufen über Links auf dieser Seite.",
        "This document is subject to copyright. No part of it may be copied without permission.",
        "FILE - The old bridge over the river stands empty in the fog, Monday, May 8, 2023.",
    ],
)
def test_notices_and_captions_of_archive_pictures_stay_out(body, text_of, notice):
    found = body(f"{text_of(4)}<p>{notice}</p>{text_of(2)}<p>{notice}</p>")
    assert notice not in found
    assert len(found) > 300


LINKED = (
    (
        "“Nobody says that this is good news,” said the head of the committee, “but we have it "
        "in writing that the plates are thin, and I will not sign for one more winter.”"
    ),
    (
        "„Niemand nennt das eine gute Nachricht“, sagte die Leiterin des Ausschusses, „aber wir "
        "haben es schriftlich, dass die Platten dünn sind, und ich unterschreibe keinen Winter.“"
    ),
    (
        "« Personne ne dit que c'est une bonne nouvelle, dit la présidente du comité, mais nous "
        "avons par écrit que les plaques sont minces et je ne signerai pas un autre hiver. »"
    ),
)


@pytest.mark.parametrize("sentence", LINKED)
def test_a_long_sentence_that_is_a_link_amid_the_text_stays(text_of, sentence):
    line = f"<div><p><strong><a href='/n/2'>{sentence}</a></strong></p></div>"
    text = text_of(4).replace("<p>", "<div><p>").replace("</p>", "</p></div>")
    page = f"<html><body><h1>Last ferry withdrawn</h1>{text}{line}{text}</body></html>"
    assert sentence in extract.read(page, URL).article.body
