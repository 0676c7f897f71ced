"""The fields of the query language, and how each is searched."""

from typing import Final, Literal

from msgspec import Struct


class Field(Struct, frozen=True):
    """`kind` says what a value is: an exact name, words of a name, text, a language, a date …
    `paths` are fields of the index; `help` is one line for people."""

    kind: Literal[
        "name",
        "words",
        "text",
        "language",
        "address",
        "after",
        "before",
        "on",
        "number",
        "missing",
        "collection",
        "place",
        "statement",
    ]
    paths: tuple[str, ...]
    help: str


# Kinds of fields whose values are times.
TIME_KINDS: Final = frozenset({"after", "before", "on"})
FIELDS: Final[dict[str, Field]] = {
    "title": Field("text", ("title",), "words of the headline"),
    "body": Field("text", ("body",), "words of the text"),
    "caption": Field("text", ("captions",), "words under pictures"),
    "quote": Field("text", ("quotes",), "words of block quotations"),
    "outlet": Field("name", ("outlet", "site_name"), "outlet's id or name, or several: a,b"),
    "collection": Field("collection", ("outlet",), "a named set of outlets, see Outlets"),
    "country": Field("name", ("country",), "outlet's country, as in us"),
    "lang": Field("language", ("language",), "language, as in de or pt-br"),
    "author": Field("words", ("authors",), "name in the byline, or part of it"),
    "section": Field("words", ("section",), "section of the outlet"),
    "tag": Field("words", ("tags",), "the outlet's own tag"),
    "agency": Field("words", ("source",), "news agency or other source"),
    "place": Field(
        "place",
        ("place_countries", "places", "dateline"),
        "country or city told of, in any language",
    ),
    "name": Field("words", ("names",), "capitalised name in the text: person, firm, place …"),
    "said": Field("statement", ("statements.text",), "words that somebody is quoted with; see by"),
    "by": Field("statement", ("statements.speaker",), "who said it: said:flood by:quill"),
    "cluster": Field("name", ("cluster_id",), "id of a cluster of reprints"),
    "event": Field("name", ("event_id",), "id of an event in the news"),
    "role": Field("name", ("role",), "original, reprint, excerpt or update"),
    "kind": Field("name", ("kind",), "article or live_blog"),
    "id": Field("name", ("document_id",), "id of an article"),
    "url": Field("address", ("url", "canonical_url"), "address, or its beginning with a *"),
    "after": Field("after", ("time",), "2026-03, 2026-03-02, or 7d for the last seven days"),
    "before": Field("before", ("time",), "as after; the day itself does not count"),
    "on": Field("on", ("time",), "a day, month or year, or a range: 2026-03-01..2026-03-07"),
    "words": Field("number", ("words",), "length in words: 500, 100..500, 500.. or ..500"),
    "changed": Field(
        "on", ("changed_at",), "when the text was last changed, as on: 7d, 2026-03-02"
    ),
    "changes": Field("number", ("changes",), "how often the text was changed: 1, 2.."),
    "changed_words": Field(
        "number", ("changed_words",), "words that the last change touched: 50.."
    ),
    "changed_in": Field("name", ("changed_in",), "title, subtitle, body or authors"),
    "missing": Field(
        "missing", (), "a field that the article lacks: author, section, agency, date …"
    ),
    "shared": Field("number", ("shared",), "part shared with the original, as in 0.8..1"),
}

# Names that other search languages use.
ALIASES: Final[dict[str, str]] = {
    "byline": "author",
    "authors": "author",
    "language": "lang",
    "source": "agency",
    "headline": "title",
    "text": "body",
    "tags": "tag",
    "since": "after",
    "until": "before",
    "dateline": "place",
}

# The fields that words without a field are searched in, with their weights.
TEXT_WEIGHTS: Final[dict[str, float]] = {
    "title": 3.0,
    "subtitle": 1.5,
    "body": 1.0,
    "captions": 0.5,
}

# What `missing:` takes: fields of the query language that an article may lack, and their paths.
MISSING: Final[dict[str, str]] = {
    "date": "published",
    "place": "dateline",
    **{
        name: field.paths[0]
        for name, field in FIELDS.items()
        if name
        in {"author", "section", "tag", "agency", "name", "lang", "caption", "quote", "body"}
    },
}
