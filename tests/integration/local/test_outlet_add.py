"""`presswire outlet add` and `try` on sites of many kinds, each on a loopback address."""

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from selectolax.lexbor import LexborHTMLParser

from workers import outlets
from workers.cli.outlet import outlet
from workers.cli.support import outlet_commands, outlet_probe, probe_requests
from workers.services import Services
from workers.settings import Settings

WORDS = "The council of the town voted on Monday to rebuild the old bridge over the river. " * 12
WORTE = "Der Rat der Stadt hat am Montag beschlossen, die alte Bruecke neu zu bauen. " * 12
ATOM = 'application/rss+xml" href="/hidden/news.rss'


class Site:
    def __init__(self, address):
        self.pages = {}
        self.asked = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                answer = site.pages.get(self.path)
                if callable(answer):
                    answer(self)
                    return
                status, headers, body = answer or (404, {}, b"none")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((address, 0), Handler)
        self.home = f"http://{address}:{self.server.server_port}/"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path, text, kind="text/html; charset=utf-8", status=200, **headers):
        raw = text if isinstance(text, bytes) else text.encode()
        self.pages[path] = (status, {"Content-Type": kind} | headers, raw)

    def stories(self, folder="news", text=WORDS, lang="en", number=3):
        paths = [f"/{folder}/council-votes-for-the-bridge-{n}00000.html" for n in range(number)]
        for path in paths:
            self.put(
                path,
                f'<html lang="{lang}"><head><title>Council votes for a bridge</title>'
                '<meta property="og:type" content="article"></head>'
                f"<body><article><h1>Council votes for a bridge</h1><p>{text}</p><p>{text}</p>"
                "</article></body></html>",
            )
        return paths

    def page_of(self, paths, head="", body="", lang="en"):
        links = "".join(f'<h2><a href="{p}">Council votes for a bridge</a></h2>' for p in paths)
        return (
            f'<html lang="{lang}"><head><title>The Gazette | News</title>{head}</head>'
            f"<body>{body}{links}</body></html>"
        )

    def rss(self, paths):
        items = "".join(
            f"<item><title>Council votes</title><link>{self.home[:-1]}{p}</link></item>"
            for p in paths
        )
        return f'<rss version="2.0"><channel><title>G</title>{items}</channel></rss>'

    def sitemap(self, paths):
        rows = "".join(f"<url><loc>{self.home[:-1]}{p}</loc></url>" for p in paths)
        return f"<urlset>{rows}</urlset>"


def no_feed(site):
    site.put("/", site.page_of(site.stories()))


def autodiscovery(site):
    site.put("/hidden/news.rss", site.rss(site.stories()), "application/rss+xml")
    site.put("/", site.page_of([], f'<link rel="alternate" type="{ATOM}">'))


def autodiscovery_by_header(site):
    site.put("/h.rss", site.rss(site.stories()), "application/rss+xml")
    link = '</h.rss>; rel="alternate"; type="application/rss+xml"'
    site.put("/", site.page_of([]), Link=link)


def usual_place(site):
    site.put("/feed.xml", site.rss(site.stories()), "application/rss+xml")
    site.put("/", site.page_of([]))


def json_feed(site):
    items = ",".join(
        f'{{"id":"{p}","url":"{site.home[:-1]}{p}","title":"Council votes"}}'
        for p in site.stories()
    )
    text = f'{{"version":"https://jsonfeed.org/version/1.1","title":"G","items":[{items}]}}'
    site.put("/news.json", text, "application/feed+json")
    link = '<link rel="alternate" type="application/feed+json" href="/news.json">'
    site.put("/", site.page_of([], link))


def sitemap_in_robots(site):
    site.put("/robots.txt", f"User-agent: *\nSitemap: {site.home}maps/all.xml\n", "text/plain")
    site.put("/maps/all.xml", site.sitemap(site.stories()), "application/xml")
    site.put("/", site.page_of([]))


def usual_sitemap(site):
    site.put("/sitemap.xml", site.sitemap(site.stories()), "application/xml")
    site.put("/", site.page_of([]))


def navigation_only(site):
    paths = site.stories()
    site.put("/politics", site.page_of(paths))
    site.put("/", site.page_of([], body='<nav><a href="/politics">Politics</a></nav>'))


def consent_detour(site):
    paths = site.stories()

    def home(handler):
        if "consent=1" in (handler.headers.get("Cookie") or ""):
            body = site.page_of(paths).encode()
            handler.send_response(200)
            handler.send_header("Content-Type", "text/html")
        else:
            body = b""
            handler.send_response(302)
            handler.send_header("Location", "/consent")
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    site.pages["/"] = home
    site.put("/consent", b"", status=302, Location="/", **{"Set-Cookie": "consent=1; Path=/"})


