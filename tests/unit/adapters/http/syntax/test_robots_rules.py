"""Robots rules as RFC 9309 and google/robotstxt read them: what that parser's tests say, retold."""

import pytest

from workers.adapters.http.syntax.robots_rules import MAX_LINE_LENGTH, RobotsRules

SITE = "https://gazette.example"


def allowed(text, path, agent="FooBot"):
    return RobotsRules(text).can_fetch(path if "//" in path[:9] else SITE + path, agent)


def group(*rules, name="FooBot"):
    return "\n".join([f"user-agent: {name}", *rules])


GROUPS = """allow: /foo/bar/

user-agent: FooBot
disallow: /
allow: /x/
user-agent: BarBot
disallow: /
allow: /y/


allow: /w/
user-agent: BazBot

user-agent: FooBot
allow: /z/
disallow: /
"""
SPACED = "User-Agent: *\nDisallow: /\nUser-Agent: {}\nAllow: /x/\nDisallow: /"
GLOBAL = "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /"

# text, agent, what is allowed, what is not
NAMES = [
    ("", "FooBot", ["", "/x"], []),
    ("", "", ["", "/"], []),
    (group("disallow: /"), "", ["", "/x"], []),
    (group("disallow: /"), "FooBot", [], ["", "/x/y"]),
    ("foo: FooBot\nbar: /", "FooBot", ["/x/y"], []),
    ("user-agent FooBot\ndisallow /", "FooBot", [], ["/x/y"]),
    (GROUPS, "FooBot", ["/x/b", "/z/d"], ["/y/c", "/foo/bar/"]),
    (GROUPS, "BarBot", ["/y/c", "/w/a"], ["/z/d", "/foo/bar/"]),
    (GROUPS, "BazBot", ["/z/d"], ["/foo/bar/"]),
    *[
        (f"{a}: FooBot\n{b}: /x/\n{c}: /", "FooBot", ["/x/y"], ["/a/b"])
        for a, b, c in [
            ("USER-AGENT", "ALLOW", "DISALLOW"),
            ("user-agent", "allow", "disallow"),
            ("uSeR-aGeNt", "AlLoW", "dIsAlLoW"),
        ]
    ],
    *[
        (group("Allow: /x/", "Disallow: /", name=name), agent, ["/x/y"], ["/a/b"])
        for name in ("FOO BAR", "foo bar", "FoO bAr")
        for agent in ("Foo", "foo")
    ],
    (SPACED.format("Foo Bar"), "Foo", ["/x/y"], ["/a"]),
    (SPACED.format("Foo Bar"), "Foo Bar", [], ["/x/y"]),
    (GLOBAL, "FooBot", [], ["/x/y"]),
    (GLOBAL, "BarBot", ["/x/y"], []),
    (GLOBAL.replace("*", "BazBot"), "QuxBot", ["/x/y"], []),
    # names are compared whole, less their versions
    (group("disallow: /", name="press"), "presswire", ["/x"], []),
    (group("disallow: /", name="wire"), "presswire", ["/x"], []),
    (group("disallow: /", name="presswire-images"), "presswire", ["/x"], []),
    (group("disallow: /", name="presswire2"), "presswire", ["/x"], []),
    (group("disallow: /", name="presswire"), "press", ["/x"], []),
    *[
        (group("disallow: /", name=name), "presswire", [], ["/x"])
        for name in (
            "presswire/0.1",
            "PressWire/2.0 (+https://wire.example)",
            "PressWire Bot",
            "Googlebot, PRESSWIRE",
            "presswire*",
            "Mozilla/5.0 (compatible; presswire/0.1; +mailto:a@b.example)",
        )
    ],
    # lines that no rule of RFC 9309 knows part no group
    *[
        (f"user-agent: FooBot\n{line}\nuser-agent: BarBot\ndisallow: /", "FooBot", [], ["/x"])
        for line in (
            "sitemap: https://gazette.example/s.xml",
            "crawl-delay: 5",
            "host: gazette.example",
            "clean-param: ref",
            "noindex: /a",
            "not a rule at all",
            "",
            "# a comment",
        )
    ],
]


@pytest.mark.parametrize(("text", "agent", "free", "closed"), NAMES)
def test_the_groups_of_a_name(text, agent, free, closed):
    assert [path for path in [*free, *closed] if allowed(text, path, agent)] == free


