"""The numbers by which a run of text is judged; `NAMES` gives their order."""

from functools import lru_cache
from typing import Final

from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.ancestry import TAGS
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.position import Positions
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import NOT_THE_STORY, TextMeasure
from workers.parse.text import lexicon

KINDS: Final = {
    "p": 1,
    "div": 2,
    "li": 3,
    "td": 4,
    "th": 4,
    "blockquote": 5,
    "figcaption": 6,
    "section": 7,
    "article": 7,
    "header": 8,
    "dt": 10,
    "dd": 10,
    "aside": 12,
    "pre": 13,
    **dict.fromkeys(HEADINGS, 20),
}
NEAR: Final = (
    class_names.RELATED,
    class_names.SHARE
    | class_names.NEWSLETTER
    | class_names.ADVERT
    | class_names.NAV
    | class_names.FOOTER
    | class_names.CONSENT,
    class_names.BYLINE | class_names.BIO,
    class_names.DATE | class_names.TAGS,
    class_names.CAPTION,
    class_names.SIDEBAR,
    class_names.LEAD,
    class_names.BODY,
    class_names.EMBED,
    class_names.PICTURE,
)
INSIDE: Final = tuple(TAGS[tag] for tag in ("p", "li", "list", "aside"))
PROMPT_WORDS: Final = lexicon.words("vocabulary", "prompt")
CREDIT_WORDS: Final = lexicon.words("vocabulary", "credit")
_LONG: Final = 120
_FAR: Final = 99
_SAMPLE: Final = 240

FEATURE_NAMES: Final[list[str]] = (
    "near_related near_clutter near_byline near_meta near_caption near_sidebar near_lead "
    "near_body near_embed near_picture in_p in_li in_list in_aside kind "
    "words chars sentence linked bold italic wrapped links "
    "description_share prompt_words credit_words names_author repeats "
    "out depth parent_prose class_prose class_core box_share parent_runs "
    "branch_share branch_linked branch_runs branch_words branch_pictures branch_said "
    "branch_teasers branch_size parent_share parent_linked parent_words parent_pictures "
    "parent_teasers foreign_article core_share core_depth "
    "place from_first to_last from_title gap_before gap_after text_before picture_before "
    "words_before words_after sentence_before sentence_after linked_before linked_after "
    "clutter_before clutter_after same_before same_after"
).split()


@lru_cache(maxsize=20_000)
def of_names(near: int, far: int, tags: int, tag: str) -> tuple[float, ...]:
    """What class names and tags say; the same few combinations stand on all pages."""
    row: list[float] = [2 if near & flag else 1 if far & flag else 0 for flag in NEAR]
    row += [1 if tags & inside else 0 for inside in INSIDE]
    row.append(KINDS.get(tag, 0))
    return tuple(row)


def of_text(run: TextRun, size: TextMeasure) -> tuple[float, ...]:
    """Sizes and inline markup."""
    if not run.marks:
        return (size.words, size.chars, size.is_sentence, size.linked, 0, 0, 0, 0)
    bold = italic = wrapped = links = 0
    length = run.length or 1
    for tag, _, chars, _ in run.marks:
        if tag == "a":
            links += 1
        elif tag in ("b", "strong"):
            bold += chars
        elif tag in ("em", "i"):
            italic += chars
        elif chars > 0.8 * length:
            wrapped = 1
    row = (size.words, size.chars, size.is_sentence, size.linked)
    return (*row, bold / length, italic / length, wrapped, links)


def of_words(scene: PageAnalysis, run: TextRun, size: TextMeasure) -> tuple[float, ...]:
    """Words shared with the head of the page, and words of prompts and credits."""
    repeats = scene.counts.get(run.text, 0) > 1
    if size.words > _LONG:
        return (0, 0, 0, 0, repeats)
    words = frozenset(run.text[:_SAMPLE].lower().split())
    return (
        _shared(words, scene.description_words) / len(words),
        _shared(words, PROMPT_WORDS),
        _shared(words, CREDIT_WORDS),
        _names_any(run.text, scene.clues.authors),
        repeats,
    )


def _names_any(text: str, authors: tuple[str, ...]) -> bool:
    if not authors:
        return False
    low = text.lower()
    return any(name in low for name in authors)


def _shared(words: frozenset[str], others: frozenset[str]) -> int:
    return 0 if words.isdisjoint(others) else len(words & others)


Neighbour = tuple[float, bool, float, int, str]
NOBODY: Final[Neighbour] = (0.0, False, 1.0, 0, "")


def as_neighbour(scene: PageAnalysis, at: int) -> Neighbour:
    """Words, sentence, linked, clutter of a run, as the ones beside it see it; and its tag."""
    box, size = scene.page.runs[at].box, scene.measures[at]
    clutter = (scene.contexts[box.order].all & NOT_THE_STORY).bit_count()
    return size.words, size.is_sentence, size.linked, clutter, box.tag


def _neighbours(scene: PageAnalysis, texts: list[int], places: list[int]) -> dict[int, Neighbour]:
    """The runs before and after each of `places`, by their places in `texts`."""
    wanted = {n + 1 for n in places} | {n - 1 for n in places}
    found = {n: as_neighbour(scene, texts[n]) for n in wanted if 0 <= n < len(texts)}
    return {-1: NOBODY, len(texts): NOBODY} | found


def table(scene: PageAnalysis, texts: list[int], judged: list[int]) -> list[list[float]]:
    """A row of features for each run of `judged`, a part of `texts`, both in page order."""
    if not judged:
        return []
    runs, measures = scene.page.runs, scene.measures
    solid = scene.solid
    first, last = (solid[0], solid[-1]) if solid else (0, len(runs))
    before, after, text_before = _gaps(scene, texts)
    position = {order: n for n, order in enumerate(texts)}
    beside = _neighbours(scene, texts, [position[at] for at in judged])
    places = Positions(scene)
    rows = []
    for at in judged:
        run, size = runs[at], measures[at]
        seen = scene.contexts[run.box.order]
        n = position[at]
        tag = run.box.tag
        left, right = beside[n - 1], beside[n + 1]
        row = [
            *of_names(seen.near, seen.all, seen.tags, tag),
            *of_text(run, size),
            *of_words(scene, run, size),
            *places.of(run, seen),
            n / len(texts),
            first - at,
            last - at,
            at - scene.title_at,
            before[n],
            after[n],
            text_before[n],
            at > 0 and runs[at - 1].kind == "image",
            *_side_by_side(left, right),
            left[4] == tag,
            right[4] == tag,
        ]
        rows.append(row)
    return rows


def _side_by_side(left: Neighbour, right: Neighbour) -> tuple[float, ...]:
    return left[0], right[0], left[1], right[1], left[2], right[2], left[3], right[3]


def _gaps(scene: PageAnalysis, texts: list[int]) -> tuple[list[int], list[int], list[float]]:
    """For each of `texts`: runs since the last solid one, runs to the next, and the part of the
    solid text that stands before it."""
    solid = frozenset(scene.solid)
    whole = sum(scene.measures[order].chars for order in scene.solid) or 1
    before, after, share = [], [_FAR] * len(texts), []
    last, chars = -1, 0
    for order in texts:
        before.append(order - last if last >= 0 else _FAR)
        share.append(chars / whole)
        if order in solid:
            last, chars = order, chars + scene.measures[order].chars
    upcoming = -1
    for n in range(len(texts) - 1, -1, -1):
        if upcoming >= 0:
            after[n] = upcoming - texts[n]
        if texts[n] in solid:
            upcoming = texts[n]
    return before, after, share
