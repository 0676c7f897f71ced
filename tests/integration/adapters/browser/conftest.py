"""A browser of the product, and a site on this machine that says what a test tells it to."""

import pytest
from msgspec.structs import replace

from schemas.outlet import Outlet, Politeness
from schemas.page import StoredPage
from tests.browsers import chromium
from tests.loopback_site import LoopbackSite
from workers import clock
from workers.adapters.browser.renderer import Renderer
from workers.outlets import Outlets
from workers.services import Services
from workers.settings import Settings


@pytest.fixture
def site():
    made = LoopbackSite("127.0.0.1")
    yield made
    made.close()


@pytest.fixture
def private_site():
    """A site at an address that must not be asked."""
    made = LoopbackSite("127.0.0.2")
    yield made
    made.close()


@pytest.fixture(scope="session")
def browser_services(redis_url, tmp_path_factory):
    """Services with one browser for all tests, until one of them costs it."""
    given = Settings(
        redis_url=redis_url,
        prefix="render",
        archive=str(tmp_path_factory.mktemp("archive")),
        allow_networks="127.0.0.1/32",
        chromium=chromium(),
        chromium_sandbox=False,  # tests may run as root
        render_timeout_seconds=30.0,
    )
    with Services(given) as made:
        yield made


@pytest.fixture
def renderer(browser_services) -> Renderer:
    return browser_services.browser


@pytest.fixture
def draw(browser_services, site):
    """Draws HTML as if the site's page /1 had it."""

    def build(html, path="1", **fields):
        given = {"politeness": Politeness(0.0), "render": "always", **fields}
        outlet = Outlet(name="O", home=site.home, language="en", id="o", **given)
        # its client holds the outlets that it was made with
        browser_services.__dict__.setdefault("outlets", Outlets({}))._set({"o": outlet})  # noqa: SLF001
        url = f"{site.home}{path}"
        headers = (("content-type", "text/html; charset=utf-8"),)
        page = StoredPage(url, url, 200, headers, html.encode(), clock.now())
        return browser_services.browser.render(replace(page), outlet)

    return build
