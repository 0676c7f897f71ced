"""What changed between versions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.search.article_view import body_blocks
from workers.search.diff import compare, count_words


def document(*paragraphs, **more):
    return {"title": "Title", "body": "\n\n".join(paragraphs), **more}


def hows(comparison):
    return [change.how for change in comparison.paragraphs]


def test_the_same_text_is_no_change():
    assert compare(document("a", "b"), document("a", "b")).is_empty


def test_a_corrected_word_is_shown_in_its_paragraph():
    old = document("The river rose by two metres overnight.", "Bridges were closed.")
    new = document("The river rose by three metres overnight.", "Bridges were closed.")

    found = compare(old, new)

    assert hows(found) == ["changed", "same"]
    parts = [(part.how, part.text) for part in found.paragraphs[0].parts]
    assert parts == [
        ("same", "The river rose by "),
        ("removed", "two"),
        ("added", "three"),
        ("same", " metres overnight."),
    ]


def test_paragraphs_come_and_go():
    found = compare(document("a one", "b two"), document("c new", "a one"))

    assert hows(found) == ["added", "same", "removed"]


def test_another_paragraph_in_its_place_is_no_correction():
    found = compare(document("The river rose."), document("Voters stayed at home today."))

    assert hows(found) == ["removed", "added"]


def test_headline_and_byline_are_compared():
    found = compare(document("a", authors=["Ada"]), document("a", title="New", authors=["Bo"]))

    assert [change.field for change in found.fields] == ["title", "authors"]
    assert not found.is_empty


@pytest.mark.timeout(20)
def test_hostile_texts_take_no_hours():
    old = document(*(["x"] * 20_000), " ".join("ab" * 20_000))
    new = document(*(["x", "y"] * 10_000), " ".join("ba" * 20_000))

    assert not compare(old, new).is_empty
    assert not compare(document(*["a " * 900] * 99), document(*["a b" * 900] * 99)).is_empty


@given(st.lists(st.text("ab c.", min_size=1)), st.lists(st.text("ab c.", min_size=1)))
def test_both_versions_can_be_read_from_their_comparison(before, after):
    found = compare(document(*before), document(*after))

    def side(gone):
        texts = ["".join(p.text for p in c.parts if p.how != gone) for c in found.paragraphs]
        return [text for text in texts if text]

    assert side("added") == before
    assert side("removed") == after


def test_the_text_is_shown_in_the_blocks_it_was_printed_in():
    found = body_blocks(document("Head", "Text", outline={"kinds": ["heading", "paragraph"]}))

    assert [(block.kind, block.text) for block in found] == [
        ("heading", "Head"),
        ("paragraph", "Text"),
    ]


def test_an_outline_that_does_not_fit_costs_no_text():
    found = body_blocks(document("Head", "Text", outline={"kinds": ["heading"]}))

    assert [block.kind for block in found] == ["paragraph", "paragraph"]


def test_a_cut_paragraph_leaves_the_edited_ones_beside_their_originals():
    first = "Nine voted for the plan on Monday evening."
    cut = "The harbour master declined to comment on the matter at all."
    last = "Work on the bridge begins in the spring of next year."
    changes = compare(
        {"body": f"{first}\n\n{cut}\n\n{last}"},
        {"body": f"{first.replace('Nine', 'Ten')}\n\n{last.replace('spring', 'autumn')}"},
    ).paragraphs

    assert [change.how for change in changes] == ["changed", "removed", "changed"]
    assert [part.text for part in changes[2].parts if part.how != "same"] == ["spring", "autumn"]
    assert (count_words(changes, "removed"), count_words(changes, "added")) == (13, 2)
