"""What names a place: the files in `data/` fit together."""

import pytest

from workers.annotate import gazetteer


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Germany", "de"),
        ("deutschland", "de"),
        ("Allemagne", "de"),
        ("Niemcy", "de"),
        ("DE", "de"),
        (" uk ", "gb"),
        ("usa", "us"),
        ("turkey", "tr"),
        ("Großbritannien", "gb"),
        ("czech republic", "cz"),
        ("Côte d'Ivoire", "ci"),
        ("Atlantis", None),
    ],
)
def test_a_country_is_known_by_its_code_and_in_many_languages(name, code):
    assert gazetteer.country_code(name) == code


@pytest.mark.parametrize(
    ("name", "city"),
    [
        ("München", "Munich"),
        ("moscou", "Moscow"),
        ("Nueva York", "New York City"),
        ("Nowhere", None),
    ],
)
def test_a_city_is_known_in_other_languages(name, city):
    assert gazetteer.city_name(name) == city


def test_every_city_and_region_is_of_a_country_that_has_a_code():
    of_cities = {each.country for found in gazetteer.cities().values() for each in found}
    named = {each.country for each in gazetteer.countries("de").values()}

    assert {code for code in of_cities | named if gazetteer.country_code(code) != code} == set()


def test_the_largest_city_of_a_name_comes_first():
    sizes = [each.thousands for each in gazetteer.cities()["Springfield"]]

    assert len(sizes) == len(set(sizes)) or sizes == sorted(sizes, reverse=True)
    assert gazetteer.cities()["Paris"][0].country == "fr"
