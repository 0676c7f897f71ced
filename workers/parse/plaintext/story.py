"""The text of a flattened page from its first paragraph to its last, and what stands between."""

from datetime import datetime

from schemas.article import Block
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import between_paragraphs
from workers.parse.plaintext.between_paragraphs import Interlude, InterludeContext
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import lexicon

# What ends a story, and the part of all sentences that must stand above it.
_ENDS = {LineKind.COMMENTS: 0.3, LineKind.LIST: 0.7, LineKind.RIGHTS: 0.7}
_FEWEST_BEFORE_END = 2
_BIO_WORDS = 60


def read(
    page: list[ClassifiedLine], day: datetime | None, language: str, authors: tuple[str, ...]
) -> Interlude:
    """Everything from the first paragraph on."""
    end = _end(page)
    found = Interlude()
    waiting: list[ClassifiedLine] = []
    told: set[str] = set()
    for seen in page[:end]:
        if seen.kind is not LineKind.PROSE:
            waiting.append(seen)
            continue
        _add(
            found,
            waiting,
            InterludeContext(_last_text(found), is_inside=True, day=day, language=language),
        )
        waiting = []
        _add_paragraph(found, seen, told)
    last = InterludeContext(_last_text(found), is_inside=False, day=day, language=language)
    _add(found, waiting, last)
    _add_tail(found, page[end:], last)
    _drop_biography(found, authors)
    return found


def _end(page: list[ClassifiedLine]) -> int:
    """The order of the line under which readers' comments or other stories begin: the first that
    says so and has the most of the text above it."""
    words = [len(seen.text.split()) if seen.kind is LineKind.PROSE else 0 for seen in page]
    total, above, sentences = sum(words), 0, 0
    for n, seen in enumerate(page):
        above += words[n]
        sentences += words[n] > 0
        is_late = sentences >= _FEWEST_BEFORE_END and above >= _ENDS.get(seen.kind, 2.0) * total
        if seen.kind in _ENDS and (is_late or above == total):
            return n
    return len(page)


def _add(found: Interlude, lines: list[ClassifiedLine], around: InterludeContext) -> None:
    if not lines:
        return
    gap = between_paragraphs.read(lines, around)
    found.blocks += gap.blocks
    found.pictures += gap.pictures
    found.related += gap.related
    found.dropped += gap.dropped


def _add_tail(found: Interlude, lines: list[ClassifiedLine], around: InterludeContext) -> None:
    """Of what follows the end only teasers are kept."""
    if not lines:
        return
    reason = lines[0].kind.value
    spoken = (LineKind.PROSE, LineKind.ASIDE)
    found.dropped += [Dropped(reason, seen.text) for seen in lines if seen.kind in spoken]
    gap = between_paragraphs.read([seen for seen in lines if seen.kind not in spoken], around)
    found.dropped += gap.dropped
    if lines[0].kind is not LineKind.COMMENTS:
        found.related += gap.related


def _add_paragraph(found: Interlude, seen: ClassifiedLine, told: set[str]) -> None:
    if seen.text in told:
        found.dropped.append(Dropped("repeated", seen.text))
        return
    told.add(seen.text)
    kind = "quote" if seen.line.mark == "quote" else "paragraph"
    found.blocks.append(Block(kind, seen.text))  # type: ignore[arg-type]  # one of two kinds


def _last_text(found: Interlude) -> str:
    return found.blocks[-1].text if found.blocks else ""


def _drop_biography(found: Interlude, authors: tuple[str, ...]) -> None:
    """A last paragraph that begins with the author's name and says what he or she is."""
    if len(found.blocks) < _FEWEST_BEFORE_END:
        return
    text = found.blocks[-1].text
    words = {word.strip(".,;") for word in text.lower().split()}
    is_told = bool(words & lexicon.words("flattened", "authors")) and len(words) < _BIO_WORDS
    if is_told and authors and text.startswith(authors):
        found.blocks.pop()
        found.dropped.append(Dropped("biography", text))
