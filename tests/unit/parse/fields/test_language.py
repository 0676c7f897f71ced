"""The language of the text."""

import pytest

from workers.parse import extract
from workers.parse.fields import language

URL = "https://www.northernpost.example/2024/03/12/bridge"


GERMAN = (
    "Die Brücke über den Fluss ist seit dem Morgen gesperrt, und das wird sich auch in den "
    "nächsten Wochen nicht ändern, sagte der Leiter des Amtes. Für die Fahrer ist eine Strecke "
    "durch das Tal vorgesehen, die von der Stadt am Abend auf den Karten gezeigt wird. "
)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [("en", GERMAN, "de"), ("de-AT", GERMAN, "de-AT"), ("en", "Brücke gesperrt. ", "en")],
)
def test_text_that_is_certainly_in_another_language_than_declared(declared, text, expected):
    story = f"<h1>Brücke</h1><article>{f'<p>{text}</p>' * 3}</article>"
    page = f"<html lang='{declared}'><body>{story}</body></html>"
    assert extract.read(page, URL).article.language == expected


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        ("EN_us", "en"),
        ("ru-RU", "ru"),
        ("de_de", "de"),
        ("en_gb", "en-GB"),
        ("PT-br", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("zh-TW", "zh-TW"),
    ],
)
def test_codes_have_the_form_of_bcp_47(declared, expected):
    assert language.normalize_code(declared) == expected
