"""Languages and their analyzers: a new language begins here. Its words for the parse stage are in
`workers/parse/text/words/`; CONTRIBUTING.md has all steps.

An analyzer group (`--family` on the command line) is those
languages that share an analyzer, and so an index."""

from collections.abc import Collection
from typing import Final

from schemas.index.naming import GENERAL

# ISO 639 code → Elasticsearch's built-in language analyzer, which gives the group its name.
ANALYZER_OF_LANGUAGE: Final[dict[str, str]] = {
    "ar": "arabic",
    "bg": "bulgarian",
    "bn": "bengali",
    "ca": "catalan",
    "ckb": "sorani",
    "cs": "czech",
    "da": "danish",
    "de": "german",
    "el": "greek",
    "en": "english",
    "es": "spanish",
    "et": "estonian",
    "eu": "basque",
    "fa": "persian",
    "fi": "finnish",
    "fr": "french",
    "ga": "irish",
    "gl": "galician",
    "hi": "hindi",
    "hu": "hungarian",
    "hy": "armenian",
    "id": "indonesian",
    "it": "italian",
    "ja": "cjk",
    "ko": "cjk",
    "lt": "lithuanian",
    "lv": "latvian",
    "nb": "norwegian",
    "nl": "dutch",
    "nn": "norwegian",
    "no": "norwegian",
    "pt": "portuguese",
    "pt-br": "brazilian",
    "ro": "romanian",
    "ru": "russian",
    "sr": "serbian",
    "sv": "swedish",
    "th": "thai",
    "tr": "turkish",
    "zh": "cjk",
}

LANGUAGE_ANALYZERS: Final = tuple(sorted(set(ANALYZER_OF_LANGUAGE.values())))


def analyzer_group_of(language: str | None, groups: Collection[str]) -> str:
    """Return the analyzer group that keeps articles in `language` (BCP 47), of the groups that the
    server has."""
    code = (language or "").lower()
    analyzer = ANALYZER_OF_LANGUAGE.get(code) or ANALYZER_OF_LANGUAGE.get(code.partition("-")[0])
    return analyzer if analyzer and analyzer in groups else GENERAL
