"""A page's HTML in, a clean article out."""

from selectolax.lexbor import LexborHTMLParser

from schemas.article import Article, Block
from schemas.events import Reason
from schemas.outlet import Layout
from workers.outcomes import GiveUp
from workers.parse import byline, dates, decoding, metadata, title, tree
from workers.parse.body import prose, region
from workers.parse.reading import Dropped, Reading


def read(
    html: bytes | str, url: str, layouts: tuple[Layout, ...] = (), content_type: str = ""
) -> Reading:
    """Raises GiveUp for input that holds no article that could be read."""
    text = decoding.decode(html, content_type)
    document = LexborHTMLParser(text)
    body = document.body
    if body is None:
        raise GiveUp(Reason.UNREADABLE, "no document in the input")
    page = tree.walk(body)
    head = metadata.read(document, page.loose)
    headline, title_origin = title.find(page, head)
    measures = [prose.measure(run) for run in page.runs]
    prose.weigh(page, measures)
    core = region.core(page)
    path = region.path_of(core)
    blocks, dropped = [], []
    for run, size in zip(page.runs, measures, strict=True):
        if run.kind != "text" or region.steps_out(run.box, path):
            continue
        reason = judge(run, size, core, headline)
        if reason:
            dropped.append(Dropped(reason, run.text[:80]))
            continue
        kind = "heading" if run.box.tag in ("h2", "h3", "h4", "h5") else "paragraph"
        blocks.append(Block(kind, run.text))
    authors, authors_origin = byline.find(page, head)
    published, published_origin = dates.published(page, head, url)
    article = Article(
        url=url, title=headline, blocks=tuple(blocks), authors=authors, published=published
    )
    origins = {"title": title_origin, "authors": authors_origin, "published": published_origin}
    return Reading(article, origins, tuple(dropped))


def judge(run: tree.Run, size: prose.Measure, core: tree.Box, headline: str) -> str:
    if size.linked > 0.6 and size.words < 40:
        return "links"
    if run.box.tag == "h1" or run.text == headline:
        return "headline"
    box = run.box
    while box is not None and box is not core:
        if box.tag in prose.CLUTTER_TAGS:
            return box.tag
        if prose.flags_of(box) & prose.NOT_THE_STORY:
            return "names"
        box = box.parent
    return ""


def extract(html: bytes | str, url: str) -> dict[str, object]:
    """The shape that benchmarks take: title, body, authors, published (ISO 8601 or None)."""
    try:
        article = read(html, url).article
    except GiveUp:
        return {"title": None, "body": "", "authors": [], "published": None}
    return {
        "title": article.title,
        "body": article.body,
        "authors": list(article.authors),
        "published": article.published.isoformat() if article.published else None,
    }
