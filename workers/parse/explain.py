"""A reading as a page of text, for the operator who asks why an article looks as it does."""

from msgspec import structs

from schemas.article import Article, Block, Image, Related
from workers.parse.reading import Reading

_LONG_FIELDS = frozenset(("blocks", "images", "related", "notes", "url"))


def render(reading: Reading) -> str:
    """Fields with their origins, then text, pictures, teasers, and what was dropped and why."""
    article = reading.article
    parts = [_fields(article, reading.origins), _text(article)]
    parts.append(_lines("pictures", [_picture(image) for image in article.images]))
    parts.append(_lines("other stories", [_story(one) for one in article.related]))
    parts.append(_lines("dropped", [f"{d.reason:<22} {_cut(d.text, 74)}" for d in reading.dropped]))
    parts.append(_lines("notes", list(article.notes)))
    return "\n\n".join(part for part in parts if part) + "\n"


def _fields(article: Article, origins: dict[str, str]) -> str:
    lines = [article.url]
    for name, value in structs.asdict(article).items():
        if name in _LONG_FIELDS:
            continue
        shown = _cut(_value(value), 66) if value not in (None, "", ()) else "-"
        origin = origins.get(name, "")
        lines.append(f"  {name:<14} {shown}" + (f"   [{origin}]" if origin else ""))
    return "\n".join(lines)


def _value(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _text(article: Article) -> str:
    words = len(article.body.split())
    head = f"text: {len(article.blocks)} blocks, {words} words"
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


def _lines(head: str, lines: list[str]) -> str:
    return "\n".join([head, *(f"  {line}" for line in lines)]) if lines else ""


def _cut(text: str, width: int) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"
