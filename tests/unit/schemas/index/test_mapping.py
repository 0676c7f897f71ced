"""Templates for any server."""

import pytest

from schemas.index import mapping, naming
from schemas.index.analysis import OPTIONAL_FILTERS, analysis, analyzer_groups
from schemas.index.languages import ANALYZER_OF_LANGUAGE, LANGUAGE_ANALYZERS, analyzer_group_of


def test_a_server_without_language_analyzers_has_one_family():
    assert analyzer_groups(()) == (naming.GENERAL,)


def test_a_full_server_has_a_family_for_each_analyzer():
    assert set(analyzer_groups(LANGUAGE_ANALYZERS)) == {naming.GENERAL, *LANGUAGE_ANALYZERS}


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("de", "german"),
        ("de-AT", "german"),
        ("pt-BR", "brazilian"),
        ("pt", "portuguese"),
        ("ja", "cjk"),
        ("is", naming.GENERAL),
        (None, naming.GENERAL),
        ("", naming.GENERAL),
    ],
)
def test_an_article_goes_to_the_family_of_its_language(language, family):
    assert analyzer_group_of(language, analyzer_groups(LANGUAGE_ANALYZERS)) == family


def test_a_language_that_the_server_cannot_read_goes_to_the_general_family():
    assert analyzer_group_of("de", ("general", "english")) == naming.GENERAL


def test_accents_are_folded_where_the_server_can():
    with_it = analysis("german", ("asciifolding",))["analysis"]["analyzer"]
    without = analysis("german", ())["analysis"]["analyzer"]

    assert with_it["exact"]["filter"] == ["lowercase", "asciifolding"]
    assert without["exact"]["filter"] == ["lowercase"]
    assert with_it["stemmed"] == {"type": "german"}


def test_life_cycle_settings_are_put_only_where_the_server_has_ilm():
    with_it = mapping.template("p", "german", 1, has_ilm=True)["template"]["settings"]
    without = mapping.template("p", "german", 1, has_ilm=False)["template"]["settings"]

    assert with_it["index"]["lifecycle.rollover_alias"] == "p-articles-german-write"
    assert without == {"index": {}}


def test_an_index_of_a_family_fits_its_pattern_and_no_other():
    for family in analyzer_groups(LANGUAGE_ANALYZERS):
        start = naming.pattern("p", family, 1).removesuffix("*")
        assert naming.index("p", family, 1, 12).startswith(start)
        assert not naming.index("p", family, 11).startswith(start)
        others = [f for f in LANGUAGE_ANALYZERS if f != family]
        assert not any(naming.index("p", other, 1).startswith(start) for other in others), family


def test_an_index_name_tells_its_part():
    name = naming.index("my-press", "german", 3, 17)

    assert naming.parse_index_name("my-press", name) == ("german", 3, 17)
    assert naming.parse_index_name("my", name) is None
    assert naming.parse_index_name("my-press", "my-press-articles-german-write") is None


def test_a_generation_that_is_being_filled_is_not_read():
    filling = mapping.template("p", "german", 2, has_ilm=True, is_live=False)["template"]

    assert filling == {"aliases": {}, "settings": {"index": {"refresh_interval": "-1"}}}


def test_the_design_changes_with_the_servers_analyzers():
    assert mapping.design((), ()) == mapping.design((), ())
    assert mapping.design((), ()) != mapping.design(("german",), ())


def test_a_family_can_be_read_from_its_write_alias():
    alias = naming.write_alias("my-press", "german")

    assert naming.group_of_write_alias("my-press", alias) == "german"
    assert naming.group_of_write_alias("my-press", "my-press-articles") is None


def test_language_codes_are_written_as_they_are_looked_up():
    assert all(code == code.lower() for code in ANALYZER_OF_LANGUAGE)


def test_a_server_without_filters_is_asked_for_none():
    assert analysis("french", ()) == {
        "analysis": {
            "analyzer": {
                "exact": {"type": "custom", "tokenizer": "standard", "filter": ["lowercase"]},
                "stemmed": {"type": "french"},
            }
        }
    }


@pytest.mark.parametrize("group", analyzer_groups(LANGUAGE_ANALYZERS))
def test_every_filter_that_an_analyzer_names_is_defined_or_the_servers_own(group):
    parts = analysis(group, OPTIONAL_FILTERS)["analysis"]
    known = {"lowercase", *OPTIONAL_FILTERS, *parts.get("filter", ())}

    for analyzer in parts["analyzer"].values():
        assert {*analyzer.get("filter", ())} <= known
        assert {*analyzer.get("char_filter", ())} <= {*parts["char_filter"]}