FISH = ["/fish", "/fish.html", "/fish/salmon.html", "/fishheads", "/fishheads/y.html"]
NO_FISH = ["/bar", "/Fish.asp", "/catfish", "/?id=fish"]
PHP = [
    "/filename.php",
    "/folder/filename.php",
    "/folder/filename.php?parameters",
    f"{SITE}//folder/any.php.file.html",
    "/filename.php/",
    "/index?f=filename.php/",
]
ONLY = "disallow: /"

# rules, what they allow, what they do not
PATTERNS = [
    (["disallow: /x/"], ["/X/y"], ["/x/y"]),
    (["disallow: /x/page.html", "allow: /x/"], ["/x/"], ["/x/page.html"]),
    (["allow: /x/page.html", "disallow: /x/"], ["/x/page.html"], ["/x/"]),
    (["disallow: ", "allow: "], ["/x/page.html"], []),
    (["disallow: /", "allow: /"], ["/x/page.html"], []),
    (["disallow: /x", "allow: /x/"], ["/x/"], ["/x"]),
    (["disallow: /x/page.html", "allow: /x/page.html"], ["/x/page.html"], []),
    (["allow: /page", "disallow: /*.html"], ["/page"], ["/page.html"]),
    (["allow: /x/page.", "disallow: /*.html"], ["/x/page.html"], ["/x/y.html"]),
    (
        [ONLY, "Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par"],
        ["/foo/bar?qux=taz&baz=http://foo.bar?tar&par"],
        ["/foo/bar?qux=taz"],
    ),
    # RFC 9309 section 2.2.2, the table: both sides are brought to one form
    ([ONLY, "Allow: /foo/bar/ツ"], ["/foo/bar/%E3%83%84", "/foo/bar/ツ", "/foo/bar/%e3%83%84"], []),
    ([ONLY, "Allow: /foo/bar/%E3%83%84"], ["/foo/bar/%E3%83%84", "/foo/bar/ツ"], ["/foo/bar/"]),
    ([ONLY, "Allow: /foo/bar/%62%61%7A"], ["/foo/bar/baz", "/foo/bar/%62%61%7A"], ["/foo/bar/b"]),
    ([ONLY, "Allow: /a%3fb"], ["/a%3Fb"], ["/a?b"]),
    ([ONLY, "Allow: /a%2Fb"], ["/a%2fb"], ["/a/b"]),
    ([ONLY, "Allow: /~mak"], ["/%7Emak/x"], ["/%7Ejim"]),
    (["Allow: /file-%2A.html", "Disallow: /file-"], ["/file-*.html"], ["/file-x.html"]),
    (["Allow: /price-%24$", "Disallow: /price-"], ["/price-$"], ["/price-$1"]),
    (["Disallow: /a$b"], ["/a", "/ab"], ["/a$b/c"]),
    (
        ["Disallow: /foo/bar/quz", "Allow: /foo/*/qux"],
        ["/foo/quz", "/foo//quz", "/foo/bax/quz"],
        ["/foo/bar/quz"],
    ),
    (
        ["Disallow: /foo/bar$", "Allow: /foo/bar/qux"],
        ["/foo/bar/qux", "/foo/bar/", "/foo/bar/baz"],
        ["/foo/bar"],
    ),
    (["# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"], ["/foo/bar"], ["/foo/quz"]),
    (
        ["Allow: /allowed-slash/index.html", ONLY],
        ["/allowed-slash/", "/allowed-slash/index.html"],
        ["/allowed-slash/index.htm", "/anyother-url"],
    ),
    ([ONLY, "allow: /fish"], [*FISH, "/fish.html?id=anything"], NO_FISH),
    ([ONLY, "allow: /fish*"], [*FISH, "/fish.html?id=anything"], NO_FISH),
    (
        [ONLY, "allow: /fish/"],
        ["/fish/", "/fish/salmon", "/fish/?salmon", "/fish/salmon.html", "/fish/?id=anything"],
        ["/bar", "/fish", "/fish.html", "/Fish/Salmon.html"],
    ),
    ([ONLY, "allow: /*.php"], PHP, ["/bar", "/php/", "/index?php", "/windows.PHP"]),
    (
        [ONLY, "allow: /*.php$"],
        PHP[:2],
        [*PHP[2:], "/filename.php5", "/php/", "/filename?php", "/aaaphpaaa", "//windows.PHP"],
    ),
    (
        [ONLY, "allow: /fish*.php"],
        ["/fish.php", "/fishheads/catfish.php?parameters"],
        ["/bar", "/Fish.PHP"],
    ),
    (["allow: /p", ONLY], ["/page"], []),
    (["allow: /folder", "disallow: /folder"], ["/folder/page"], []),
    (["allow: /page", "disallow: /*.htm"], [], ["/page.htm"]),
    (["allow: /$", ONLY], ["/"], ["/page.html"]),
    (["disallow: /*/*/*x*y$"], ["/a/b/xyz"], ["/a/b/c-x-y"]),
    (["dissallow: /a", "user agent : FooBot", "disallow /b"], ["/c"], ["/a", "/b"]),
    ([ONLY], ["/robots.txt"], ["/robots.txt.html"]),
]


