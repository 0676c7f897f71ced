"""A page's HTML in, a clean article out."""

from msgspec import Struct
from selectolax.lexbor import LexborHTMLParser

from schemas.article import Article, Block
from schemas.events import Reason
from schemas.outlet import Layout
from workers.outcomes import GiveUp
from workers.parse import byline, dates, decoding, metadata, title, tree
from workers.parse.body import prose, scene, selection
from workers.parse.reading import Dropped, Reading


class Prepared(Struct):
    page: tree.Page
    head: metadata.Metadata
    scene: scene.Scene
    title: tuple[str, str]
    authors: tuple[tuple[str, ...], str]


def prepare(html: bytes | str, url: str, content_type: str = "") -> Prepared:
    text = decoding.decode(html, content_type)
    document = LexborHTMLParser(text)
    body = document.body
    if body is None:
        raise GiveUp(Reason.UNREADABLE, "no document in the input")
    page = tree.walk(body)
    head = metadata.read(document, page.loose)
    headline = title.find(page, head, url)
    authors = byline.find(page, head, url)
    clues = scene.Clues(
        headline=" ".join(headline[0].lower().split()),
        description=head.value("og:description", "description", "twitter:description").lower(),
        authors=tuple(a.lower() for a in authors[0] if len(a) > 4),
    )
    found = look(page, clues, headline[0])
    if found.core.prose < 400 and page.left_out:
        whole = look(tree.walk(body, everything=True), clues, headline[0])
        if whole.core.prose > 2 * found.core.prose + 200:
            found = whole
    authors = byline.find(found.page, head, url, opening(found))
    return Prepared(found.page, head, found, headline, authors)


def opening(found: scene.Scene) -> tuple[int, int]:
    """Where a byline may stand: from a little before the headline to the first paragraphs."""
    first = found.solid[0] if found.solid else found.title_at
    return found.title_at - 6, max(first, found.title_at) + 4


def look(page: tree.Page, clues: scene.Clues, headline: str) -> scene.Scene:
    measures = [prose.measure(run) for run in page.runs]
    return scene.build(page, measures, clues, title.box_of(page, headline))


def read(
    html: bytes | str, url: str, layouts: tuple[Layout, ...] = (), content_type: str = ""
) -> Reading:
    """Raises GiveUp for input that holds no article that could be read."""
    found = prepare(html, url, content_type)
    choice = selection.choose(found.scene)
    runs = found.page.runs
    blocks = []
    for at in choice.kept:
        run = runs[at]
        kind = "heading" if run.box.tag in ("h2", "h3", "h4", "h5") else "paragraph"
        blocks.append(Block(kind, run.text))
    dropped = tuple(
        Dropped(reason, runs[at].text[:80]) for at, reason in sorted(choice.dropped.items())
    )
    published, published_origin = dates.published(found.page, found.head, url, opening(found.scene))
    article = Article(
        url=url,
        title=found.title[0],
        blocks=tuple(blocks),
        authors=found.authors[0],
        published=published,
    )
    origins = {"title": found.title[1], "authors": found.authors[1], "published": published_origin}
    return Reading(article, origins, dropped)


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
