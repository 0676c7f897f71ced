"""Rules of flattened pages, one by one; whole dumps are in tests/pages."""

import textwrap

import pytest

from schemas.article import PageKind
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.plaintext.reader import read

URL = "https://a.example/2024/bridge"
FIRST = "The old bridge of Osthaven will stay closed until spring, the mayor said on Monday."
SECOND = "Engineers had found two deep cracks in its western pillar, according to a report."
THIRD = "Shopkeepers in the old town fear that their customers will stay away all winter."
TITLE = "Old bridge of Osthaven closed until spring"


def page(*lines: str) -> str:
    return "\n".join(lines)


def read_article(*lines: str):
    return read(page(*lines), URL).article


def kinds(article) -> list[str]:
    return [block.kind for block in article.blocks]


def test_the_first_line_that_the_text_takes_up_again_is_the_headline():
    article = read_article(
        "Harbour Gazette", "Storm ahead for the islands tonight", TITLE, FIRST, SECOND
    )
    assert article.title == TITLE
    assert article.body == f"{FIRST}\n\n{SECOND}"


def test_a_headline_with_the_outlets_name_behind_it_names_the_site():
    article = read_article(f"{TITLE} | Harbour Gazette", TITLE, FIRST, SECOND)
    assert article.title == TITLE
    assert article.site_name == "Harbour Gazette"


def test_a_headline_printed_twice_is_no_part_of_the_text():
    assert read_article(TITLE, TITLE, FIRST, TITLE, SECOND).body == f"{FIRST}\n\n{SECOND}"


def test_one_line_under_a_picture_of_another_day_is_a_teaser():
    article = read_article(
        TITLE,
        "The bridge - Gazette, 1920, 12.03.2024",
        FIRST,
        "Ferry - Gazette, 1920, 10.03.2024",
        "Ferry stops",
        SECOND,
    )
    assert [(one.title, one.caption) for one in article.related] == [("Ferry stops", "Ferry")]
    assert kinds(article) == ["paragraph", "paragraph"]


def test_a_picture_of_the_same_day_with_nothing_under_it_is_the_storys():
    article = read_article(
        TITLE,
        "The bridge - Gazette, 1920, 12.03.2024",
        FIRST,
        "The pillar - Gazette, 1920, 12.03.2024",
        SECOND,
    )
    assert [(one.caption, one.is_lead) for one in article.images] == [
        ("The bridge", True),
        ("The pillar", False),
    ]
    assert article.related == ()


def test_a_credit_with_a_caption_glued_to_it_is_parted():
    article = read_article(
        TITLE, "© Northern Post / Ada LindqvistThe bridge in the ice", FIRST, SECOND
    )
    assert article.images[0].credit == "Northern Post / Ada Lindqvist"
    assert article.images[0].caption == "The bridge in the ice"


def test_a_name_with_a_capital_inside_is_not_parted():
    article = read_article(TITLE, "© Northern Post / Ada MacDonald", FIRST, SECOND)
    assert article.images[0].credit == "Northern Post / Ada MacDonald"
    assert article.images[0].caption is None


def test_a_single_short_line_between_paragraphs_is_a_heading():
    article = read_article(TITLE, FIRST, "Two cracks", SECOND)
    assert kinds(article) == ["paragraph", "heading", "paragraph"]


def test_short_lines_after_a_colon_are_a_list():
    article = read_article(TITLE, FIRST, "Closed are:", "the bridge", "the quay", SECOND)
    assert article.blocks[2].kind == "list"
    assert article.blocks[2].text == "the bridge\nthe quay"


def test_what_readers_wrote_is_no_part_of_the_text():
    reader = "I have crossed it every day for forty years and never saw a crack in it."
    article = read_article(TITLE, FIRST, SECOND, "2 comments", "Ada", reader)
    assert reader not in article.body


def test_a_count_of_comments_above_the_text_does_not_end_it():
    assert read_article(TITLE, "12 Comments", FIRST, SECOND).body == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Sign up for our newsletter and get the news in your inbox every morning.",
        "Melden Sie sich für unseren Newsletter an, um nichts zu verpassen.",
        "Abonnez-vous à notre newsletter pour ne rien manquer.",
        "Подписывайтесь на наш канал и узнавайте новости первыми.",
        "Follow us on Facebook",
        "Advertisement",
        "Заголовок открываемого материала",
    ],
)
def test_prompts_and_labels_between_paragraphs_are_dropped(line):
    assert read_article(TITLE, FIRST, line, SECOND).body == f"{FIRST}\n\n{SECOND}"


