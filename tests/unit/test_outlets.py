from pathlib import Path

import msgspec
import pytest

from schemas.article import Article
from schemas.outlet import SELECTABLE
from workers import outlets
from workers.parse import extract

GOOD = 'name = "Gazette"\nhome = "https://www.gazette.example/"\nlanguage = "en"\n'
REQUEST = "[request]\n"
LAYOUT = "[[layouts]]\n[layouts.selectors]\n"


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


def test_an_outlet_is_found_by_its_further_domains(write):
    found = outlets.load(write("ie/gazette.toml", GOOD + 'own_domains = ["Gazette-Live.example"]'))
    assert found.by_host("https://www.gazette-live.example/x") is found["gazette"]


@pytest.mark.parametrize("home", ["bücher.example", "xn--bcher-kva.example", "BÜCHER.example"])
def test_an_outlet_in_other_letters_is_found_under_both_forms_of_its_host(write, home):
    further = 'own_domains = ["zürich.example"]'
    text = GOOD.replace("www.gazette.example", home) + further
    found = outlets.load(write("de/buch.toml", text))
    for host in ("www.bücher.example", "xn--bcher-kva.example", "xn--zrich-kva.example"):
        assert found.by_host(f"https://{host}/x") is found["buch"]


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
        (GOOD + 'every_minutes = "x"', ":4: every_minutes", "must be a number, and is a text"),
        (GOOD + "every_minutes = -1", ":4: every_minutes", "must be a number > 0"),
        (GOOD + 'feeds = "https://a.example"', ":4: feeds", "must be a list, and is a text"),
        (GOOD + "paused = 1", ":4: paused", "must be true or false, and is a whole number"),
        (GOOD + "[[politeness]]", ":4: politeness", "must be a table, and is a list"),
        (GOOD + "every_minutes = inf", ":4: every_minutes", "<= 1440"),
        (GOOD + "[politeness]\nmin_interval_seconds = inf", ":5: politeness.min", "<= 86400"),
        (GOOD + "[politeness]\nmin_interval_seconds = nan", ":5: politeness.min", ">= 0"),
        (GOOD + 'feeds = ["gazette"]', ":4: feeds[", "in full"),
        (GOOD + "[politeness]\nmax = 3", ":5: politeness.max", "add-an-outlet"),
        (GOOD + '[[layouts]]\nselectors = {title = "h1["}', ":5: title", "not a CSS selector"),
        (GOOD + LAYOUT + 'headline = "h1"', ":6: headline", "known: title"),
        (GOOD + LAYOUT + 'blocks = "p"', ":6: blocks", "known: title"),
        (GOOD + LAYOUT + 'is_paywalled = "b"', ":6: is_paywalled", "known: title"),
        (GOOD.replace("www.g", "[g"), ":2: home", "Invalid IPv6"),
        (GOOD + 'sitemaps = ["https://a.example:99999/"]', ":4: sitemaps[0]", "Port out of"),
        (GOOD + 'sections = ["https:///a"]', ":4: sections[0]", "no host"),
        (GOOD + '[politeness]\nproxy = "http://[p"', ":5: politeness.proxy", "Invalid IPv6"),
        (GOOD.replace('"en"', '"English"'), ":3: language", "BCP 47"),
        (GOOD + 'id = "x"', ":4: id", "remove it"),
        ('name = "G"', ":1: home", "add it"),
        (GOOD + 'allow = ["sport"]', ":4: allow[0]", "begin it with /"),
        (GOOD + 'deny = ["/a b"]', ":4: deny[0]", "a space"),
        (GOOD + 'archives = ["https://g.example/{jahr}"]', ":4: archives[0]", "no field"),
        (GOOD + 'archives = ["/{year}/"]', ":4: archives[0]", "in full"),
        (GOOD + 'own_domains = ["https://g.example/"]', ":4: own_domains", "the name alone"),
        (GOOD + "story_key = '(?P<key>(a+)+)'", ":4: story_key", "repeats a group"),
        (GOOD + 'paused = "yes"', ":4: paused", "must be true or false, and is a text"),
        (GOOD + REQUEST + 'headers = { Authorization = "x" }', ":5: request.headers", "secret"),
        (GOOD + REQUEST + 'headers = { Host = "x" }', ":5: request.headers", "itself"),
        (GOOD + REQUEST + 'headers = { "X Y" = "x" }', ":5: request.headers", "not the name"),
        (GOOD + REQUEST + 'headers = { X = "a\\nb" }', ":5: request.headers", "line break"),
        (GOOD + REQUEST + 'cookies = { a = "1; b=2" }', ":5: request.cookies", "semicolon"),
        (GOOD + REQUEST + 'secret_headers = { Authorization = "Bearer hush" }', ":5:", "OUTLET_"),
        (GOOD + REQUEST + 'secret_cookies = { a = "PRESSWIRE_REDIS_URL" }', ":5:", "OUTLET_"),
        (GOOD + REQUEST + 'user_agent = "a\\u0007"', ":5: request.user_agent", "control"),
    ],
)
def test_an_error_names_file_line_field_and_what_to_do(write, text, place, says):
    with pytest.raises(outlets.OutletError) as caught:
        outlets.load(write("ie/gazette.toml", text))
    (error,) = caught.value.errors
    assert "gazette.toml" + place in error
    assert says in error


@pytest.mark.parametrize("field", SELECTABLE)
def test_what_a_selector_may_set_makes_an_article_that_can_be_sent(write, field):
    found = outlets.load(write("ie/gazette.toml", GOOD + LAYOUT + f'{field} = "div"'))
    text = "The council voted on Monday to rebuild the bridge, which is old and cracked. " * 9
    page = f"<html><body><h1>Council votes</h1><div>1 March 2026</div><div>{text}</div>"
    article = extract.read(page, "https://www.gazette.example/a", found["gazette"].layouts).article
    assert msgspec.json.decode(msgspec.json.encode(article), type=Article) == article


@pytest.mark.parametrize("place", ["stray.toml", "ie/dublin/stray.toml"])
def test_a_file_outside_the_countries_folders_is_an_error(write, place):
    (write("ie/gazette.toml", GOOD) / "ie" / "dublin").mkdir()
    with pytest.raises(outlets.OutletError, match=r"stray\.toml:1: .* no country's folder"):
        outlets.load(write(place, GOOD))


def test_a_mark_of_the_byte_order_before_the_text_is_passed_over(write):
    assert "gazette" in outlets.load(write("ie/gazette.toml", "\ufeff" + GOOD))


def test_errors_of_all_files_are_shown_together(write):
    write("ie/a.toml", "x = 1")
    write("ie/b.toml", "x =")
    write("ie/c.toml", GOOD)
    with pytest.raises(outlets.OutletError, match="c is taken") as caught:
        outlets.load(write("uk/c.toml", GOOD))
    assert len(caught.value.errors) == 3


def test_a_missing_folder_is_an_error():
    with pytest.raises(outlets.OutletError, match="PRESSWIRE_OUTLETS"):
        outlets.load(Path("nowhere"))
