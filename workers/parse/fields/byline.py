"""Finds the authors of the story: in the head of the page, or in its byline."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from workers.parse.fields import author_marks, headings, people, title, unsigned
from workers.parse.html import class_names, jsonld
from workers.parse.html.markup import text_of
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import PageTree, TextRun
from workers.parse.layout import text_density
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.text import lexicon

META_NAMES: Final = (
    "author",
    "article:author",
    "parsely-author",
    "sailthru.author",
    "dc.creator",
    "dc:creator",
    "byl",
    "dcterms.creator",
    "article:author_name",
    "cxenseparse:author",
    "citation_author",
    "creator",
)
_MAX_LABEL_CHARS: Final = 90
_MAX_META_CHARS: Final = 299
_MAX_LINKS: Final = 2
_MIN_SENTENCE_SPACES: Final = 9
_MAX_AUTHORS: Final = 8
_MAX_BYLINE_WORDS: Final = 12
# Shares of a line's characters.
_MIN_EMPHASISED_SHARE: Final = 0.9
_MIN_NAMES_SHARE: Final = 0.7
_MIN_LABEL_LINK_SHARE: Final = 0.8
_MIN_NAME_SPANS_SHARE: Final = 0.6
_EMPHASIS_TAGS: Final = ("strong", "b", "em", "i")
_SEPARATOR: Final = re.compile(r"\s+[|·•–—-]\s+|\s*[|·•]\s*")
_DATE: Final = re.compile(
    r"\d{1,2}[./ -]\w{2,12}[./ -]+\d{2,4}|\w{3,10} \d{1,2},? \d{4}|\d{1,2}:\d{2}"
)

_LABELLED: Final = re.compile(
    rf"(?:^|[\s|｜])(?:{'|'.join(lexicon.phrases('bylines', 'labels'))})\s?[:：]\s?"
    r"([^\s|｜:：\d][^|｜:：\d\n]{1,60}?)(?=\s*(?:[|｜\d]|$|\s\S+\s?[:：]))",
    re.IGNORECASE,
)
_BY_AFTER_DATE: Final = re.compile(
    r"\d.{0,24}?\s(?:by|von|par|por|di|door|av|af)\s([^\W\d_a-z][^\d|]{3,99})$"
)
_PLACE_ENDS: Final = (":", "：", "-", "–", "—")
_MIN_BESIDE_DATE_SHARE: Final = 0.5

Authors = tuple[tuple[str, ...], str]
"""Names in the order of the byline, and where they were read."""


def find_authors(
    page: PageTree, head: Metadata, url: str = "", windows: tuple[tuple[int, int], ...] = ()
) -> Authors:
    """Return the authors and where they were read; both empty if there are none.

    `windows` are where a byline may be: each has the orders of the first run, and of the first one
    after it. The first is that around the headline; in others a line must say that it is one.
    """
    site_names = title.site_names(head, url)
    declared = _read_head(head)
    found = _find_declared(declared, head, site_names)
    if found[0] and not _are_weak(found[0], site_names):
        return found
    parts = [
        [run for run in page.runs[max(0, first) : last] if run.text] for first, last in windows
    ]
    printed = _find_printed(parts, site_names, is_whole=bool(found[0]))
    if printed[0] or found[0]:
        return printed if printed[0] else found
    return unsigned.find_authors(parts, head, site_names) or _clean_declared(declared)


def _find_declared(
    declared: list[tuple[list[str], str]], head: Metadata, site_names: set[str]
) -> Authors:
    """Return the people whom the head names, with the surest name first; else empty values."""
    weak: Authors = ((), "")
    for texts, origin in declared:
        names = people.find_people(texts, site_names)
        if names and not _are_houses(names, head):
            if not _are_weak(names, site_names):
                return names, origin
            weak = weak if weak[0] else (names, origin)
    return weak


def _find_printed(parts: list[list[TextRun]], site_names: set[str], *, is_whole: bool) -> Authors:
    """Return the names that readers see; if `is_whole`, only such of two words and more that are
    marked as authors."""
    if not parts:
        return (), ""
    names = _read_byline(parts[0], site_names)
    if is_whole and all(map(people.is_single_word, names)):
        names = ()
    if not names and not is_whole:
        names = _find_unmarked_name(parts[0], site_names)
    if names:
        return names, "byline"
    for line in chain.from_iterable(parts[1:]):
        if _has_prefix(line.text) and (names := _read_byline([line], site_names)):
            return names, "byline after the text"
    return (), ""


def _clean_declared(declared: list[tuple[list[str], str]]) -> Authors:
    """Return whatever the head calls an author, as the name of a house, if nobody else is found."""
    for texts, origin in declared:
        cleaned = (people.clean_name(text) for text in texts if not people.is_account(text))
        if names := tuple(dict.fromkeys(name for name in cleaned if name)):
            return names, origin
    return (), ""


def _are_houses(names: tuple[str, ...], head: Metadata) -> bool:
    """Return True for publishing houses: by their words, or as the page names its owner."""
    owner = headings.normalize(head.value("copyright", "publisher", "og:site_name"))
    return all(people.is_house(name) or headings.normalize(name) == owner for name in names)


def _are_weak(names: tuple[str, ...], site_names: set[str]) -> bool:
    """Return True for names that a printed byline is better than: single words, such as those that
    users of a program log in with, teams, and names of the site."""
    return all(
        people.is_single_word(name) or people.is_team(name) or title.is_site_name(name, site_names)
        for name in names
    )


def _read_head(head: Metadata) -> list[tuple[list[str], str]]:
    """Return the authors' texts in JSON-LD and meta tags, each with its origin, best first."""
    sources = []
    for node in head.article_nodes:
        if texts := _jsonld_authors(node):
            sources.append((texts, "json-ld author"))
            break
    for name in META_NAMES:
        if name not in head.meta:
            continue
        texts = [
            text
            for text in head.meta[name]
            if text and "http" not in text and len(text) <= _MAX_META_CHARS
        ]
        if texts:
            sources.append((list(dict.fromkeys(texts)), f"meta {name}"))
    if name := _labelled_author(head):
        sources.append(([name], "meta twitter:data"))
    return sources


