"""What has to be there before the first worker: index, queues, feeds."""

import click

from workers.celery_app.tasks import declare_topology, stage_runner
from workers.periodic.dispatch import sync_feeds


def bootstrap() -> None:
    """Puts it up and says what there is; twice changes nothing."""
    services = stage_runner().services
    click.echo(services.search.bootstrap(), err=True)
    declare_topology()
    click.echo(f"{sync_feeds(stage_runner())} feeds of {len(services.outlets)} outlets", err=True)
