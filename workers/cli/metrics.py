"""`presswire metrics`."""

import signal
from collections.abc import Mapping

import click
from prometheus_client import CollectorRegistry, start_http_server

from workers.celery_app.app import app, topology
from workers.cli.support.terminal import say
from workers.monitoring.metrics import Metrics
from workers.services import Services, get_settings


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=9750, show_default=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
def metrics(port: int, host: str) -> None:
    """Serve metrics for Prometheus at /metrics until stopped."""
    settings = get_settings()
    services = Services(settings, redis_retries=0)  # a scrape reports at once that Redis is gone
    registry = CollectorRegistry()
    registry.register(Metrics(services, _depths))
    server, thread = start_http_server(port, addr=host, registry=registry)
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: server.shutdown())
    say(f"metrics at http://{host}:{server.server_port}/metrics", to_stderr=True)
    thread.join()


def _depths() -> Mapping[str, int]:
    with app.connection_for_read() as connection:
        connection.ensure_connection(max_retries=1)
        return topology.all_depths(connection)