def _labelled_author(head: Metadata) -> str:
    """Return what the head shows under a label such as "Written by", in the pairs of meta tags that
    cards of links are made from (twitter:label1, twitter:data1); empty if there is none."""
    for number in "12":
        if people.is_label(head.value(f"twitter:label{number}")):
            return head.value(f"twitter:data{number}")
    return ""


def _jsonld_authors(node: jsonld.Node) -> list[str]:
    value = node.get("author") or node.get("creator")
    authors = value if isinstance(value, list) else [value]
    texts = []
    for author in authors:
        if isinstance(author, dict) and isinstance(author.get("name"), list):
            texts += [text for name in author["name"] if (text := jsonld.text_of(name))]
        elif isinstance(author, dict) and not author.get("name"):
            parts = (jsonld.text_of(author.get(key)) for key in ("givenName", "familyName"))
            if name := " ".join(filter(None, parts)):
                texts.append(name)
        elif text := jsonld.text_of(author):
            texts.append(text)
    return [text for text in texts if not text.startswith("http")]


def _read_byline(lines: list[TextRun], site_names: set[str]) -> tuple[str, ...]:
    """Return the names in the byline that readers see."""
    names: list[tuple[str, ...]] = []  # of each line
    is_other = follows_label = False
    for run in lines:
        text = run.text
        if len(text) > people.MAX_LINE_CHARS or (names and _is_sentence(text)):
            continue
        if is_other or people.is_by_others(text):
            # A label alone speaks of the line behind it.
            was_other, is_other = is_other, people.is_by_others(text, alone=True)
            rest = "" if was_other or is_other else people.without_others(text)
            if found := people.find_people([rest], site_names):
                names.append(found)
            continue
        if people.is_label(text):
            follows_label = True
            continue
        labelled, follows_label = follows_label, False
        for texts in _read_line(run, is_labelled=labelled):
            if found := people.find_people(map(people.without_others, texts), site_names):
                names.append(found)
                break
    return people.without_single_words(names)[:_MAX_AUTHORS]


def _find_unmarked_name(lines: list[TextRun], site_names: set[str]) -> tuple[str, ...]:
    """Return a name that its place alone tells from other text."""
    return _find_emphasised_name(lines, site_names) or _find_name_beside_date(lines, site_names)


def _is_sentence(text: str) -> bool:
    """Return True for a line of the story's text, whose links may be people too."""
    return text.endswith((".", "!", "?", "。")) and text.count(" ") >= _MIN_SENTENCE_SPACES


def _read_line(run: TextRun, *, is_labelled: bool) -> Iterator[list[str]]:
    """Yield the texts of a line that may be names, the surest first. `is_labelled`: the line before
    says that an author follows."""
    own = people.without_others(run.text)
    yield [text for text in author_marks.author_spans(run) if own == run.text or text in own]
    if any(tag == "a" and node.attributes.get("rel") == "tag" for tag, node, _, _ in run.spans):
        return
    is_headline = run.block.tag == "h1"
    if not is_headline and (is_labelled or _is_in_author_block(run) or _has_prefix(run.text)):
        yield _name_spans(run) or [_unglue(run)]
    yield _find_labelled(run.text)


def _unglue(run: TextRun) -> str:
    """Return the text of a line with marks between inline elements that follow without a space.

    "By" and "Ada Lind" and "Reporter" are three parts of "ByAda LindReporter".
    """
    text = run.text
    for tag, node, chars, _ in run.spans:
        part = text_of(node)
        start = text.find(part) if tag in author_marks.AUTHOR_TAGS and chars > 1 else -1
        end = start + len(part)
        if start > 0 and text[start - 1].isalnum() and part[:1].isupper():
            text = f"{text[:start]} | {text[start:]}"
            end += 3
        if start >= 0 and text[end - 1].isalpha() and text[end : end + 1].isupper():
            text = f"{text[:end]} | {text[end:]}"
    return text