def two_languages(site):
    site.put("/feed.xml", site.rss(site.stories()), "application/rss+xml")
    german = site.stories("de", WORTE, "de", number=1)
    site.put("/de.rss", site.rss(german), "application/rss+xml")
    names = ("/feed.xml", "/de.rss")
    kind = "application/rss+xml"
    links = "".join(f'<link rel="alternate" type="{kind}" href="{n}">' for n in names)
    site.put("/", site.page_of([], links))


def slow_crawl(site):
    site.put("/robots.txt", "User-agent: *\nCrawl-delay: 4\n", "text/plain")
    autodiscovery(site)


def one_broken_feed(site):
    site.put("/bad.rss", "<rss", "application/rss+xml")
    autodiscovery(site)
    kind = "application/rss+xml"
    links = f'<link rel="alternate" type="{kind}" href="/bad.rss">'
    site.put("/", site.page_of([], f'{links}<link rel="alternate" type="{ATOM}">'))


def other_letters(site):
    site.put("/\u00fcber.rss".encode().decode("latin-1"), b"")
    path = "/%C3%BCber.rss"
    site.put(path, site.rss(site.stories()), "application/rss+xml")
    link = '<link rel="alternate" type="application/rss+xml" href="/\u00fcber.rss">'
    site.put("/", site.page_of([], link))


GOOD = [
    (no_feed, "sections"),
    (autodiscovery, "feeds"),
    (autodiscovery_by_header, "feeds"),
    (usual_place, "feeds"),
    (json_feed, "feeds"),
    (sitemap_in_robots, "sitemaps"),
    (usual_sitemap, "sitemaps"),
    (navigation_only, "sections"),
    (consent_detour, "sections"),
    (two_languages, "feeds"),
    (slow_crawl, "feeds"),
    (one_broken_feed, "feeds"),
    (other_letters, "feeds"),
]


def script_only(site):
    site.put("/", '<html><head><script src="/app.js"></script></head><body><div id="root">')


def endless_redirects(site):
    def turn(handler):
        number = int(handler.path.rpartition("=")[2] or 0) if "=" in handler.path else 0
        handler.send_response(302)
        handler.send_header("Location", f"/?n={number + 1}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    site.pages |= {"/": turn} | {f"/?n={n}": turn for n in range(50)}


def huge_body(site):
    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(200):
            handler.wfile.write(b"x" * 100_000)

    site.pages["/"] = send


def slow_drip(site):
    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        for _ in range(100):
            handler.wfile.write(b"x")
            handler.wfile.flush()
            time.sleep(0.1)

    site.pages["/"] = send


def private_redirect(site):
    site.put("/", b"", status=302, Location="http://10.0.0.1/")


def forbidden_by_robots(site):
    site.put("/robots.txt", "User-agent: *\nDisallow: /\n", "text/plain")
    site.put("/", site.page_of(site.stories()))


def busy_robots(site):
    site.put("/robots.txt", "wait", "text/plain", status=429)
    site.put("/", site.page_of(site.stories()))


def failing_robots(site):
    site.put("/robots.txt", "sorry", "text/plain", status=503)
    site.put("/", site.page_of(site.stories()))


def broken_robots(site):
    site.pages["/robots.txt"] = lambda handler: handler.wfile.write(b"this is no HTTP\r\n\r\n")
    site.put("/", site.page_of(site.stories()))


def not_found(_site):
    pass


BAD = [
    (script_only, "a script writes the page"),
    (endless_redirects, "no page"),
    (huge_body, "bytes"),
    (slow_drip, ""),
    (private_redirect, "10.0.0.1"),
    (forbidden_by_robots, "robots.txt forbids it"),
    (busy_robots, "robots.txt: status 429"),
    (failing_robots, "robots.txt: status 503"),
    (broken_robots, "robots.txt: "),
    (not_found, "404"),
]


@pytest.fixture
def site():
    made = Site("127.0.0.1")
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def services(tmp_path, monkeypatch):
    given = Settings(
        outlets=str(tmp_path / "outlets"),
        allow_networks="127.0.0.0/8",
        request_timeout_seconds=2.0,
        max_feed_bytes=2_000_000,
    )
    monkeypatch.setattr(outlet_probe, "PAUSE_SECONDS", 0.0)
    monkeypatch.setattr(probe_requests, "MAX_PAUSE_SECONDS", 0.05)
    with Services(given) as made:
        monkeypatch.setattr(outlet_commands, "command_services", lambda: made)
        yield made


def run(*arguments):
    return CliRunner().invoke(outlet, [str(each) for each in arguments])


@pytest.mark.parametrize(("build", "field"), GOOD, ids=lambda each: getattr(each, "__name__", each))
def test_what_a_site_has_is_found_written_and_yields_articles(services, site, build, field):
    build(site)
    result = run("add", site.home)
    assert result.exit_code == 0, result.output
    (found,) = outlets.load(services_folder(services)).values()
    assert (found.name, found.language, found.home) == ("The Gazette", "en", site.home)
    fields = [name for name in ("feeds", "sitemaps", "sections") if getattr(found, name)]
    assert fields == [field]
    assert "Council votes for a bridge" in result.output
    assert found.politeness.min_interval_seconds == (4.0 if build is slow_crawl else 2.0)
    assert len(found.feeds) == (2 if build is two_languages else field == "feeds")
    assert len(site.asked) <= 30
    again = run("add", site.home)
    assert again.exit_code == 1
    assert "is there already" in again.output
    (path,) = outlets.outlet_files(services_folder(services))
    tried = run("try", path)
    assert tried.exit_code == 0, tried.output
    assert "Council votes for a bridge" in tried.output


def test_an_outlet_whose_pages_a_script_writes_is_to_be_rendered(services, site):
    services.settings = replace(services.settings, chromium="/nowhere/chromium")
    autodiscovery(site)
    shell = '<html lang="en"><head><title>The Gazette</title><script src="/app.js"></script></head>'
    for path in site.stories(number=3):
        site.put(path, f'{shell}<body><div id="root"></div></body></html>')
    result = run("add", site.home)
    assert result.exit_code == 0, result.output
    assert "a script writes it; there is no /nowhere/chromium: apt-get install" in result.output
    (found,) = outlets.load(services_folder(services)).values()
    assert found.render == "when_empty"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("<title>News - The Daily Gazette</title>", "The Daily Gazette"),
        ("<title>The Daily Gazette | News and more</title>", "The Daily Gazette"),
        ("<title>Morning Post: news</title>", "Morning Post: news"),
        ("<title>Morning Post : news</title>", "Morning Post"),
        ('<title>x</title><meta property="og:site_name" content="Gazette">', "Gazette"),
        ("", "www.daily-gazette.example"),
    ],
)
def test_a_name_is_that_of_the_page_or_else_of_the_host(head, name):
    tree = LexborHTMLParser(head)
    assert outlet_probe._name_of(tree, "https://www.daily-gazette.example/") == name  # noqa: SLF001


