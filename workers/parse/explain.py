"""Renders an extraction result as text, for operators who ask why an article looks as it does."""

from collections import Counter

from msgspec import structs

from schemas.article import INDEXED_KINDS, Article, Block, Image, Related
from workers.parse import extract, step
from workers.parse.body import content, selection
from workers.parse.fields.extraction_result import Dropped, ExtractionResult

_LONG_FIELDS = frozenset(("blocks", "images", "related", "notes", "url"))
_VALUE_WIDTH, _BLOCK_WIDTH, _CAPTION_WIDTH, _TITLE_WIDTH, _DROPPED_WIDTH = 66, 86, 60, 70, 74


def render(result: ExtractionResult) -> str:
    """Return fields with their origins, then text, pictures, teasers, and what was dropped."""
    article = result.article
    text = _render_text(article, result.origins.get("blocks", ""))
    parts = [
        _render_fields(article, result.origins),
        text,
        _render_list("pictures", [_render_image(image) for image in article.images]),
        _render_list("other stories", [_render_teaser(teaser) for teaser in article.related]),
        _render_dropped(result.dropped),
        _render_list("notes", list(article.notes)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def render_rejected(html: bytes, url: str, content_type: str, reason: str) -> str:
    """Return the same for a page without an article: its fields and what was dropped.

    Raises:
        PermanentFailure: the page cannot be parsed at all (UNREADABLE).
    """
    page = extract.prepare(html, url, content_type)
    runs = selection.select(page.analysis)
    dropped = extract.list_dropped(content.build_content(page.analysis, runs, page.head, url))
    lines = [url, f"  no article     {reason}"]
    fields = {"title": page.title, "authors": page.authors, "published": page.published}
    for name, (value, origin) in fields.items():
        lines.append(_render_field(name, value, origin))
    if not dropped:
        lines.append(
            "  text           -   [none outside menus and hidden parts; scripts may draw it]"
        )
    parts = ("\n".join(lines), _render_dropped(dropped))
    return "\n\n".join(part for part in parts if part) + "\n"


def _render_fields(article: Article, origins: dict[str, str]) -> str:
    lines = [article.url]
    if article.kind not in INDEXED_KINDS:
        reason = step.rejection_reason(article.kind)
        lines.append(f"  not indexed    {reason.value}, for its kind")
    for name, value in structs.asdict(article).items():
        if name not in _LONG_FIELDS:
            lines.append(_render_field(name, value, origins.get(name, "")))
    return "\n".join(lines)


def _render_field(name: str, value: object, origin: str) -> str:
    has_value = value not in (None, "", ())
    shown = _shorten(_format_value(value), _VALUE_WIDTH) if has_value else "-"
    return f"  {name:<14} {shown}" + (f"   [{origin}]" if origin and has_value else "")


def _format_value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _render_text(article: Article, origin: str) -> str:
    body = article.body
    head = f"text: {len(article.blocks)} blocks, {len(body.split())} words, {len(body)} characters"
    if origin:
        head += f"   [{origin}]"
    return _render_list(head, [_render_block(block) for block in article.blocks])


def _render_block(block: Block) -> str:
    text = block.text or block.url or ""
    return f"{block.kind:<10} {_shorten(text, _BLOCK_WIDTH)}"


def _render_image(image: Image) -> str:
    lead = "lead  " if image.is_lead else "      "
    caption = _shorten(image.caption or "(no caption)", _CAPTION_WIDTH)
    credit = f"   credit: {image.credit}" if image.credit else ""
    return f"{lead}{caption}{credit}\n        {image.url}"


def _render_teaser(teaser: Related) -> str:
    section = f"   section: {teaser.section}" if teaser.section else ""
    return f"{_shorten(teaser.title, _TITLE_WIDTH)}{section}\n        {teaser.url or '-'}"


def _render_dropped(dropped: tuple[Dropped, ...]) -> str:
    """Return every dropped piece, below the number of them for each reason."""
    counts = Counter(piece.reason for piece in dropped).most_common()
    sums = ", ".join(f"{count} {reason}" for reason, count in counts)
    return _render_list(
        f"dropped: {len(dropped)} lines ({sums})",
        [f"{piece.reason:<22} {_shorten(piece.text, _DROPPED_WIDTH)}" for piece in dropped],
    )


def _render_list(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(f"  {line}" for line in lines)]) if lines else ""


def _shorten(text: str, width: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
