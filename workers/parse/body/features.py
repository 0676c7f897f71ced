"""The features by which a run of text is scored; `FEATURE_NAMES` has their order."""

from functools import lru_cache
from typing import Final

from workers.parse.html import class_names
from workers.parse.html.tree import TextRun
from workers.parse.layout.ancestry import TAG_FLAGS
from workers.parse.layout.page_analysis import PageAnalysis
from workers.parse.layout.position import PositionFeatures
from workers.parse.layout.subtree_totals import HEADINGS
from workers.parse.layout.text_density import NOT_THE_STORY, TextMeasure
from workers.parse.text import lexicon

TAG_CODES: Final = {
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
CLASS_CATEGORIES: Final = (
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
ENCLOSING_TAGS: Final = tuple(TAG_FLAGS[tag] for tag in ("p", "li", "list", "aside"))
PROMPT_WORDS: Final = lexicon.words("vocabulary", "prompt")
CREDIT_WORDS: Final = lexicon.words("vocabulary", "credit")
_MAX_COMPARED_WORDS: Final = 120
_NO_NEIGHBOUR_DISTANCE: Final = 99
_SAMPLE_CHARS: Final = 240
_MIN_WRAPPED_SHARE: Final = 0.8

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
def name_features(near: int, far: int, tags: int, tag: str) -> tuple[float, ...]:
    """Return what class names and tags say; all pages share few combinations of them.

    Args:
        near: class categories of the block and its parent, as bits.
        far: those of all blocks around, as bits.
        tags: the tags around, as bits.
        tag: the block's own tag.
    """
    row: list[float] = [2 if near & flag else 1 if far & flag else 0 for flag in CLASS_CATEGORIES]
    row += [1 if tags & enclosing else 0 for enclosing in ENCLOSING_TAGS]
    row.append(TAG_CODES.get(tag, 0))
    return tuple(row)


def text_features(run: TextRun, measure: TextMeasure) -> tuple[float, ...]:
    """Return sizes and shares of inline markup."""
    if not run.spans:
        return (measure.words, measure.chars, measure.is_sentence, measure.link_density, 0, 0, 0, 0)
    bold = italic = wrapped = links = 0
    length = run.source_chars or 1
    for tag, _, chars, _ in run.spans:
        if tag == "a":
            links += 1
        elif tag in ("b", "strong"):
            bold += chars
        elif tag in ("em", "i"):
            italic += chars
        elif chars > _MIN_WRAPPED_SHARE * length:
            wrapped = 1
    row = (measure.words, measure.chars, measure.is_sentence, measure.link_density)
    return (*row, bold / length, italic / length, wrapped, links)


def word_features(analysis: PageAnalysis, run: TextRun, measure: TextMeasure) -> tuple[float, ...]:
    """Return counts of words shared with the description in the head, of prompts and credits."""
    repeats = analysis.text_counts.get(run.text, 0) > 1
    if measure.words > _MAX_COMPARED_WORDS:
        return (0, 0, 0, 0, repeats)
    words = run.text[:_SAMPLE_CHARS].lower().split()
    described = _count_shared(words, analysis.description_words)
    return (
        described / len(frozenset(words)) if described else 0,
        _count_shared(words, PROMPT_WORDS),
        _count_shared(words, CREDIT_WORDS),
        _names_author(run.text, analysis.hints.authors),
        repeats,
    )


def _names_author(text: str, authors: tuple[str, ...]) -> bool:
    if not authors:
        return False
    lower = text.lower()
    return any(name in lower for name in authors)


def _count_shared(words: list[str], others: frozenset[str]) -> int:
    """Return how many different `words` are among the others, which is mostly none."""
    return 0 if others.isdisjoint(words) else len(others.intersection(words))


# Words, is it a sentence, share of links, categories of clutter around it, tag.
Neighbour = tuple[float, bool, float, int, str]
NO_NEIGHBOUR: Final[Neighbour] = (0.0, False, 1.0, 0, "")


def describe_neighbour(analysis: PageAnalysis, order: int) -> Neighbour:
    """Return what the runs beside a run take into account of it."""
    block, measure = analysis.page.runs[order].block, analysis.measures[order]
    clutter = (analysis.ancestries[block.order].all_flags & NOT_THE_STORY).bit_count()
    return measure.words, measure.is_sentence, measure.link_density, clutter, block.tag


def _neighbours(
    analysis: PageAnalysis, texts: list[int], positions: list[int]
) -> dict[int, Neighbour]:
    """Return the runs before and after each of `positions`; these and the keys index `texts`."""
    beside = {n + 1 for n in positions} | {n - 1 for n in positions}
    neighbours = {n: describe_neighbour(analysis, texts[n]) for n in beside if 0 <= n < len(texts)}
    return {-1: NO_NEIGHBOUR, len(texts): NO_NEIGHBOUR} | neighbours


def build_rows(
    analysis: PageAnalysis, texts: list[int], candidates: list[int]
) -> list[list[float]]:
    """Return a row of features for each of `candidates`, a part of `texts`.

    Both are orders of runs, in page order.
    """
    if not candidates:
        return []
    runs, measures = analysis.page.runs, analysis.measures
    solid = analysis.prose_runs
    first, last = (solid[0], solid[-1]) if solid else (0, len(runs))
    before, after, text_before = _distances(analysis, texts)
    positions = {order: n for n, order in enumerate(texts)}
    beside = _neighbours(analysis, texts, [positions[order] for order in candidates])
    places = PositionFeatures(analysis)
    rows = []
    for order in candidates:
        run, measure = runs[order], measures[order]
        ancestry = analysis.ancestries[run.block.order]
        n = positions[order]
        tag = run.block.tag
        left, right = beside[n - 1], beside[n + 1]
        row = [
            *name_features(ancestry.near_flags, ancestry.all_flags, ancestry.tag_flags, tag),
            *text_features(run, measure),
            *word_features(analysis, run, measure),
            *places.build_row(run, ancestry),
            n / len(texts),
            first - order,
            last - order,
            order - analysis.title_order,
            before[n],
            after[n],
            text_before[n],
            order > 0 and runs[order - 1].kind == "image",
            *_interleave(left, right),
            left[4] == tag,
            right[4] == tag,
        ]
        rows.append(row)
    return rows


def _interleave(left: Neighbour, right: Neighbour) -> tuple[float, ...]:
    return left[0], right[0], left[1], right[1], left[2], right[2], left[3], right[3]


def _distances(
    analysis: PageAnalysis, texts: list[int]
) -> tuple[list[int], list[int], list[float]]:
    """Return for each of `texts` three numbers about the runs that are surely of the story:
    how many runs since the last one, how many to the next, the share of their text before it."""
    solid = frozenset(analysis.prose_runs)
    whole = sum(analysis.measures[order].chars for order in analysis.prose_runs) or 1
    before, after, share = [], [_NO_NEIGHBOUR_DISTANCE] * len(texts), []
    last, chars = -1, 0
    for order in texts:
        before.append(order - last if last >= 0 else _NO_NEIGHBOUR_DISTANCE)
        share.append(chars / whole)
        if order in solid:
            last, chars = order, chars + analysis.measures[order].chars
    upcoming = -1
    for n in range(len(texts) - 1, -1, -1):
        if upcoming >= 0:
            after[n] = upcoming - texts[n]
        if texts[n] in solid:
            upcoming = texts[n]
    return before, after, share
