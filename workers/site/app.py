"""The web application: pages, API, static files and security."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from workers.settings import Settings, SettingsError
from workers.site import (
    api,
    feeds,
    operations,
    pages,
    problems,
    saved_pages,
    sign_in,
    websub_callback,
    zones,
)
from workers.site.analysis import copies, corrections, counts, facets, news_events, outlets, words
from workers.site.openapi import add_schemas
from workers.site.queues import make_queues
from workers.site.rendering import STATIC
from workers.site.security import (
    CrossOriginMiddleware,
    HeadMiddleware,
    SecurityMiddleware,
    parse_origins,
)
from workers.site.services import SiteServices

DESCRIPTION = """Search of Presswire's articles. Give a token as `Authorization: Bearer pw_…`
(`presswire token create NAME`); without one, fewer requests a minute are answered. Errors are
`application/problem+json`."""
CACHE_FOREVER = "public, max-age=31536000, immutable"


class ImmutableFiles(StaticFiles):
    """Static files that browsers may cache forever, as their URL changes with their content."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  Starlette's own
        """Return the file with a Cache-Control header."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = CACHE_FOREVER
        return response


def create_app(site: SiteServices) -> ASGIApp:
    """Return the web application on these services, behind its security middleware.

    Raises:
        SettingsError: an origin that may read the API is none.
    """
    app: ASGIApp = HeadMiddleware(create_fastapi(site))
    try:
        origins = parse_origins(site.settings.site_cors_origins)
    except ValueError as error:
        raise SettingsError(f"PRESSWIRE_SITE_CORS_ORIGINS: {error}") from error
    return SecurityMiddleware(CrossOriginMiddleware(app, origins) if origins else app)


def create_fastapi(site: SiteServices) -> FastAPI:
    """Return the FastAPI application on these services: pages, API and static files."""
    app = FastAPI(
        title="Presswire",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_run_site,
    )
    app.state.site = site
    make_queues(app)
    app.include_router(api.router, prefix="/api")
    app.include_router(saved_pages.api, prefix="/api")
    app.include_router(corrections.api, prefix="/api")
    app.include_router(copies.api, prefix="/api")
    app.include_router(words.api, prefix="/api")
    app.include_router(news_events.api, prefix="/api")
    app.include_router(outlets.api, prefix="/api")
    app.include_router(facets.api, prefix="/api")
    for router in (
        pages.router,
        pages.help_router,
        counts.router,
        corrections.pages,
        copies.pages,
        words.pages,
        news_events.pages,
        outlets.pages,
        facets.pages,
        saved_pages.pages,
        operations.pages,
        zones.router,
        sign_in.router,
        feeds.router,
        websub_callback.router,
    ):
        app.include_router(router)
    app.mount("/static", ImmutableFiles(directory=STATIC))
    problems.install_handlers(app)
    add_schemas(app)
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=_allowed_hosts(site.settings), www_redirect=False
    )
    app.add_api_route("/health", lambda: {"status": "up"}, include_in_schema=False)
    _open_to_agents(app)
    return app


def _open_to_agents(app: FastAPI) -> None:
    """Serve /mcp, if its package is installed."""
    app.state.agents = None
    if find_spec("mcp") is None:
        return
    from workers.site.agents import mcp_app  # noqa: PLC0415  an extra

    app.state.agents, agents_app = mcp_app(app)
    app.router.routes.extend(agents_app.routes)


@asynccontextmanager
async def _run_site(app: FastAPI) -> AsyncIterator[None]:
    """Keep what answers /mcp running, and close the site's connections when its server stops."""
    async with AsyncExitStack() as stack:
        if app.state.agents is not None:
            await stack.enter_async_context(app.state.agents.session_manager.run())
        yield
    app.state.site.close()


def _allowed_hosts(settings: Settings) -> list[str]:
    """Return the host names under which browsers and WebSub hubs may reach the site."""
    hosts = [name.strip() for name in settings.site_hosts.split(",") if name.strip()]
    callback_host = urlsplit(settings.websub_callback).hostname
    return [*hosts, callback_host] if callback_host else hosts
