"""The places that an article names, and the countries that it tells about."""

import pytest

from workers.annotate.places import Places, find_places


def places(title, body="", *, language="en", home="us", dateline=None) -> Places:
    return find_places(title, body, dateline, language, home)


@pytest.mark.parametrize(
    ("title", "body", "language", "home", "country"),
    [
        ("Flood in Norway", "Roads are closed.", "en", "us", "no"),
        ("Norwegian ferry aground", "Nobody was hurt, the Norwegian owner said.", "en", "gb", "no"),
        ("China's exports fall", "Factories cut shifts.", "en", "us", "cn"),
        ("Chinas Ausfuhren sinken", "Fabriken kürzen Schichten.", "de", "de", "cn"),
        ("Streit um die China-Zölle", "Der Handel leidet.", "de", "de", "cn"),
        ("Berliner Senat tagt", "Es geht um Wohnungen.", "de", "de", "de"),
        ("Schweizerische Bahnen pünktlich", "", "de", "at", "ch"),
        ("La ministre allemande à Paris", "Le gouvernement français l’a reçue.", "fr", "fr", "fr"),
        ("Le séisme au Maroc", "Les secours marocains cherchent.", "fr", "fr", "ma"),
        ("El presidente chileno viaja", "La visita a Chile dura dos días.", "es", "es", "cl"),
        ("ST. LOUIS mourns", "A fire in St. Louis killed two.", "en", "us", "us"),
        ("UKRAINE strikes back", "", "en", "gb", "ua"),
        ("Flood in St. Louis", "St. Louis was under water.", "en", "gb", "us"),
        ("Storm near St. Lucia", "", "en", "gb", "lc"),
        ("Vote in Bosnia and Herzegovina", "", "en", "gb", "ba"),
        ("Vote in Côte d'Ivoire", "", "en", "gb", "ci"),
    ],
)
def test_the_commonest_country(title, body, language, home, country):
    assert places(title, body, language=language, home=home).countries[0] == country


def test_a_city_of_several_countries_is_the_one_at_home():
    body = "A bakery in Birmingham burned."

    assert places("Fire", body, home="gb").countries == ("gb",)
    assert places("Fire in Birmingham", "", home="fr").countries == ("gb",)
    assert places("Fire in Birmingham, Alabama", "", home="fr").countries == ("us",)


def test_a_far_smaller_namesake_at_home_is_not_meant():
    assert places("Strikes close the Metro in Paris", home="us").countries == ("fr",)


@pytest.mark.parametrize(
    "title",
    [
        "Jordan Peele makes a film",
        "Mary Smith wins",
        "A trail by Jack London",
        "The march of May and the best of August",
    ],
)
def test_what_only_looks_like_a_place_is_none(title):
    assert places(title, home="gb") == Places()


def test_a_dateline_counts():
    assert places("Talks end", "No accord.", dateline="GENEVA", home="ch").cities == ("Geneva",)


def test_stories_from_home_name_no_country():
    told = places("Council votes", "The mayor and the police agreed.", home="ie")

    assert told.countries == ("ie",)
    assert places("Ten ways to tie a shoe", "Begin with the lace.", home="ie") == Places()
    assert places("Council votes", "The mayor agreed.", home="") == Places()


def test_a_country_in_passing_is_not_told_about():
    body = "The mayor of Dublin opened a library. " * 3 + "Its stones came from Portugal."

    assert places("Library opens in Dublin", body, home="ie").countries == ("ie",)


def test_cities_are_called_by_one_name_in_every_language():
    german = places("Feuer in Moskau", "Auch in München riecht man es.", language="de", home="de")
    french = places("Incendie à Moscou", "", language="fr", home="fr")

    assert german.cities == ("Moscow", "Munich")
    assert french.cities == ("Moscow",)


@pytest.mark.parametrize("language", [None, "", "xx-YY", "zh", "ja"])
def test_any_language_is_read(language):
    assert places("北京 Beijing China", "China", language=language, home="").countries == ("cn",)
    assert places("", "", language=language, home="") == Places()
