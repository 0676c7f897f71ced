"""A reading as a page of text, for the operator who asks why an article looks as it does."""

from collections import Counter

from msgspec import structs

from schemas.article import INDEXED_KINDS, Article, Block, Image, Related
from schemas.events import Reason
from workers.parse import extract, step
from workers.parse.body import content, selection
from workers.parse.fields.extraction_result import Dropped, ExtractionResult

_LONG_FIELDS = frozenset(("blocks", "images", "related", "notes", "url"))


def render(reading: ExtractionResult) -> str:
    """Fields with their origins, then text, pictures, teasers, and what was dropped and why."""
    article = reading.article
    parts = [_fields(article, reading.origins)]
    parts.append(_text(article, reading.origins.get("blocks", "")))
    parts.append(_lines("pictures", [_picture(image) for image in article.images]))
    parts.append(_lines("other stories", [_story(one) for one in article.related]))
    parts.append(_dropped(reading.dropped))
    parts.append(_lines("notes", list(article.notes)))
    return "\n\n".join(part for part in parts if part) + "\n"


def refused(html: bytes, url: str, content_type: str, reason: str) -> str:
    """As `render`, for a page that gives no article for `reason`: what was found and passed over.

    Raises GiveUp where not even that can be told.
    """
    page = extract.prepare(html, url, content_type)
    found = content.read(page.scene, selection.select(page.scene), page.head, url)
    lines = [url, f"  no article     {reason}"]
    told = {"title": page.title, "authors": page.authors, "published": page.published}
    for name, (value, origin) in told.items():
        lines.append(_field(name, value, origin))
    passed_over = extract.dropped(found)
    if not passed_over:
        lines.append(
            "  text           -   [none outside menus and hidden parts; scripts may draw it]"
        )
    return "\n\n".join(part for part in ("\n".join(lines), _dropped(passed_over)) if part) + "\n"


def _fields(article: Article, origins: dict[str, str]) -> str:
    lines = [article.url]
    if article.kind not in INDEXED_KINDS:
        reason = step.REASON_OF_KIND.get(article.kind, Reason.NOT_AN_ARTICLE)
        lines.append(f"  not indexed    {reason.value}, for its kind")
    for name, value in structs.asdict(article).items():
        if name in _LONG_FIELDS:
            continue
        lines.append(_field(name, value, origins.get(name, "")))
    return "\n".join(lines)


def _field(name: str, value: object, origin: str) -> str:
    is_told = value not in (None, "", ())
    shown = _cut(_value(value), 66) if is_told else "-"
    return f"  {name:<14} {shown}" + (f"   [{origin}]" if origin and is_told else "")


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _text(article: Article, origin: str) -> str:
    body = article.body
    head = f"text: {len(article.blocks)} blocks, {len(body.split())} words, {len(body)} characters"
    if origin:
        head += f"   [{origin}]"
    return _lines(head, [_block(block) for block in article.blocks])


def _block(block: Block) -> str:
    text = block.text or block.url or ""
    return f"{block.kind:<10} {_cut(text, 86)}"


def _picture(image: Image) -> str:
    lead = "lead  " if image.is_lead else "      "
    credit = f"   credit: {image.credit}" if image.credit else ""
    return f"{lead}{_cut(image.caption or '(no caption)', 60)}{credit}\n        {image.url}"


def _story(story: Related) -> str:
    section = f"   section: {story.section}" if story.section else ""
    return f"{_cut(story.title, 70)}{section}\n        {story.url or '-'}"


def _dropped(dropped: tuple[Dropped, ...]) -> str:
    """Every line, below how many there are for each reason."""
    sums = Counter(one.reason for one in dropped).most_common()
    head = f"dropped: {len(dropped)} lines (" + ", ".join(f"{n} {why}" for why, n in sums) + ")"
    return _lines(head, [f"{one.reason:<22} {_cut(one.text, 74)}" for one in dropped])


def _lines(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(f"  {line}" for line in lines)]) if lines else ""


def _cut(text: str, width: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
