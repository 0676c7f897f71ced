"""Pictures of the story, with their captions and credits."""

import re
from typing import Final

from schemas.article import Image
from workers.parse.html import class_names
from workers.parse.html.markup import Attributes, join_url
from workers.parse.html.metadata import Metadata
from workers.parse.html.tree import BlockElement, TextRun
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.text_density import ancestry, is_within

_CREDIT: Final = re.compile(
    r"(?i)^\W*(?:photos?|fotos?|images?|bild(?:quelle)?|credits?|crédits?|source|quelle|fuente|fonte|"
    r"фото|источник|courtesy|©|\(c\)|copyright|picture|illustration|写真|提供)\b\s*(?:by|von|de|di)?\s*[:：/©]?\s*|^©\s*"
)
_INNER_CREDIT: Final = re.compile(
    r"(?i)\s*[(\[]?\s*((?:photos?(?: by)?|fotos?|images?|bild(?:quelle)?|credits?|crédits?|quelle|"
    r"source|фото|copyright)\s*[:：/]\s*[^()\[\]]{2,80}|©[^()\[\]]{2,80})[)\]]?\s*$"
)
_SOURCES: Final = ("data-src", "data-original", "data-lazy-src", "data-url", "src")
_TINY: Final = 60
_NO_PICTURE: Final = re.compile(
    r"(?i)logo|icon|avatar|sprite|pixel|spacer|blank|1x1|emoji|badge|gravatar|\.svg"
)
_MOST: Final = 40


def address(attributes: Attributes) -> str:
    """The address of a picture or an embed, from lazy attributes, srcset or src."""
    for name in _SOURCES:
        value = (attributes.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value
    for name in ("srcset", "data-srcset"):
        value = (attributes.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return value.split()[0].rstrip(",")
    return ""


def is_picture(run: TextRun) -> bool:
    """True for a picture that may belong to a story: no icon, logo or counting pixel."""
    attributes = run.attributes
    for name in ("width", "height"):
        value = (attributes.get(name) or "").removesuffix("px")
        if value.isdigit() and int(value) < _TINY:
            return False
    where = address(attributes)
    named = (attributes.get("class") or "") + " " + where.rpartition("/")[2]
    return bool(where) and not _NO_PICTURE.search(named)


def is_of_story(scene: PageAnalysis, last: int, teasers: set[int]) -> list[int]:
    """Orders of the pictures between headline and end of the story; `teasers` are the orders of
    boxes that belong to other stories."""
    runs = scene.page.runs
    found = []
    for run in runs[max(0, scene.title_at - 4) : last + 3]:
        if run.kind != "image" or not is_picture(run):
            continue
        seen = scene.contexts[run.box.order]
        if seen.all & _ELSEWHERE or any(box.order in teasers for box in ancestry(run.box)):
            continue
        if not seen.out or run.order > scene.title_at:
            found.append(run.order)
    return found[:_MOST]


_ELSEWHERE: Final = (
    class_names.RELATED
    | class_names.COMMENTS
    | class_names.ADVERT
    | class_names.BIO
    | class_names.NAV
    | class_names.FOOTER
    | class_names.SHARE
    | class_names.NEWSLETTER
)


def caption_of(scene: PageAnalysis, order: int, kept: frozenset[int]) -> tuple[str, str]:
    """Caption and credit of a picture: the lines in its figure, or in the box right around it,
    that are not the story's."""
    runs = scene.page.runs
    figure = _figure(runs[order])
    if figure is None:
        return "", ""
    captions: list[str] = []
    credit = ""
    for run in runs[max(0, order - 3) : order + 6]:
        if run.kind != "text" or run.order in kept or not is_within(run.box, figure):
            continue
        text, marked = _parted(run)
        credit = credit or marked
        is_credit = _CREDIT.match(run.text) or _credit_named(run)
        if is_credit and not credit and len(run.text) < 120:  # noqa: PLR2004  characters
            credit = _CREDIT.sub("", run.text).strip() or run.text
        elif text and text not in captions:
            captions.append(text)
    caption = " ".join(captions[:2])
    if not credit and (match := _INNER_CREDIT.search(caption)):
        credit = _CREDIT.sub("", match[1]).strip(" )]")
        caption = caption[: match.start()].strip()
    return caption, credit


def _parted(run: TextRun) -> tuple[str, str]:
    """A caption, and the credit that the markup sets apart at its end."""
    for _, node, chars, _ in run.marks:
        own = " ".join(node.text().split()) if chars < 0.9 * run.length else ""
        if own and _says_credit(node.attributes.get("class") or "") and run.text.endswith(own):
            return run.text.removesuffix(own).strip(), _CREDIT.sub("", own).strip()
    return run.text, ""


def _credit_named(run: TextRun) -> bool:
    text = " ".join(filter(None, (run.box.attributes.get(k) for k in ("class", "itemprop"))))
    marks = " ".join(
        node.attributes.get("class") or ""
        for _, node, chars, _ in run.marks
        if chars > 0.9 * run.length
    )
    return _says_credit(f"{text} {marks}")


def _says_credit(named: str) -> bool:
    low = named.lower()
    return any(word in low for word in ("credit", "copyright", "photographer", "source", "rights"))


def _figure(run: TextRun) -> BlockElement | None:
    boxes = ancestry(run.box, 5)
    for box in boxes:
        if box.tag in ("figure", "amp-story") or box.flags & class_names.CAPTION:
            return box
    return boxes[1] if len(boxes) > 2 and boxes[0].tag in ("picture", "a") else boxes[0]  # noqa: PLR2004


def lead_address(head: Metadata, base: str) -> str:
    """The picture that the page shows for itself elsewhere."""
    if value := head.value("og:image", "og:image:url", "twitter:image", "twitter:image:src"):
        return join_url(base, value)
    for node in head.articles:
        image = node.get("image")
        image = image[0] if isinstance(image, list) and image else image
        where = image.get("url") if isinstance(image, dict) else image
        if isinstance(where, str) and where:
            return join_url(base, where)
    return ""


def images(
    scene: PageAnalysis,
    orders: list[int],
    captions: dict[int, tuple[str, str]],
    lead: str,
    base: str,
) -> tuple[Image, ...]:
    """The story's pictures, the lead first if the page has one; none twice."""
    runs = scene.page.runs
    first = scene.solid[0] if scene.solid else len(runs)
    found: list[Image] = []
    seen: set[str] = set()
    for order in orders:
        where = join_url(base, address(runs[order].attributes))
        caption, credit = captions.get(order, ("", ""))
        if not where or where in seen:
            continue
        seen.add(where)
        is_lead = not found and order < first
        found.append(Image(where, caption or None, credit or None, is_lead))
    if lead and not any(image.is_lead for image in found) and lead not in seen:
        found.insert(0, Image(lead, is_lead=True))
    return tuple(found)
