"""Reads fields by an outlet's own selectors, where the general rules are not enough."""

from datetime import date, datetime

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from schemas.outlet import OutletLayout
from workers.parse.html import tree
from workers.parse.text import date_parsing

LIST_FIELDS = ("authors", "tags")
DATE_FIELDS = ("published", "modified")

Value = str | tuple[str, ...] | datetime


class SelectedFields(Struct, frozen=True):
    """What the selectors of one layout matched; `body` has the nodes with the text."""

    fields: dict[str, Value]
    origins: dict[str, str]
    body: tuple[LexborNode, ...]
    notes: tuple[str, ...]


def choose_layout(
    layouts: tuple[OutletLayout, ...], published: datetime | None
) -> OutletLayout | None:
    """Return the layout in force on the day of publication, or None if all had ended by then.

    A page without a date has the newest layout.
    """
    day = published.date() if published else date.max
    ordered = sorted(layouts, key=lambda layout: layout.until or date.max)
    return next((layout for layout in ordered if layout.until is None or day <= layout.until), None)


def select_fields(
    document: LexborHTMLParser,
    layout: OutletLayout,
    language: str = "",
    now: datetime | None = None,
) -> SelectedFields:
    """Return what the layout's selectors match. No date is after `now`, if it is given.

    Never raises: a selector that is broken or matches nothing becomes a note.
    """
    fields: dict[str, Value] = {}
    origins: dict[str, str] = {}
    notes: list[str] = []
    body: tuple[LexborNode, ...] = ()
    for name, selector in layout.selectors.items():
        try:
            nodes = document.css(selector)
        except (SelectolaxError, ValueError, RuntimeError):
            notes.append(f"selector for {name} cannot be read: {selector}")
            continue
        value = _value(name, nodes, language, now)
        if name == "body":
            body = tuple(nodes)
        elif value:
            fields[name] = value
        if (name == "body" and not nodes) or (name != "body" and not value):
            notes.append(f"selector for {name} finds nothing: {selector}")
        else:
            origins[name] = f"selector {selector}"
    return SelectedFields(fields, origins, body, tuple(notes))


def _value(name: str, nodes: list[LexborNode], language: str, now: datetime | None) -> Value | None:
    if name in LIST_FIELDS:
        return tuple(dict.fromkeys(text for node in nodes if (text := _text(node))))
    if name in DATE_FIELDS:
        dates = (_date(node, language) for node in nodes)
        return next((value for value in dates if date_parsing.is_past(value, now)), None)
    return next((text for node in nodes if (text := _text(node))), None)


def _text(node: LexborNode) -> str:
    attributes = node.attributes
    return " ".join((attributes.get("content") or node.text()).split())


def _date(node: LexborNode, language: str) -> datetime | None:
    attributes = node.attributes
    value = attributes.get("datetime") or attributes.get("content") or ""
    return date_parsing.parse_timestamp(value) or date_parsing.find_date(_text(node), language)


def build_tree(nodes: tuple[LexborNode, ...]) -> tree.PageTree:
    """Return a page of only the runs below the selected nodes, in page order."""
    root = tree.BlockElement("body", {}, None, 0)
    page = tree.PageTree(root)
    for node in nodes:
        part = tree.build_tree(node, include_hidden=True, tag=node.tag or "div")
        offset = len(page.blocks)
        for block in part.blocks:
            block.order += offset
            block.depth += 1
        part.blocks[0].parent = root
        page.blocks += part.blocks
        for run in part.runs:
            run.order = len(page.runs)
            page.runs.append(run)
    return page