def services_folder(services):
    from pathlib import Path  # noqa: PLC0415

    return Path(services.settings.outlets)


@pytest.mark.parametrize(("build", "says"), BAD, ids=lambda each: getattr(each, "__name__", "-"))
def test_a_site_with_nothing_to_find_is_said_and_costs_little(services, site, build, says):
    build(site)
    start = time.monotonic()
    result = run("add", site.home)
    assert time.monotonic() - start < 20.0
    assert result.exit_code == 1
    assert says in (result.output + str(result.exception))
    assert outlets.outlet_files(services_folder(services)) == []


def test_dry_run_and_output(services, site, tmp_path):
    no_feed(site)
    assert run("add", site.home, "--dry-run").exit_code == 0
    assert outlets.outlet_files(services_folder(services)) == []
    target = tmp_path / "ie" / "mine.toml"
    assert run("add", site.home, "--output", target).exit_code == 0
    assert outlets.read(target)[0].id == "mine"
    assert run("add", site.home, "--output", target).exit_code == 1


def test_pause_and_resume_change_one_line(services):
    text = '# mine\nname = "G"\nhome = "https://g.example/"\nlanguage = "en"\n\n[politeness]\n'
    path = services_folder(services) / "ie" / "g.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert run("pause", "g").exit_code == 0
    assert run("pause", "g").exit_code == 0
    assert path.read_text() == "paused = true\n" + text
    assert outlets.read(path)[0].paused
    assert run("resume", "g").exit_code == 0
    assert path.read_text() == text
    assert "no outlet 'x'" in run("pause", "x").output


def test_opml_comes_in_and_goes_out(services, tmp_path):
    feeds = ["https://www.bote.ch/a.rss", "https://www.bote.ch/b.rss", "https://news.g.co.uk/f"]
    rows = "".join(f'<outline text="N" xmlUrl="{each}"/>' for each in feeds)
    source = tmp_path / "in.opml"
    source.write_text(f'<opml><body><outline text="x">{rows}</outline></body></opml>')
    assert "2 outlets written, 0" in run("import", source, "--language", "de").output
    assert "0 outlets written, 2" in run("import", source).output
    found = outlets.load(services_folder(services))
    assert (found["bote"].country, found["bote"].feeds) == ("ch", tuple(feeds[:2]))
    assert (found["g"].country, found["g"].home) == ("gb", "https://news.g.co.uk/")
    target = tmp_path / "out.opml"
    assert "3 feeds" in run("export", target).output
    assert all(each in target.read_text() for each in feeds)
    source.write_text('<!DOCTYPE x [<!ENTITY a "b">]><opml>&a;</opml>')
    assert "is no OPML" in run("import", source).output
