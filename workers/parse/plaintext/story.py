"""Reads the text of a flattened page from its first paragraph to its last, with all between."""

from datetime import datetime

from schemas.article import Block
from workers.parse.fields.extraction_result import Dropped
from workers.parse.plaintext import between_paragraphs
from workers.parse.plaintext.between_paragraphs import Interlude, InterludeContext
from workers.parse.plaintext.line_classifier import ClassifiedLine, LineKind
from workers.parse.text import lexicon

# Lines that end a story, with the share (0..1) of all words of prose that must be above them.
_MIN_SHARE_ABOVE = {LineKind.COMMENTS: 0.3, LineKind.STORY_LIST: 0.7, LineKind.RIGHTS_NOTICE: 0.7}
_MIN_PARAGRAPHS = 2
_MAX_BIOGRAPHY_WORDS = 59


def read_story(
    lines: list[ClassifiedLine],
    published: datetime | None,
    language: str,
    authors: tuple[str, ...],
) -> Interlude:
    """Return blocks, pictures, teasers and dropped lines from the first paragraph on."""
    end = _find_end(lines)
    story = Interlude()
    pending: list[ClassifiedLine] = []
    paragraphs: set[str] = set()
    for line in lines[:end]:
        if line.kind is not LineKind.PROSE:
            pending.append(line)
            continue
        _add_interlude(story, pending, _context(story, published, language, is_inside=True))
        pending = []
        _add_paragraph(story, line, paragraphs)
    context = _context(story, published, language, is_inside=False)
    _add_interlude(story, pending, context)
    _add_tail(story, lines[end:], context)
    _drop_biography(story, authors)
    return story


def _find_end(lines: list[ClassifiedLine]) -> int:
    """Return the index of the line that opens comments or other stories; else how many lines.

    It is the first such line with enough of the text above it.
    """
    words = [len(line.text.split()) if line.kind is LineKind.PROSE else 0 for line in lines]
    total, above, paragraphs = sum(words), 0, 0
    for index, line in enumerate(lines):
        above += words[index]
        paragraphs += words[index] > 0
        if line.kind not in _MIN_SHARE_ABOVE:
            continue
        is_late = paragraphs >= _MIN_PARAGRAPHS and above >= _MIN_SHARE_ABOVE[line.kind] * total
        if is_late or above == total:
            return index
    return len(lines)


def _add_interlude(
    story: Interlude, lines: list[ClassifiedLine], context: InterludeContext
) -> None:
    if not lines:
        return
    interlude = between_paragraphs.read_interlude(lines, context)
    story.blocks += interlude.blocks
    story.pictures += interlude.pictures
    story.related += interlude.related
    story.dropped += interlude.dropped


def _add_tail(story: Interlude, lines: list[ClassifiedLine], context: InterludeContext) -> None:
    """Keep only teasers of what follows the end of the story; under comments not even those."""
    if not lines:
        return
    reason = lines[0].kind.value
    prose = (LineKind.PROSE, LineKind.ASIDE)
    story.dropped += [Dropped(reason, line.text) for line in lines if line.kind in prose]
    tail = between_paragraphs.read_interlude(
        [line for line in lines if line.kind not in prose], context
    )
    story.dropped += tail.dropped
    if lines[0].kind is not LineKind.COMMENTS:
        story.related += tail.related


def _add_paragraph(story: Interlude, line: ClassifiedLine, paragraphs: set[str]) -> None:
    if line.text in paragraphs:
        story.dropped.append(Dropped("repeated", line.text))
        return
    paragraphs.add(line.text)
    kind = "quote" if line.mark == "quote" else "paragraph"
    story.blocks.append(Block(kind, line.text))  # type: ignore[arg-type]  # one of two kinds


def _context(
    story: Interlude, published: datetime | None, language: str, *, is_inside: bool
) -> InterludeContext:
    text_before = story.blocks[-1].text if story.blocks else ""
    return InterludeContext(text_before, is_inside, published, language)


def _drop_biography(story: Interlude, authors: tuple[str, ...]) -> None:
    """Drop a last paragraph that begins with the author's name and says who that is."""
    if len(story.blocks) < _MIN_PARAGRAPHS:
        return
    text = story.blocks[-1].text
    words = {word.strip(".,;") for word in text.lower().split()}
    author_words = words & lexicon.words("flattened", "authors")
    is_biography = bool(author_words) and len(words) <= _MAX_BIOGRAPHY_WORDS
    if is_biography and authors and text.startswith(authors):
        story.blocks.pop()
        story.dropped.append(Dropped("biography", text))
