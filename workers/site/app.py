"""The web application: pages, API, static files and what guards them."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI, Response
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from schemas.json import Json
from workers.settings import Settings
from workers.site import api, feeds, pages, problems, saved_pages, sign_in, websub_callback
from workers.site.rendering import STATIC
from workers.site.responses import components
from workers.site.security import SecurityMiddleware
from workers.site.services import SiteServices

ABOUT = """Search of Presswire's articles. Give a token as `Authorization: Bearer pw_…`
(`presswire token create NAME`); without one, fewer requests a minute are answered. Errors are
`application/problem+json`."""
KEPT = "public, max-age=31536000, immutable"


class KeptFiles(StaticFiles):
    """Files whose address changes with them."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:  # noqa: ANN401  Starlette's own
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = KEPT
        return response


def create_app(site: SiteServices) -> ASGIApp:
    """Return the application of `site`."""
    app = FastAPI(
        title="Presswire",
        version="1",
        description=ABOUT,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.site = site
    app.include_router(api.router, prefix="/api")
    app.include_router(saved_pages.api, prefix="/api")
    for router in (
        pages.router,
        saved_pages.pages,
        sign_in.router,
        feeds.router,
        websub_callback.router,
    ):
        app.include_router(router)
    app.mount("/static", KeptFiles(directory=STATIC))
    problems.install(app)
    _describe(app)
    app.add_middleware(
        TrustedHostMiddleware, allowed_hosts=_hosts(site.settings), www_redirect=False
    )
    app.add_api_route("/health", lambda: {"status": "up"}, include_in_schema=False)
    return SecurityMiddleware(app)


def _hosts(settings: Settings) -> list[str]:
    """Return the names under which browsers and hubs may reach the site."""
    hosts = [name.strip() for name in settings.site_hosts.split(",") if name.strip()]
    hub_side = urlsplit(settings.websub_callback).hostname
    return [*hosts, hub_side] if hub_side else hosts


def _describe(app: FastAPI) -> None:
    """Puts our own types beside FastAPI's in the OpenAPI document."""
    generate = app.openapi

    def described() -> Json:
        document = generate()
        document.setdefault("components", {}).setdefault("schemas", {}).update(components())
        return document

    app.openapi = described  # type: ignore[method-assign]
