"""Any text at all: an article or a reason, nothing else."""

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.article import PageKind
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure
from workers.parse.html.decoding import decode
from workers.parse.plaintext.form import detect_form
from workers.parse.plaintext.reader import read

ENDS = {Reason.UNREADABLE, Reason.NO_TITLE, Reason.NO_BODY}
OUTCOMES = {"article", *(reason.value for reason in ENDS)}
LINES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "",
            "# Old bridge closed",
            "Old bridge of Osthaven closed until spring",
            "The old bridge of Osthaven will stay closed until spring, the mayor said.",
            "The ferry in the harbour - Northern Post, 1920, 12.03.2024",
            "© Photo : Northern Post / AdaThe ferry in the harbour",
            "Photo: Reuters",
            "![](https://a.example/x.jpg)",
            "Read also:",
            "Read also: Ferry stops until spring",
            "By Ada Lindqvist | 31.02.2024, 25:61",
            "Published 99 Marchember 0000",
            "Tags:",
            "Home > > >",
            "- item",
            "> ",
            "Comments (2)",
            "Most read",
            "All rights reserved",
            "Заголовок открываемого материала",
            "桥梁关闭至春天,市长周一表示。",
        ]
    ),
)


def outcome(text: str) -> str:
    """ "article", or the reason for which there is none."""
    try:
        article = read(text, "https://a.example/x").article
    except PermanentFailure as error:
        return (
            error.reason.value if error.reason in ENDS and error.detail else "no end of this stage"
        )
    is_whole = article.kind is not PageKind.ARTICLE or (article.title and article.body)
    return "article" if is_whole else "half an article"


@given(st.lists(LINES, max_size=40))
@settings(max_examples=400, deadline=None)
def test_any_lines_are_an_article_or_a_reason(lines):
    assert outcome("\n".join(lines)) in OUTCOMES


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_an_article_or_a_reason(text):
    assert outcome(text) in OUTCOMES


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_have_a_form_and_end_with_an_article_or_a_reason(raw):
    if detect_form(raw) == "flattened":
        assert outcome(decode(raw)) in OUTCOMES
