"""Finds the author of a page that has no byline with a name in it."""

import re
from collections.abc import Iterable
from itertools import chain
from typing import Final

from workers.parse.fields import author_marks, people
from workers.parse.html import jsonld
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import TextRun
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.text import lexicon

# "by inkblot", "Posted by inkblot on 3 May", "3 May by inkblot |"
_PSEUDONYM: Final = re.compile(
    rf"(?:^|[\d,.]\s|\s[|·•–—-]\s?)(?:{'|'.join(lexicon.phrases('bylines', 'pseudonym_labels'))})"
    rf"[:：]?\s({people.PSEUDONYM})(?![\w.-])(?=\s*(?:$|[|·•/,(]|[–—-]\s|\d|(?:on|am|le|el|il|em|op|den|at|in)\s))",
    re.IGNORECASE,
)
_SENTENCE_ENDS: Final = (".", "!", "?", "。")
_MAX_LINE_CHARS: Final = 90
_MIN_NOTE_CHARS: Final = 30
# Objects below these keys are people of the outlet.
_STAFF_KEYS: Final = ("founder", "employee", "member", "contactPoint")


def find_authors(
    parts: list[list[TextRun]], head: Metadata, site_names: set[str]
) -> tuple[tuple[str, ...], str] | None:
    """Return the authors by a note about them, by one word or by the page's data; None without any.

    `parts` are the lines around the headline, and those behind the text.
    """
    if names := _find_described_name(parts, site_names):
        return names, "note about the author"
    if name := _find_pseudonym(chain.from_iterable(parts)):
        return (name,), "byline"
    names = _find_only_person(head, site_names)
    return (names, "json-ld person") if names else None


def _find_described_name(parts: list[list[TextRun]], site_names: set[str]) -> tuple[str, ...]:
    """Return the name that is a line of its own, if a note behind the text begins with it.

    "Ada Lind" below the headline, "Ada Lind is a reporter in Oslo." behind the text.
    """
    notes = [run.text for run in chain.from_iterable(parts[1:])]
    for run in chain.from_iterable(parts):
        text = run.text
        if len(text) > _MAX_LINE_CHARS or not any(_is_note_about(text, note) for note in notes):
            continue
        names = people.find_people([text], site_names)
        if names and " " in names[0]:
            return names
    return ()


def _is_note_about(name: str, text: str) -> bool:
    """Return True for a sentence that begins with a name and goes on in lower case to a job."""
    text = text.removeprefix("Dr. ")
    rest = text[len(name) :]
    return (
        len(rest) > _MIN_NOTE_CHARS
        and text.startswith(name)
        and rest[0] in " ,("
        and rest[1:2].islower()
        and people.mentions_job(rest)
    )


def _find_pseudonym(lines: Iterable[TextRun]) -> str:
    """Return the one word that is linked or labelled as the author, as in "by inkblot"."""
    for run in lines:
        if (
            len(run.text) > _MAX_LINE_CHARS
            or people.is_by_others(run.text)
            or run.text.endswith(_SENTENCE_ENDS)
        ):
            continue
        words = [text for text in author_marks.author_spans(run, is_sure=True) if " " not in text]
        match = _PSEUDONYM.search(run.text) if run.block.tag not in HEADINGS else None
        if match and not _is_lower_before_comma(match):
            words.append(match[1])
        for word in words:
            if people.is_pseudonym(word):
                return word
    return ""


def _is_lower_before_comma(match: re.Match[str]) -> bool:
    """Return True for "por último, ...", which begins a sentence."""
    return match.string[match.end() : match.end() + 1] == "," and not match[1][:1].isupper()


def _find_only_person(head: Metadata, site_names: set[str]) -> tuple[str, ...]:
    """Return the one person that the page's JSON-LD has, if it has one: who writes the blog."""
    staff = {
        id(person)
        for node in head.own_nodes
        for key in _STAFF_KEYS
        if key in node
        for person in jsonld.iter_objects(node[key])
    }
    persons = [
        node
        for node in head.own_nodes
        if "Person" in jsonld.types_of(node) and id(node) not in staff
    ]
    texts = {jsonld.text_of(node.get("name")) for node in persons} - {""}
    if len(texts) != 1:
        return ()
    (text,) = texts
    return (text,) if people.is_pseudonym(text) else people.find_people([text], site_names)
