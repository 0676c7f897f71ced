"""`presswire serve`."""

import click
import uvicorn

from workers.cli.support.terminal import say
from workers.services import get_settings
from workers.site.app import create_app
from workers.site.services import connect_site_services


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.", show_default=True)
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True)
@click.option("--behind-proxy", is_flag=True, help="Believe X-Forwarded-For and -Proto.")
def serve(host: str, port: int, *, behind_proxy: bool) -> None:
    """Serve the search page and the API until stopped.

    PRESSWIRE_SITE_HOSTS lists the host names under which browsers may reach it;
    PRESSWIRE_SITE_NEEDS_TOKEN=true refuses everyone without a token.
    """
    app = create_app(connect_site_services(get_settings()))
    say(f"http://{host}:{port}", to_stderr=True)
    uvicorn.run(
        app,
        host=host,
        port=port,
        proxy_headers=behind_proxy,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
