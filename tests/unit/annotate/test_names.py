"""The capitalised names of an article, honestly no more than that."""

import pytest

from workers.annotate.names import MAX_NAMES, find_names

FIRE = (
    "A fire broke out at Quillworks in Merrow on Monday, Ilse Brandt said. "
    "Brandt’s office spoke of arson. Mr Okafor of the Northline Group disagreed.\n"
    "Yesterday the fire was out. Merrow mourns."
)


def test_names_are_those_of_the_text_and_the_most_frequent_first():
    assert find_names("Fire In Hall", FIRE, "en") == (
        "Merrow",
        "Ilse Brandt",
        "Quillworks",
        "Okafor",
        "Northline Group",
    )


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("It was said by Ursula von der Leyen.", ["Ursula von der Leyen"]),
        ("They flew to Oslo, Bergen and Rio de Janeiro.", ["Oslo", "Bergen", "Rio de Janeiro"]),
        ("We met the Fox. A fox is shy.", []),
        ("Tomorrow it rains. It rained in May and on Friday.", []),
        ("Say it to Anna Quill or to Bo Quill, and Quill laughs.", ["Anna Quill", "Bo Quill"]),
        ("It came from the U.S. to Oslo, the U.S. said.", ["U.S.", "Oslo"]),
        ("", []),
        ("他在北京。", []),
    ],
)
def test_what_is_one_name(body, names):
    assert list(find_names("", body, "en")) == names


def test_a_name_that_only_the_headline_has_is_none_and_one_that_it_has_counts_more():
    assert find_names("Big Day For Bergen", "It rained in Oslo and Bergen.", "en") == (
        "Bergen",
        "Oslo",
    )


def test_in_german_a_name_is_told_twice():
    body = "Der Bürgermeister kam mit Ilse Brandt. In der Halle sprach Ilse Brandt über Geld."
    assert find_names("", body, "de") == ("Ilse Brandt",)


def test_there_are_so_many_at_most():
    body = "I saw " + ", ".join(f"Name{chr(97 + at)}" for at in range(20)) + "."
    assert len(find_names("", body, "en")) == MAX_NAMES