@pytest.mark.parametrize(
    "line",
    [
        "Support for the plan has grown since the summer, a poll of readers showed.",
        "Register offices will stay open on Saturday, she added.",
        "The Associated Press was first to report the cracks on Sunday.",
        "By Tuesday the water had reached the second step of the quay.",
        "Nobody answered.",
        "— Мы не знаем, — сказал мэр.",
        "Read the report twice, he told the members, and you will see no blame in it.",
    ],
)
def test_sentences_that_begin_like_clutter_are_kept(line):
    assert read_article(TITLE, FIRST, line, SECOND).body == f"{FIRST}\n\n{line}\n\n{SECOND}"


def test_both_dates_of_a_line_are_told_apart():
    article = read_article(
        TITLE, "Published 3 March 2024, 9:15 - Updated 4 March 2024, 10:00", FIRST, SECOND
    )
    assert str(article.published) == "2024-03-03 09:15:00"
    assert str(article.modified) == "2024-03-04 10:00:00"


def test_a_word_of_change_within_another_word_is_none():
    article = read_article(
        TITLE, "Par Anne Martin, journaliste, publié le 3 mars 2024 à 9h15", FIRST, SECOND
    )
    assert str(article.published) == "2024-03-03 09:15:00"
    assert article.modified is None


@pytest.mark.parametrize(
    "line",
    [
        "Publié le 3 mars 2024, mis à jour le 4 mars 2024",
        "Veröffentlicht am 3. März 2024 (geändert am 4. März 2024)",
        "Publicerad 3 mars 2024, uppdaterad 4 mars 2024",
        "公開 2024年3月3日 最終更新 2024年3月4日",
    ],
)
def test_dates_of_a_change_are_known_in_many_languages(line):
    article = read_article(TITLE, line, FIRST, SECOND)
    assert str(article.published) == "2024-03-03 00:00:00"
    assert str(article.modified) == "2024-03-04 00:00:00"


def test_markdown_is_read_as_what_it_means():
    article = read_article(
        "# " + TITLE, "", FIRST, "", "## Two cracks", "", "* one", "* two", "", "> " + SECOND
    )
    assert kinds(article) == ["paragraph", "heading", "list", "quote"]


def test_wrapped_lines_are_joined_to_paragraphs():
    long = " ".join((FIRST, SECOND, THIRD) * 2)
    article = read_article(TITLE, "", textwrap.fill(long, 60), "", textwrap.fill(SECOND, 60))
    assert [block.text for block in article.blocks] == [long, SECOND]


def test_a_sentence_above_byline_and_date_is_the_subtitle():
    article = read_article(TITLE, SECOND, "By Ada Lindqvist", "3 March 2024", FIRST, THIRD)
    assert article.subtitle == SECOND
    assert article.body == f"{FIRST}\n\n{THIRD}"


def test_a_first_paragraph_with_a_picture_after_it_is_no_subtitle():
    article = read_article(TITLE, "By Ada Lindqvist", FIRST, "The bridge. Photo: Reuters", SECOND)
    assert article.subtitle is None
    assert article.body == f"{FIRST}\n\n{SECOND}"


def test_a_challenge_and_an_error_page_are_told_by_their_words():
    assert read_article("Just a moment...", "Checking your browser.").kind is PageKind.BOT_CHALLENGE
    assert read_article("Page not found", "Sorry about that.").kind is PageKind.ERROR


@pytest.mark.parametrize(
    ("text", "reason", "detail"),
    [
        ("", Reason.UNREADABLE, "empty input"),
        (" \n\t\n", Reason.UNREADABLE, "empty input"),
        ("\x00\x01\x02" * 400, Reason.UNREADABLE, "binary data, no text"),
        ("\ufffd" * 400, Reason.UNREADABLE, "binary data, no text"),
        ("word " * 2_000_000, Reason.UNREADABLE, "a line of more than 50,000 characters"),
        ("a" * 10_000_000, Reason.UNREADABLE, "a line of more than 50,000 characters"),
        ("... --- ...", Reason.UNREADABLE, "no word in the input"),
        (TITLE, Reason.NO_BODY, "no sentence among the lines (1)"),
        (FIRST + " " + SECOND + " " + THIRD, Reason.NO_TITLE, "no line before the text"),
    ],
)
def test_hopeless_input_is_given_up_with_its_reason(text, reason, detail):
    with pytest.raises(PermanentFailure) as raised:
        read(text, URL)
    assert raised.value.reason is reason
    assert detail in raised.value.detail


def test_a_page_beyond_the_size_limit_is_cut_and_says_so():
    lines = [
        f"Sentence number {n} says that the bridge of Osthaven is closed." for n in range(6000)
    ]
    article = read_article(TITLE, *lines)
    assert article.notes == ("page cut at a size limit",)
    assert 4000 < len(article.blocks) < 6000
