"""The site on real servers: a newsroom in Elasticsearch, Redis, and uvicorn on a free port."""

import itertools
import os
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest
import uvicorn

from schemas.article import Block, Image, Related
from schemas.events import ArticleClustered, Role
from tests.browsers import QUIET, chromium
from tests.cleanup import delete_installation
from tests.integration.indexing import index_stories
from tests.stories import NOON, clustered_story
from workers.adapters.elasticsearch.client import SearchIndex
from workers.adapters.redis.tokens import Tokens
from workers.settings import Settings
from workers.site.app import create_app
from workers.site.services import SiteServices, connect_site_services

HOSTILE = "<script>document.title='owned'</script><img src=x onerror=alert(1)>"
_numbers = itertools.count()


def story(
    name: str, title: str, *paragraphs: str | Block, at: datetime = NOON, **more: object
) -> ArticleClustered:
    return clustered_story(name, title=title, paragraphs=paragraphs, fetched_at=at, **more)


def river(words: str, at: datetime) -> ArticleClustered:
    """The story that was corrected."""
    return story(
        "river",
        "River rises in Eastmarch",
        f"The river rose by {words} metres overnight, the water board said.",
        Block("heading", "Bridges closed"),
        "Three bridges were closed before dawn. The council opened a shelter in the town hall.",
        Block("quote", "We have not seen such water since my grandfather's days."),
        "“All boats went out at once,” said Bo Inkwell. “It was a long night,” a neighbour said.",
        Block("list", "Old Mill Bridge\nStation Bridge\nWeir Bridge"),
        at=at,
        cluster="river",
        authors=("Ada Quill", "Bo Inkwell"),
        section="Local",
        tags=("floods", "weather"),
        subtitle="Shelter opened in the town hall",
        images=(
            Image("https://eastmarch-courier.example/r.jpg", "Water at the old mill", "P. Lens"),
        ),
        related=(Related("Mill to be rebuilt", "https://eastmarch-courier.example/mill"),),
    )


def newsroom() -> Iterator[ArticleClustered]:
    """Three weeks of news of five outlets."""
    yield river("three", NOON + timedelta(hours=5))
    text = "The river rose by three metres overnight, the water board said. Schools were closed."
    for number, outlet in enumerate(("northpoint-post", "weir-gazette", "harbour-times")):
        yield story(
            f"river-{outlet}",
            "Eastmarch river rises, schools closed",
            text,
            outlet=outlet,
            at=NOON + timedelta(hours=2 + 3 * number),
            cluster="river",
            role=Role.EXCERPT if number == 1 else Role.REPRINT,
            overlap=0.9 - number / 10,
            source="Eastmarch Courier",
        )
    yield story("evil", f"{HOSTILE} zebra", f"{HOSTILE} zebra", f"zebra {HOSTILE}",
        outlet="evil-echo", at=NOON - timedelta(days=3), cluster="evil", authors=(HOSTILE,),
        language=None,
        section='"><script>1</script>', tags=("=cmd|' /C calc'!A0",),
        canonical_url="javascript:alert(1)", images=(Image("javascript:alert(1)", HOSTILE),),
        related=(Related(HOSTILE, "javascript:alert(1)"),),
    )  # fmt: skip
    yield story(
        "formula",
        '=HYPERLINK("http://x.example")',
        "zebra formula",
        outlet="evil-echo",
        language=None,
    )
    yield story(
        "haushalt",
        "Stadtrat beschließt Haushalt",
        "Der Stadtrat hat den Haushalt mit neun gegen vier Stimmen beschlossen.",
        outlet="weserblatt",
        language="de",
        section="Politik",
        at=NOON + timedelta(days=2),
    )
    yield from _daily()


def _daily() -> Iterator[ArticleClustered]:
    outlets = ("eastmarch-courier", "northpoint-post", "weir-gazette", "harbour-times")
    topics = ("Council", "Harbour", "Football", "Weather")
    for number in range(48):
        topic = topics[number % 4]
        yield story(
            f"daily-{number:02d}",
            f"{topic} report {number}: what the week brought",
            f"The {topic.lower()} met on day {number}. Nine voted for the plan and four against.",
            "More is expected next week, when the water board speaks about the river.",
            outlet=outlets[number % 3],
            section=topic if topic != "Council" else "Politics",
            authors=("Bo Inkwell",) if number % 2 else ("Cleo Nib",),
            at=NOON - timedelta(hours=9 * number),
        )


@pytest.fixture(scope="session")
def site_settings(elasticsearch_url, redis_url) -> Iterator[Settings]:
    """Settings of an index that holds the newsroom; read-only for the tests."""
    prefix = f"test-site-{os.getpid()}"
    settings = Settings(elasticsearch_url=elasticsearch_url, redis_url=redis_url, prefix=prefix)
    search = SearchIndex(settings)
    search.bootstrap()
    for batch in ([river("two", NOON)], newsroom()):
        assert {result.state for result in index_stories(search, batch)} == {"done"}
    yield settings
    delete_installation(search)
    search.close()


@pytest.fixture(scope="session")
def serve(site_settings) -> Iterator[Callable[..., str]]:
    """Starts the site with other settings; its address."""
    running = []

    def start(**changes: object) -> str:
        settings = msgspec.structs.replace(site_settings, **changes)
        listening = socket.create_server(("127.0.0.1", 0))
        config = uvicorn.Config(create_app(connect_site_services(settings)), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{listening.getsockname()[1]}"

    yield start
    for server, thread in running:
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="session")
def site_url(serve) -> str:
    """The site as it is by default, but for a limit that tests would reach."""
    return serve(site_searches_per_minute=100_000)


@pytest.fixture
def http(site_url) -> Iterator[httpx.Client]:
    """A client of the site that follows nothing."""
    with httpx.Client(base_url=site_url, timeout=30) as client:
        yield client


@pytest.fixture
def token(site_settings) -> Iterator[str]:
    """A valid token of the site."""
    site: SiteServices = connect_site_services(site_settings)
    tokens: Tokens = site.tokens
    text = tokens.create("tests", datetime.now(UTC))
    yield text
    tokens.revoke(text.split("_")[1])
    site.close()


@pytest.fixture(scope="module")
def browser():
    """Chromium, without a window."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  most tests need none

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield opened
        opened.close()
