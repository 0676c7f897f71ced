"""Which runs of a page are the story, told by the expected text of a data set."""

import re
import unicodedata
from typing import Any

_TOKEN = re.compile(r"[぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]|[^\W぀-ヿ㐀-䶿一-鿿豈-﫿가-힯฀-๿]+")
_SHINGLE = 4
UNKNOWN = -1


def tokens(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    return " ".join(text.split())


def expected_text(expected: dict[str, Any]) -> str:
    """The full body, for sets that have it."""
    if "body" in expected:
        return str(expected["body"])
    lines = list(expected.get("summary") or [])
    for section in expected["sections"]:
        lines += section["headline"] + section["paragraphs"]
    return "\n".join(lines)


def label(texts: list[str], expected: dict[str, Any]) -> tuple[list[int], list[float]]:
    """For each run 1 (story), 0 (not) or `UNKNOWN`, and its weight within the page."""
    if "with" in expected:
        return _by_snippets(texts, expected["with"], expected["without"])
    return _by_shingles(texts, expected_text(expected))


def _by_snippets(
    texts: list[str], wanted: list[str], unwanted: list[str]
) -> tuple[list[int], list[float]]:
    labels, weights = [], []
    inside, outside = [squeeze(w) for w in wanted], [squeeze(w) for w in unwanted]
    for text in map(squeeze, texts):
        good = sum(w in text or (len(text) > 20 and text in w) for w in inside)
        bad = sum(w in text or (len(text) > 10 and text in w) for w in outside)
        labels.append(UNKNOWN if good == bad else int(good > bad))
        weights.append(float(max(1, good, bad)))
    return labels, weights


def _letters(text: str) -> str:
    return re.sub(r"\W+", "", text).lower()


def _by_shingles(texts: list[str], body: str) -> tuple[list[int], list[float]]:
    gold = tokens(body)
    shingles = {tuple(gold[i : i + _SHINGLE]) for i in range(max(1, len(gold) - _SHINGLE + 1))}
    lines = {_letters(line) for line in body.split("\n")}
    flat = f" {' '.join(gold).lower()} "
    labels, weights = [], []
    for text in texts:
        own = tokens(text)
        labels.append(_one(text, own, lines, shingles, flat))
        weights.append(max(1, len(own)) / max(len(gold), 50))
    return labels, weights


def _one(
    text: str, own: list[str], lines: set[str], shingles: set[tuple[str, ...]], flat: str
) -> int:
    if not own:
        return UNKNOWN
    if _letters(text) in lines:
        return 1
    if len(own) < _SHINGLE:
        if f" {' '.join(own).lower()} " not in flat:
            return 0
        return 1 if len(own) == _SHINGLE - 1 else UNKNOWN
    found = [tuple(own[i : i + _SHINGLE]) in shingles for i in range(len(own) - _SHINGLE + 1)]
    return int(sum(found) >= 0.5 * len(found))
