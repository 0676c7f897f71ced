"""Top and significant words of a result, on page, API and as a table."""

import csv
import io
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from tests.stories import clustered_story
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.elasticsearch.reader import SearchReader
from workers.search.analysis import words
from workers.search.params import SearchParams

pytestmark = pytest.mark.elasticsearch


def words_of(http, **params):
    return http.get("/api/words", params=params).json()


def test_significant_words_are_those_that_the_rest_lacks(http):
    found = words_of(http, q="title:football")

    significant = {row["word"]: row for row in found["significant"]}
    assert (found["articles"], found["sampled"], found["is_sample"]) == (12, 12, False)
    assert next(iter(significant)) == "football"
    assert significant["football"]["share"] == 1.0
    assert 0 < significant["football"]["coverage"] < 0.25
    assert not {"board", "voted", "the"} & significant.keys()  # as often elsewhere


def test_what_all_coverage_says_is_not_among_the_top(http):
    top = [row["word"] for row in words_of(http, q="title:football")["top"]]

    assert top == ["football"]


def test_a_story_counts_once_unless_every_reprint_is_asked_for(http):
    once, every = words_of(http, cluster="river"), words_of(http, cluster="river", reprints=True)

    assert (once["sampled"], once["stories"], once["articles"]) == (1, 1, 4)
    assert every["sampled"] == 4
    assert "metres" in {row["word"] for row in every["significant"]}


class RecordingReader(SearchReader):
    """A reader that keeps how many articles each request asks for."""

    def __init__(self, search: SearchIndex) -> None:
        super().__init__(search)
        self.sizes: list[int] = []

    def search(self, request):
        self.sizes.append(request["size"])
        return super().search(request)


def test_questions_that_come_together_share_what_all_of_them_ask(site_settings):
    reader, together = RecordingReader(SearchIndex(site_settings)), Barrier(4)

    def ask(query: str) -> words.Words:
        together.wait(10)
        return words.find_words(reader, SearchParams(query=query))

    with ThreadPoolExecutor(4) as users:
        found = list(users.map(ask, ("council", "harbour", "football", "weather")))
    reader.close()

    assert all(each.significant for each in found)
    assert reader.sizes.count(words.SAMPLE) == 4
    assert reader.sizes.count(words.USUAL_SAMPLE) == 1


class HangingReader(SearchReader):
    """A reader whose server, from when it hangs, answers only what a sample of a result asks."""

    def __init__(self, search: SearchIndex) -> None:
        super().__init__(search)
        self.hangs, self.asked, self.goes_on = False, Event(), Event()

    def search(self, request):
        if self.hangs and request["size"] != words.SAMPLE:
            self.asked.set()
            self.goes_on.wait(20)
        return super().search(request)


def test_who_asks_what_is_known_does_not_wait_for_who_asks_what_is_not(site_settings, monkeypatch):
    monkeypatch.setattr(words, "MAX_WAIT_SECONDS", 20.0)
    reader = HangingReader(SearchIndex(site_settings))
    told = words.find_words(reader, SearchParams(query="title:football"))
    reader.hangs = True
    with ThreadPoolExecutor(1) as users:
        unknown = users.submit(words.find_words, reader, SearchParams(query="title:harbour"))
        try:
            assert reader.asked.wait(10)
            began = time.monotonic()
            # another question, of the same words
            again = words.find_words(reader, SearchParams(query="title:(football OR football)"))
            took = time.monotonic() - began
        finally:
            reader.goes_on.set()
        assert unknown.result(20).significant
    reader.close()

    assert again == told
    assert took < 5


def test_words_are_compared_with_their_own_language(http):
    found = words_of(http, q="lang:de OR title:football", reprints=True)

    assert {row["language"] for row in found["significant"]} == {"en"}
    assert all(row["share"] > row["coverage"] for row in found["significant"])


def test_coverage_counts_a_word_in_its_own_language_alone(search, put):
    texts = {"en": ("marina",) * 8, "de": ("marina",) * 2 + ("hafen",) * 3, None: ("marina", "x")}
    put(
        *(
            clustered_story(
                f"{language}-{number}",
                paragraphs=(f"{text} {language} zz{number}",),
                language=language,
            )
            for language, each in texts.items()
            for number, text in enumerate(each)
        )
    )
    reader = SearchReader(search)
    found = words.find_words(reader, SearchParams(query="marina"))

    rows = {(row.language, row.word): row for row in found.significant}
    assert rows["de", "marina"].coverage == 0.4
    assert ("en", "marina") not in rows  # as in all coverage of its language
    again = words.find_words(reader, SearchParams(query="marina lang:de"))
    assert [row.coverage for row in again.significant if row.word == "marina"] == [0.4]


def test_a_large_result_is_read_by_a_sample_which_is_said(http, monkeypatch):
    monkeypatch.setattr(words, "SAMPLE", 10)

    found = words_of(http, q="report")

    assert (found["sampled"], found["is_sample"], found["stories"]) == (10, True, 48)
    assert words_of(http, q="report") == found
    assert "a random sample: 10 stories of 48" in http.get("/words?q=report").text


def test_nothing_found_has_no_words(http):
    assert words_of(http, q="nosuchword")["sampled"] == 0
    assert "Nothing found" in http.get("/words?q=nosuchword").text


def test_the_table_has_a_line_for_each_word(http):
    answer = http.get("/api/words", params={"q": "title:football", "form": "csv"})

    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert rows[0].keys() == {"kind", "word", "language", "articles", "share", "coverage"}
    assert {row["kind"] for row in rows} == {"top", "significant"}


def test_the_page_says_what_was_read_and_leads_to_each_word(http):
    page = http.get(
        "/words", params={"q": "title:football OR title:weather", "section": "Football"}
    )

    assert "Read in all 12 stories found" in page.text
    assert (
        "%28title%3Afootball+OR+title%3Aweather%29+%22football%22&amp;section=Football" in page.text
    )
    assert "did you mean outlet:?" in http.get("/words?q=outlt:x").text
