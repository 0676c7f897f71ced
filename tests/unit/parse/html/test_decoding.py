"""The character set of a page: declared, detected, or wrong."""

import pytest

from workers.parse import extract
from workers.parse.html import decoding

URL = "https://a.example/2024/03/12/bridge"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252", "iso-8859-15"])
def test_declared_character_sets_are_decoded(encoding):
    page = f"<html><head><meta charset='{encoding}'></head><body><h1>Über die Brücke</h1>"
    page += "<p>Die Brücke über den Fluß bleibt bis zum Frühjahr geschlossen, sagte er.</p>" * 6
    article = extract.read(page.encode(encoding), URL).article
    assert article.title == "Über die Brücke"
    assert "Frühjahr" in article.body


def test_the_header_s_character_set_counts_if_the_page_declares_none():
    page = (
        "<html><body><h1>Мост закрыт</h1>" + "<p>Мост закрыт до весны, сказал мэр города.</p>" * 6
    )
    article = extract.read(
        page.encode("koi8-r"), URL, content_type="text/html; charset=koi8-r"
    ).article
    assert article.title == "Мост закрыт"


def test_a_utf8_page_that_declares_another_set_is_read_as_utf8():
    page = "<html><head><meta charset='shift_jis'></head><body><h1>Мост закрыт до весны</h1>"
    page += "<p>Мост закрыт до весны, сказал в понедельник мэр города.</p>" * 6
    assert extract.read(page.encode(), URL).article.title == "Мост закрыт до весны"


PARAGRAPH = {
    "windows-1251": "<p>Мост закрыт до весны, сказал в понедельник мэр города на Неве.</p>",
    "koi8-r": "<p>Мост закрыт до весны, сказал в понедельник мэр города на Неве.</p>",
    "shift_jis": "<p>市議会は火曜日、川に架かる古い橋の再建を可決した。</p>",
    "gb18030": "<p>市议会周二投票决定重建横跨河流的旧桥，工程将于春季开始。</p>",
    "euc-kr": "<p>시의회는 화요일 강을 가로지르는 오래된 다리를 재건하기로 했다.</p>",
    "windows-1252": "<p>Le pont près de la vallée reste fermé jusqu'à l'été, dit le maire.</p>",
}


@pytest.mark.parametrize("encoding", PARAGRAPH)
def test_a_page_that_is_not_utf8_is_read_as_its_meta_tag_says_not_the_header(encoding):
    page = f"<meta charset='{encoding}'><h1>Bridge</h1>{PARAGRAPH[encoding] * 9}"
    text = decoding.decode(page.encode(encoding), "text/html; charset=utf-8")
    assert text == page


def test_the_character_set_of_other_pages_is_detected():
    page = f"<h1>Bridge</h1>{PARAGRAPH['windows-1251'] * 9}"
    assert decoding.decode(page.encode("windows-1251"), "text/html; charset=utf-8") == page


@pytest.mark.parametrize("meta", ["", "<meta charset=utf-8>", "<meta charset=windows-1251>"])
@pytest.mark.parametrize("broken", [b"\xd0", b"\xff\xfe", b"\xe9t\xe9"])
def test_a_utf8_page_with_a_few_broken_bytes_is_read_as_utf8(meta, broken):
    page = f"{meta}<h1>Pont</h1>{PARAGRAPH['windows-1252'] * 9}"
    text = decoding.decode(page.encode() + broken, "text/html; charset=ISO-8859-1")
    assert text.startswith(page)


def test_letters_that_the_page_itself_lost_do_not_count():
    page = "<h1>Bridge</h1><p>The mayor\ufffds bridge \u2013 it\ufffds closed.</p>"
    assert decoding.decode(page.encode(), "text/html; charset=ISO-8859-1") == page


def test_a_page_in_ascii_that_declares_utf16_is_read_as_ascii():
    assert decoding.decode(b"<meta charset='utf-16'><h1>Bridge</h1>").endswith("<h1>Bridge</h1>")


@pytest.mark.parametrize("name", ["base64", "rot13", "idna", "undefined", "unicode_escape", "x-y"])
@pytest.mark.parametrize(
    "page", ["<h1>Мост закрыт</h1>", "<meta charset='{}'><h1>Мост закрыт</h1>"]
)
def test_names_that_are_not_character_sets_are_ignored(name, page):
    raw = (page.format(name) + "<p>Мост закрыт до весны, сказал мэр города.</p>" * 6).encode()
    article = extract.read(raw, URL, content_type=f"text/html; charset={name}").article
    assert article.title == "Мост закрыт"
