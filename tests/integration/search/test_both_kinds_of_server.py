"""What is found whatever the server has: stop words, pasted headlines, words typed in other
ways."""

import re

import pytest

from tests.headlines import HEADLINES, SENTENCES
from workers.search.params import SearchParams
from workers.search.query.compiler import compile_query
from workers.search.query.parser import parse_query
from workers.search.requests import hits_request

pytestmark = pytest.mark.elasticsearch

TYPOGRAPHY = re.compile(
    r"(?<!\w)'|'(?!\w)|[–—‑&/…|•\"“”„«»‘]|(?<!\w)’|’(?!\w)|\s-\s|(?<!\w):|:(?!\w)"
)
OPERATORS = re.compile(r"\b(?:NOT|OR)\b|\w:\S|\bkind:")
PLAINEST = str.maketrans(dict(zip("–—‑“”„«»‘’", '---"""""\'\'', strict=True)) | {"…": "..."})
WAYS_OF_PASTING = {
    "as it is": lambda title: title,
    "without typographic marks": lambda title: TYPOGRAPHY.sub(" ", title),
    "with the plainest marks": lambda title: title.translate(PLAINEST),
    "with a mark that nothing closes": lambda title: f"“{title} (",
    "between quotation marks": lambda title: f'"{title.replace(chr(34), chr(32))}"',
}


def first_title(search, text):
    hits = search.search(hits_request(SearchParams(query=text, size=1)))["hits"]["hits"]
    return hits[0]["_source"]["title"] if hits else None


@pytest.mark.parametrize("way", WAYS_OF_PASTING)
def test_every_headline_that_is_pasted_finds_its_article_first(library, way):
    paste = WAYS_OF_PASTING[way]
    titles = [title for _, title in HEADLINES]
    if "nothing closes" in way:  # in a query with operators it is a mistake
        titles = [title for title in titles if not OPERATORS.search(title)]

    found_first = {title: first_title(library, paste(title)) for title in titles}

    assert {title: it for title, it in found_first.items() if it != title} == {}


def found(search, query):
    request = {"query": compile_query(parse_query(query)), "size": 50, "source": False}
    hits = search.search(request)["hits"]["hits"]
    return {hit["_id"] for hit in hits} & {*SENTENCES}


BOTH = {"straight-apostrophe", "curly-apostrophe"}
FOUND_ON_BOTH = {
    "the bridge side": {"stop-words"},
    "they crossed the": {"stop-words"},
    '"to the other"': {"stop-words"},
    "the -river bridge the side": {"stop-words"},
    "O'Brien mayor": BOTH,
    "O’Brien mayor": BOTH,
    '"Mayor O\'Brien"': BOTH,
    '"Mayor O’Brien"': BOTH,
    "café weir street": {"no-accent"},
    "O’Bri* mayor": BOTH,
    "O'Bri* mayor": BOTH,
    "зелён*": {"yo", "ye"},
    "Orinne café": {"accent"},
    "Зелёный паром": {"yo", "ye"},
    "ＮＨＫ 予算": {"full-width", "half-width"},
    "北京": {"han"},
    "预算 北京": {"han"},
    "京剧": {"han-apart"},
    "서울시가": {"hangul"},
    "lang:zh 京": {"han", "han-apart"},
}
FOUND_WITH_ANALYZERS = {
    "cafe weir": {"no-accent"},
    "cafe Orinne": {"accent"},
    '"cafe by the river"': {"accent"},
    '"élection municipale"': {"elision", "no-elision"},
    "election municipale": {"elision", "no-elision"},
    '"l\'élection municipale"': {"elision", "no-elision"},
    "Зеленый паром": {"yo", "ye"},
    '"зеленый паром"': {"yo", "ye"},
    "Grüße Köln": {"umlaut", "digraph"},
    "Gruesse Koeln": {"umlaut", "digraph"},
    '"schöne Grüße"': {"umlaut", "digraph"},
    '"Schoene Gruesse"': {"umlaut", "digraph"},
    "NHK 予算": {"full-width", "half-width"},
    "テレビ": {"full-width", "half-width"},
    "ﾃﾚﾋﾞ": {"full-width", "half-width"},
    '"2026年予算"': {"full-width", "half-width"},
    "서울": {"hangul"},
    "bridges side": {"stop-words"},
    "Bürger Gebühren": {"colon"},
}


def test_words_are_found_however_they_are_typed(library, has_analyzers):
    wanted = FOUND_ON_BOTH | (FOUND_WITH_ANALYZERS if has_analyzers else {})

    assert {query: found(library, query) for query in wanted} == wanted