def _find_labelled(text: str) -> list[str]:
    """Return the name behind a label with a colon, or behind "by" after a date; else nothing."""
    match = _LABELLED.search(text) or _BY_AFTER_DATE.search(text)
    return [match[1]] if match else []


def _find_emphasised_name(lines: list[TextRun], site_names: set[str]) -> tuple[str, ...]:
    """Return the name on an emphasised line of its own."""
    for run in lines:
        is_emphasised = any(
            tag in _EMPHASIS_TAGS and chars > _MIN_EMPHASISED_SHARE * run.source_chars
            for tag, _, chars, _ in run.spans
        )
        is_place = run.text.endswith(_PLACE_ENDS)
        is_title_or_item = run.block.tag in HEADINGS or _is_in_list(run)
        if is_emphasised and " " in run.text and not is_place and not is_title_or_item:
            names = people.find_people([run.text], site_names)
            names = tuple(name for name in names if not people.has_common_word(name))
            if names and sum(map(len, names)) > _MIN_NAMES_SHARE * len(run.text):
                return names
    return ()


def _is_in_list(run: TextRun) -> bool:
    """Return True for an item of a list, or a paragraph in one."""
    block = run.block
    return block.tag == "li" or (block.parent is not None and block.parent.tag == "li")


def _find_name_beside_date(lines: list[TextRun], site_names: set[str]) -> tuple[str, ...]:
    """Return the name on the same line as a date, or on the line before or after one."""
    dated = [len(run.text) < _MAX_LABEL_CHARS and bool(_DATE.search(run.text)) for run in lines]
    for index, run in enumerate(lines):
        if not any(dated[max(0, index - 1) : index + 2]) or _is_label(run):
            continue
        text = _without_time_element(run, _unglue(run))
        parts = [part for part in _SEPARATOR.split(text) if part and not _DATE.search(part)]
        if (
            len(parts) == 1
            and " " in parts[0]
            and parts[0] not in _link_texts(run)
            and ":" not in parts[0]
            and (names := people.find_people(parts, site_names))
            and not any(map(people.has_common_word, names))
            and sum(map(len, names)) > _MIN_BESIDE_DATE_SHARE * len(parts[0])
        ):
            return names
    return ()


def _link_texts(run: TextRun) -> list[str]:
    """Return the texts of a line's links: beside a date they are sections."""
    return [text_of(node) for tag, node, _, _ in run.spans if tag == "a"]


def _without_time_element(run: TextRun, text: str) -> str:
    """Return the `text` of a line without a <time> at its beginning or end."""
    for tag, node, _, _ in run.spans:
        if tag == "time":
            shown = text_of(node)
            text = text.removesuffix(shown).removeprefix(shown).strip()
    return text


def _is_label(run: TextRun) -> bool:
    """Return True for headings, linked sections, lists of links and long lines."""
    links = [chars for tag, _, chars, _ in run.spans if tag == "a"]
    is_linked = len(links) > _MAX_LINKS or any(
        chars > _MIN_LABEL_LINK_SHARE * run.source_chars for chars in links
    )
    return is_linked or len(run.text) > _MAX_LABEL_CHARS or run.block.tag in HEADINGS


def _name_spans(run: TextRun) -> list[str]:
    """Return the texts of the line's elements that are names, if they are most of the line."""
    spans = [
        (text_of(node), chars)
        for tag, node, chars, _ in run.spans
        if tag in ("a", "span") and chars < run.source_chars
    ]
    names = [(text, chars) for text, chars in spans if people.is_name(people.clean_name(text))]
    if sum(chars for _, chars in names) < _MIN_NAME_SPANS_SHARE * run.source_chars:
        return []
    return [text for text, _ in names]


def _is_in_author_block(run: TextRun) -> bool:
    """Return True if the class names right around the line mean an author."""
    flags = text_density.nearby_flags(run.block)
    return bool(flags & (class_names.BYLINE | class_names.BIO)) and not flags & class_names.COMMENTS


def _has_prefix(text: str) -> bool:
    """Return True for a short line that begins like "By A. Name"."""
    low = text[: people.MAX_LINE_CHARS].lower()
    if people.is_byline(text):
        return True
    if not low.startswith(people.PREFIXES):
        return False
    for prefix in people.PREFIXES:
        if low.startswith(prefix) and len(prefix) > 1:
            rest = text[len(prefix) :]
            return (
                rest[:1] in " :\u00a0"
                and people.begins_like_name(rest.strip(" :\u00a0"))
                and len(text.split()) <= _MAX_BYLINE_WORDS
            )
    return False
