"""What people call the codes of countries and languages."""

from functools import cache
from importlib.resources import files
from typing import Final

from workers.search.results import FacetValue

LANGUAGES: Final[dict[str, str]] = {
    line.split(" ", 1)[0]: line.split(" ", 1)[1]
    for line in """
af Afrikaans
am Amharic
ar Arabic
az Azerbaijani
be Belarusian
bg Bulgarian
bn Bengali
bs Bosnian
ca Catalan
ckb Central Kurdish
cs Czech
cy Welsh
da Danish
de German
el Greek
en English
eo Esperanto
es Spanish
et Estonian
eu Basque
fa Persian
fi Finnish
fr French
ga Irish
gl Galician
gu Gujarati
ha Hausa
he Hebrew
hi Hindi
hr Croatian
hu Hungarian
hy Armenian
id Indonesian
is Icelandic
it Italian
ja Japanese
ka Georgian
kk Kazakh
km Khmer
kn Kannada
ko Korean
lo Lao
lt Lithuanian
lv Latvian
mk Macedonian
ml Malayalam
mn Mongolian
mr Marathi
ms Malay
mt Maltese
my Burmese
nb Norwegian Bokmål
ne Nepali
nl Dutch
nn Norwegian Nynorsk
no Norwegian
pa Punjabi
pl Polish
ps Pashto
pt Portuguese
ro Romanian
ru Russian
si Sinhala
sk Slovak
sl Slovenian
so Somali
sq Albanian
sr Serbian
sv Swedish
sw Swahili
ta Tamil
te Telugu
th Thai
tl Tagalog
tr Turkish
uk Ukrainian
ur Urdu
uz Uzbek
vi Vietnamese
zh Chinese
zu Zulu
""".strip().splitlines()
}


@cache
def _countries() -> dict[str, str]:
    """Return the names of ISO 3166 by their codes, from the database of time zones."""
    text = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {code.lower(): name for code, name in rows}


def country_name(code: str) -> str:
    """Return the English name of a country, or its code if it is none."""
    return _countries().get(code.lower(), code)


def facet_name(facet: str, value: FacetValue) -> str:
    """Return what people call the value of a facet, or its own text."""
    if facet in {"country", "place"}:
        return country_name(value.value)
    if facet == "name":
        return value.value
    if facet == "lang":
        code, _, region = value.value.partition("-")
        name = LANGUAGES.get(code.lower(), code)
        return f"{name} ({region})" if region else name
    return value.name or value.value.replace("_", " ")
