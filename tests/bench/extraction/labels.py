"""Labels the runs of a page as story or not, by the expected text of a data set."""

import re
import unicodedata
from typing import Any

_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]|[^\W぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]+")
_SHINGLE_WORDS = 4
_MIN_STORY_SHINGLES = 0.5
_MIN_BODY_WORDS = 50
_MIN_WITH_CHARS, _MIN_WITHOUT_CHARS = 20, 10
UNKNOWN = -1


def tokens(text: str) -> list[str]:
    """Return the words of a text; each Han, Kana, Hangul or Thai character is one."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    """Return a text with single spaces."""
    return " ".join(text.split())


def expected_text(expected: dict[str, Any]) -> str:
    """Return the full body, for sets that have it."""
    if "body" in expected:
        return str(expected["body"])
    lines = list(expected.get("summary") or [])
    for section in expected["sections"]:
        lines += section["headline"] + section["paragraphs"]
    return "\n".join(lines)


def label(texts: list[str], expected: dict[str, Any]) -> tuple[list[int], list[float]]:
    """Return for each run 1 (story), 0 (not) or `UNKNOWN`, and its weight within the page."""
    if "with" in expected:
        return _by_snippets(texts, expected["with"], expected["without"])
    return _by_shingles(texts, expected_text(expected))


def _by_snippets(
    texts: list[str], expected: list[str], unexpected: list[str]
) -> tuple[list[int], list[float]]:
    labels, weights = [], []
    inside, outside = list(map(squeeze, expected)), list(map(squeeze, unexpected))
    for text in map(squeeze, texts):
        good = sum(one in text or (len(text) > _MIN_WITH_CHARS and text in one) for one in inside)
        bad = sum(
            one in text or (len(text) > _MIN_WITHOUT_CHARS and text in one) for one in outside
        )
        labels.append(UNKNOWN if good == bad else int(good > bad))
        weights.append(float(max(1, good, bad)))
    return labels, weights


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _by_shingles(texts: list[str], body: str) -> tuple[list[int], list[float]]:
    gold = tokens(body)
    shingles = {
        tuple(gold[i : i + _SHINGLE_WORDS]) for i in range(max(1, len(gold) - _SHINGLE_WORDS + 1))
    }
    lines = {_letters(line) for line in body.split("\n")}
    flat = f" {' '.join(gold).lower()} "
    labels, weights = [], []
    for text in texts:
        own = tokens(text)
        labels.append(_label_text(text, own, lines, shingles, flat))
        weights.append(max(1, len(own)) / max(len(gold), _MIN_BODY_WORDS))
    return labels, weights


def _label_text(
    text: str, own: list[str], lines: set[str], shingles: set[tuple[str, ...]], flat: str
) -> int:
    if not own:
        return UNKNOWN
    if _letters(text) in lines:
        return 1
    if len(own) < _SHINGLE_WORDS:
        if f" {' '.join(own).lower()} " not in flat:
            return 0
        return 1 if len(own) == _SHINGLE_WORDS - 1 else UNKNOWN
    matches = [
        tuple(own[i : i + _SHINGLE_WORDS]) in shingles for i in range(len(own) - _SHINGLE_WORDS + 1)
    ]
    return int(sum(matches) >= _MIN_STORY_SHINGLES * len(matches))
