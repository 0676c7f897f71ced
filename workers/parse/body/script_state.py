"""The text as a script of the page has it, for pages whose body is drawn by that script only.

Such states (`__NEXT_DATA__`, `__NUXT__`, Apollo, Fusion, `__PRELOADED_STATE__`) are found by shape:
a list whose items are paragraphs, or one long text, whatever their keys.
"""

import json
import re
from html import unescape
from typing import Final

from selectolax.lexbor import LexborHTMLParser

from schemas.article import Block, body_text

_MIN_CHARS: Final = 400
_MAX_OWN_CHARS: Final = 1_500
_MAX_PAGE_SHARE: Final = 0.3
_MAX_SCRIPT_CHARS: Final = 3_000_000
_MAX_NODES: Final = 100_000
_MAX_TEXT_CHARS: Final = 1_000_000
_MIN_PARAGRAPH_CHARS: Final = 40
_MIN_PARAGRAPHS: Final = 3
# What is assigned begins as JSON does: most objects of a script are none.
_ASSIGNMENT: Final = re.compile(r'=\s*+(?=\{\s*+"|\[\s*+[\[{"])')
# A value that is no JSON after all costs a look at the whole script.
_MAX_FAILURES: Final = 20
_PARAGRAPH_END: Final = re.compile(
    r"(?i)</(?:p|div|h[1-6]|li|blockquote)>|<br\s*/?>\s*<br\s*/?>|\n"
)
_TAG: Final = re.compile(r"<[^>]{0,2000}>")
# What one item of a list of paragraphs calls its text, best first.
_TEXT_KEYS: Final = "text content value html body paragraph data copy children".split()
# Items with such a type are no text.
_OTHER_TYPES: Final = frozenset(
    "image picture video embed ad advert related gallery link promo newsletter byline "
    "comment".split()
)
_SENTENCE_END: Final = re.compile(r"[.!?…。！？।]")


def article_body(document: LexborHTMLParser, page_blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Return the paragraphs in a script's state, if the page's own text is little of them.

    Empty otherwise.
    """
    own_chars = len(body_text(page_blocks))
    if own_chars > _MAX_OWN_CHARS:
        return ()
    best: list[str] = []
    for script in document.css("script"):
        text = script.text()
        if _MIN_CHARS < len(text) < _MAX_SCRIPT_CHARS and _may_be_state(script.attributes, text):
            for state in _parse_states(text):
                paragraphs = find_paragraphs(state)
                if sum(map(len, paragraphs)) > sum(map(len, best)):
                    best = paragraphs
    chars = sum(map(len, best))
    if chars < _MIN_CHARS or own_chars > _MAX_PAGE_SHARE * chars:
        return ()
    return tuple(Block("paragraph", paragraph) for paragraph in best)


def _may_be_state(attributes: dict[str, str | None], text: str) -> bool:
    kind = (attributes.get("type") or "").lower()
    if "ld+json" in kind:
        return False
    return "json" in kind or ("=" in text[:300] and "{" in text[:400])


def _parse_states(text: str) -> list[object]:
    """Return the JSON values in a script: the whole of it, or what is assigned to names."""
    text = text.strip()
    if text[:1] in {"{", "["}:
        try:
            return [json.loads(text)]
        except (ValueError, RecursionError):
            return []
    decoder = json.JSONDecoder()
    states: list[object] = []
    position = failures = 0
    while failures < _MAX_FAILURES and (match := _ASSIGNMENT.search(text, position)):
        try:
            state, position = decoder.raw_decode(text, match.end())
            states.append(state)
        except (ValueError, RecursionError):
            position = match.end()
            failures += 1
    return states


def find_paragraphs(state: object) -> list[str]:
    """Return the list of paragraphs, or the one long text, with the most characters in a state."""
    best: list[str] = []
    best_chars = 0
    stack = [state]
    for _ in range(_MAX_NODES):
        if not stack:
            break
        node = stack.pop()
        paragraphs: list[str] = []
        if isinstance(node, list):
            paragraphs = [text for item in node for text in _item_texts(item)]
            stack += [item for item in node if isinstance(item, (dict, list))]
        elif isinstance(node, dict):
            stack += [item for item in node.values() if isinstance(item, (dict, list))]
            for value in node.values():
                if isinstance(value, str) and len(value) > max(_MIN_CHARS, best_chars):
                    paragraphs = max(paragraphs, _split(value), key=_chars)
        if len(paragraphs) >= _MIN_PARAGRAPHS and (chars := _chars(paragraphs)) > best_chars:
            best, best_chars = paragraphs, chars
    return best


def _chars(paragraphs: list[str]) -> int:
    """Return the characters of the paragraphs that are sentences."""
    return sum(
        len(text)
        for text in paragraphs
        if len(text) >= _MIN_PARAGRAPH_CHARS and _SENTENCE_END.search(text[-3:])
    )


def _item_texts(item: object) -> list[str]:
    """Return the texts of one item of a list, if it is a paragraph."""
    if not isinstance(item, dict):
        return _split(item) if isinstance(item, str) else []
    kind = item.get("type") or item.get("_type") or item.get("kind") or item.get("__typename")
    if isinstance(kind, str) and not _OTHER_TYPES.isdisjoint(re.findall("[a-z]+", kind.lower())):
        return []
    for key in _TEXT_KEYS:
        value = item.get(key)
        if isinstance(value, str) and value.strip():
            return _split(value)
        texts = [_inline_text(value)] if isinstance(value, list) else []
        texts = _item_texts(value) if isinstance(value, dict) else texts
        if any(texts):
            return texts
    return []


def _inline_text(parts: list[object]) -> str:
    """Return the text of the inline parts of a paragraph; empty if they are something else."""
    texts = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
        elif isinstance(part, dict):
            text = part.get("text") or part.get("value")
            if not isinstance(text, str):
                return ""
            texts.append(text)
    return " ".join("".join(texts).split())


def _split(text: str) -> list[str]:
    """Return the paragraphs of a text that may have markup."""
    text = text[:_MAX_TEXT_CHARS]
    if "<" in text:
        lines = [unescape(_TAG.sub("", line)) for line in _PARAGRAPH_END.split(text)]
    elif "http" in text[:5] or " " not in text:
        return [text] if len(text) > _MIN_PARAGRAPH_CHARS and not text.isascii() else []
    else:
        lines = text.split("\n")
    return [clean for line in lines if (clean := " ".join(line.split()))]
