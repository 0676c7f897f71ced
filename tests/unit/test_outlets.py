from pathlib import Path

import pytest

from workers import outlets

GOOD = 'name = "Gazette"\nhome = "https://www.gazette.example/"\nlanguage = "en"\n'


@pytest.fixture
def write(tmp_path):
    def put(place, text):
        path = tmp_path / place
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return put


def test_id_and_country_come_from_the_files_place(write):
    found = outlets.load(write("ie/gazette.toml", GOOD))
    assert (found["gazette"].id, found["gazette"].country) == ("gazette", "ie")


def test_an_outlet_is_found_by_its_hosts_and_its_domain(write):
    found = outlets.load(write("ie/gazette.toml", GOOD))
    assert found.by_host("https://m.gazette.example/x") is found["gazette"]
    assert found.by_host("https://other.example/x") is None


def test_outlets_of_one_domain_are_told_apart_by_their_hosts(write):
    write("ie/gazette.toml", GOOD)
    sport = GOOD.replace("www.gazette", "sport.gazette")
    found = outlets.load(write("ie/sport.toml", sport))
    assert found.by_host("https://www.gazette.example/x") is found["gazette"]
    assert found.by_host("https://sport.gazette.example/x") is found["sport"]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        (GOOD + "feeds = [", ":4: TOML", "lists in"),
        (GOOD + "fedes = []", ":4: fedes", "known: name"),
        (GOOD + 'every_minutes = "x"', ":4: every_minutes", "Expected"),
        (GOOD + "every_minutes = inf", ":4: every_minutes", "<= 1440"),
        (GOOD + "[politeness]\nmin_interval_seconds = inf", ":5: politeness.min", "<= 86400"),
        (GOOD + "[politeness]\nmin_interval_seconds = nan", ":5: politeness.min", ">= 0"),
        (GOOD + 'feeds = ["gazette"]', ":4: feeds[", "in full"),
        (GOOD + "[politeness]\nmax = 3", ":5: politeness.max", "add-an-outlet"),
        (GOOD + '[[layouts]]\nselectors = {title = "h1["}', ":5: title", "no CSS selector"),
        (GOOD + 'id = "x"', ":4: id", "drop it"),
        ('name = "G"', ":1: home", "add it"),
    ],
)
def test_an_error_names_file_line_field_and_what_to_do(write, text, place, says):
    with pytest.raises(outlets.OutletError) as caught:
        outlets.load(write("ie/gazette.toml", text))
    (trouble,) = caught.value.troubles
    assert "gazette.toml" + place in trouble
    assert says in trouble


def test_errors_of_all_files_are_shown_together(write):
    write("ie/a.toml", "x = 1")
    write("ie/b.toml", "x =")
    write("ie/c.toml", GOOD)
    with pytest.raises(outlets.OutletError, match="c is taken") as caught:
        outlets.load(write("uk/c.toml", GOOD))
    assert len(caught.value.troubles) == 3


def test_a_missing_folder_is_an_error():
    with pytest.raises(outlets.OutletError, match="PRESSWIRE_OUTLETS"):
        outlets.load(Path("nowhere"))