@pytest.mark.parametrize(("rules", "free", "closed"), PATTERNS)
def test_the_longest_pattern_that_matches_rules(rules, free, closed):
    text = group(*rules)
    assert [path for path in [*free, *closed] if allowed(text, path)] == free


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\r\n"])
def test_lines_end_as_they_like(end):
    text = end.join(["User-Agent: foo", "Allow: /some/path", "User-Agent: bar", "", "Disallow: /"])
    assert allowed(text, "/x", "foo")
    assert not allowed(text, "/x", "bar")


def test_a_next_line_character_is_none():
    text = "User-agent: excite\rDisallow: \x85\rUser-agent: *\nDisallow: /"
    assert allowed(text, "/x", "excite")


def test_of_a_line_that_is_too_long_the_rest_is_not_read():
    start = "/x/" + (MAX_LINE_LENGTH - len("disallow: /x//")) * "a"
    text = group(f"disallow: {start}/qux")
    assert allowed(text, "/fux")
    assert not allowed(text, f"{start}/fux")
    start += "aaa"
    text = group("disallow: /", f"allow: {start}/qux")
    assert not allowed(text, "/")
    assert allowed(text, f"{start}/qux")
    assert allowed(text, f"{start}/fux")


def test_a_page_of_html_with_rules_in_it_is_read():
    text = (
        "<!DOCTYPE HTML><HTML>\n<BODY>\nUser-agent: anybot<BR>\nDisallow: <BR>\nCrawl-Delay: 10<BR>"
        "\n\nUser-agent: *<BR>\nDisallow: /<BR>\nCrawl-Delay: 30<BR>\n</BODY>"
    )
    assert allowed(text, "/x", "anybot")
    assert not allowed(text, "/x", "bogusbot")
    rules = RobotsRules(text)
    assert [rules.crawl_delay(name) for name in ("anybot", "bogusbot")] == [10, 30]


@pytest.mark.parametrize(
    ("lines", "agent", "seconds"),
    [
        (["Crawl-delay: 7"], "FooBot", 7),
        (["Crawl-delay: 0.5", "Disallow:"], "FooBot", 0.5),
        (["Crawl-delay: -1"], "FooBot", 0),
        (["Crawl-delay: nan"], "FooBot", 0),
        (["Crawl-delay: soon"], "FooBot", 0),
        (["Request-rate: 1/5m"], "FooBot", 300),
        (["Request-rate: 0/5"], "FooBot", 0),
        (["Crawl-delay: 10", "User-agent: BarBot", "Crawl-delay: 20"], "FooBot", 10),
        (["Crawl-delay: 10", "User-agent: BarBot", "Crawl-delay: 20"], "BarBot", 20),
        (["Crawl-delay: 10", "User-agent: *", "Disallow: /x"], "BarBot", 0),
    ],
)
def test_a_delay_belongs_to_the_names_above_it(lines, agent, seconds):
    assert RobotsRules(group(*lines)).crawl_delay(agent) == seconds


def test_sitemaps_stand_anywhere():
    text = "Sitemap: /a.xml\nUser-agent: x\nSitemap https://gazette.example/B.xml\nDisallow: /"
    assert RobotsRules(text).sitemaps == ("/a.xml", "https://gazette.example/B.xml")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("", "/"),
        ("https://www.example.com", "/"),
        ("https://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"),
        ("https://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"),
        ("example.com", "/"),
        ("example.com/a", "/a"),
        ("/a", "/a"),
        ("example.com?a", "/?a"),
        ("example.com/a;b#c", "/a;b"),
        ("//a/b/c", "/b/c"),
    ],
)
def test_a_rule_is_compared_with_path_and_query(url, path):
    rules = RobotsRules(f"User-agent: *\nDisallow: /\nAllow: {path}$")
    assert rules.can_fetch(url, "x")
