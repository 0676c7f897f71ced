"""Some articles of an outlet as they would be indexed, drawn by a browser where a script writes
them."""

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from schemas.events import PageFound
from schemas.outlet import Outlet
from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.cli.support.outlet_probe import OutletProbe, SourceLook
from workers.exceptions import PermanentFailure, TryAgain
from workers.fetch import response_checks
from workers.parse import shell
from workers.parse.step import read_page
from workers.render.step import RENDERED_TYPE
from workers.services import Services

if TYPE_CHECKING:
    from workers.adapters.browser.renderer import Renderer

SAMPLES = 5


class Sample(Struct, frozen=True):
    """One article as it would be indexed, or why its page is none. Of a page that `is_shell` only a
    script tells the text."""

    url: str
    title: str = ""
    published: str = ""
    authors: str = ""
    words: int = 0
    language: str = ""
    problem: str = ""
    is_shell: bool = False


class SampleReader:
    """Reads samples through a probe; its browser starts with the first page that needs it."""

    def __init__(self, services: Services, probe: OutletProbe) -> None:
        self._services = services
        self._probe = probe
        self._browser: Renderer | None = None

    def close(self) -> None:
        """End the browser, if there is one."""
        if self._browser:
            self._browser.close()

    def read(self, outlet: Outlet, looks: list[SourceLook]) -> list[Sample]:
        """Return some of the newest articles that the sources name."""
        pages = {page.page_id: page for look in looks for page in look.pages}
        newest = sorted(pages.values(), key=_moment, reverse=True)
        return [self._read(outlet, page.url) for page in newest[:SAMPLES]]

    def _read(self, outlet: Outlet, url: str) -> Sample:
        is_shell = False
        try:
            page = self._probe.get(url)
            response_checks.check_response(page)
            is_shell = outlet.render == "always" or _is_shell(page, outlet)
            if is_shell:
                page = self._draw(page, outlet)
            form = "rendered" if is_shell else "html"
            article = read_page(page, form, outlet.layouts).article
        except (PermanentFailure, TryAgain) as error:
            problem = f"a script writes it; {error}" if is_shell else str(error)
            return Sample(url, problem=problem, is_shell=is_shell)
        return Sample(
            url,
            article.title,
            str(article.published or ""),
            ", ".join(article.authors),
            len(article.body.split()),
            article.language or "",
            is_shell=is_shell,
        )

    def _draw(self, page: StoredPage, outlet: Outlet) -> StoredPage:
        """Return the page as a browser draws it.

        Raises:
            PermanentFailure: it is too large.
            TryAgain: there is no browser, or it failed.
        """
        if self._browser is None:
            self._browser = self._services.new_browser(self._probe.transport, threads=1)
        drawn = self._browser.render(page, outlet)
        return replace(page, headers=(("content-type", RENDERED_TYPE),), body=drawn.html)


def _is_shell(page: StoredPage, outlet: Outlet) -> bool:
    try:
        read_page(page, "html", outlet.layouts)
    except PermanentFailure as failure:
        is_empty = failure.reason in {Reason.NO_BODY, Reason.NO_TITLE}
        return is_empty and shell.is_shell(page.body, None)
    return False


def _moment(page: PageFound) -> float:
    moment = page.modified or page.published
    return moment.timestamp() if moment else 0.0
