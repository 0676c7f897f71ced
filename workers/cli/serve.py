"""`presswire serve`."""

from ipaddress import ip_network
from typing import Any

import click
import uvicorn

from workers.cli.support.terminal import say
from workers.services import get_settings
from workers.site.app import create_app
from workers.site.services import connect_site_services


class ProxyAddresses(click.ParamType[str]):
    """Addresses and networks, comma-separated."""

    name = "addresses"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401  click's
        """Return the addresses as uvicorn takes them."""
        given = [part.strip() for part in str(value).split(",")]
        for part in given:
            try:
                ip_network(part)
            except ValueError as error:
                says = f"{part!r} is no IP address and no network such as 10.0.0.0/8: {error}"
                self.fail(says, param, ctx)
        return ",".join(given)


@click.command()
@click.option("--host", default="127.0.0.1", help="Address to listen on.", show_default=True)
@click.option("--port", default=8000, type=click.IntRange(1, 65535), show_default=True)
@click.option(
    "--behind-proxy",
    is_flag=False,
    flag_value="127.0.0.1",
    type=ProxyAddresses(),
    metavar="[ADDRESS,...]",
    help="Believe X-Forwarded-For and -Proto of the proxy at this address or network; without "
    "one, of a proxy on this machine.",
)
def serve(host: str, port: int, behind_proxy: str | None) -> None:
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
        proxy_headers=behind_proxy is not None,
        forwarded_allow_ips=behind_proxy or "",
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=5,
    )
