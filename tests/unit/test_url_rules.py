"""What an outlet's file says of addresses."""

import time

import pytest

from schemas.outlet import Outlet
from workers import url_rules

HOME = "https://www.gazette.example"


def outlet(**fields):
    return Outlet(name="Gazette", home=f"{HOME}/", language="en", **fields)


@pytest.mark.parametrize(
    ("pattern", "path", "does_fit"),
    [
        ("/sport/*", "/sport/a/b", True),
        ("/sport/*", "/news/sport/a", False),
        ("/*.html", "/a/b.html?page=2", True),
        ("*/live/*", "/x/live/y", True),
        ("https://www.*/a", "/a", True),
        ("https://m.*", "/a", False),
        ("/a?page=*", "/a?page=2", True),
        ("/", "", True),
        ("/Sport/*", "/sport/a", False),
    ],
)
def test_a_glob_fits_a_whole_path_or_a_whole_address(pattern, path, does_fit):
    assert url_rules.fits(pattern, HOME + path) is does_fit


def test_what_is_denied_goes_before_what_is_allowed():
    given = outlet(allow=("/news/*", "/local/*"), deny=("*/live/*",))
    names = ["/news/a", "/local/b", "/sport/c", "/news/live/d"]
    wanted = [name for name in names if url_rules.is_wanted(given, HOME + name)]
    assert wanted == ["/news/a", "/local/b"]
    assert url_rules.is_wanted(outlet(), f"{HOME}/anything")


@pytest.mark.parametrize(
    "pattern", ["/" + "*a" * 149 + "b", "*" * 300, "/" + "?*" * 140, "/*[a-z]*" * 30 + "!"]
)
def test_no_glob_takes_long(pattern):
    start = time.process_time()
    url_rules.fits(pattern, HOME + "/" + "a" * 2000)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize(
    ("pattern", "path", "key"),
    [
        (r"/.*-(?P<key>\d+)\.html", "/politik/wahl-in-bern-123.html", "123"),
        (r"/story\.asp\?id=(?P<key>\d+)", "/story.asp?id=77&x=1", "77"),
        (r"/(?:en|fr)/(?P<key>[0-9a-f]{8})", "/fr/deadbeef/titre", "deadbeef"),
        (r"/a/(?P<key>\d+)", "/b/12", None),
        (r"/a/(?P<key>\d*)", "/a/x", None),
    ],
)
def test_a_storys_key_is_what_the_group_holds(pattern, path, key):
    assert url_rules.story_key_error(pattern) == ""
    assert url_rules.story_key(outlet(story_key=pattern), HOME + path) == key
    assert url_rules.story_key(outlet(), HOME + path) is None


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?P<key>[", "no regular expression"),
        (r"/(\d+)", "no group (?P<key>...)"),
        (r"(?P<key>(a+)+)$", "repeats a group"),
        (r"(?P<key>(?:a|a){9,})$", "repeats a group"),
        (r"(?P<key>a)\1", "refers back"),
        (r"(?P<key>a)(?P=key)", "only (?P<key>"),
        (r"(?=a)(?P<key>a)", "only (?P<key>"),
        (r".*.*.*.*(?P<key>a)", "repeats (*"),
        ("(?P<key>" + "a?" * 40 + "a" * 40 + ")", "choices"),
        ("(?P<key>a)" + "(?:a|a)" * 20, "choices"),
    ],
)
def test_an_expression_that_could_take_long_is_refused(pattern, says):
    assert says in url_rules.story_key_error(pattern)


def test_the_slowest_expression_that_is_allowed_takes_no_second():
    pattern = r".*.*.*(?P<key>x)"
    assert url_rules.story_key_error(pattern) == ""
    start = time.process_time()
    assert url_rules.story_key(outlet(story_key=pattern), HOME + "/" + "a" * 5000) is None
    assert time.process_time() - start < 2.0


@pytest.mark.parametrize(
    ("pattern", "error"),
    [
        (f"{HOME}/{{year}}/{{month}}/{{day}}", ""),
        (f"{HOME}/all", ""),
        (f"{HOME}/{{jahr}}", "{jahr} is no field"),
        (f"{HOME}/{{year}}/{{day}}", "a day needs {month}"),
        (f"{HOME}/{{month}}", "a month needs {year}"),
        (f"{HOME}/{{year", "a brace"),
    ],
)
def test_a_pattern_of_archive_pages_is_checked(pattern, error):
    found = url_rules.archive_error(pattern)
    assert error in found
    assert bool(found) == bool(error)


def test_an_outlets_domains_are_those_of_its_file_and_of_the_page():
    gazette = Outlet(
        name="G",
        home="https://www.gazette.co.uk/",
        language="en",
        sections=("https://sport.gazette-sport.example/",),
        own_domains=("CDN.gazette-files.example",),
    )
    assert url_rules.own_domains(gazette, ["https://amp.gazette.com/1"]) == {
        "gazette.co.uk",
        "gazette-sport.example",
        "gazette-files.example",
        "gazette.com",
    }
