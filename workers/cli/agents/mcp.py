"""`presswire mcp`."""

from importlib.util import find_spec
from typing import TYPE_CHECKING

import click
import httpx

from workers.cli.support.terminal import CommandError

if TYPE_CHECKING:
    from workers.site.agents import AnyContext

MISSING = "the package mcp is not installed: pip install 'presswire[agents]'"


@click.command()
@click.option("--url", default="http://127.0.0.1:8000", show_default=True, help="The site to ask.")
@click.option(
    "--token",
    default="",
    envvar="PRESSWIRE_TOKEN",
    help="Token of its API.  [env: PRESSWIRE_TOKEN]",
)
def mcp(url: str, token: str) -> None:
    """Serve a site's articles to an agent (Model Context Protocol, read-only) on stdin and stdout.

    A site serves the same at /mcp, over HTTP.
    """
    if find_spec("mcp") is None:
        raise CommandError(MISSING)
    from workers.site.agents import TIMEOUT_SECONDS, make_server  # noqa: PLC0415  an extra

    headers = {"Authorization": f"Bearer {token}"} if token else {}

    def connect(_: "AnyContext") -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS)

    make_server(connect).run("stdio")
