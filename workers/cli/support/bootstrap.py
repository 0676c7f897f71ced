"""Set-up before the first worker starts: index, queues, feeds."""

import click

from workers.celery_app.tasks import declare_topology, stage_runner
from workers.periodic.dispatch import sync_feeds


def bootstrap() -> None:
    """Create what is missing of index, queues and feeds, and print what there is."""
    services = stage_runner().services
    click.echo(services.search.bootstrap(), err=True)
    declare_topology()
    click.echo(f"{sync_feeds(stage_runner())} feeds of {len(services.outlets)} outlets", err=True)
