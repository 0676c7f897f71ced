"""What has to be there before the first worker: index, queues, feeds."""

import click

from workers.celery_app.tasks import declare_topology, delivery
from workers.periodic.ticks import keep_feeds


def set_up() -> None:
    """Puts it up and says what there is; twice changes nothing."""
    tools = delivery().tools
    click.echo(tools.search.bootstrap(), err=True)
    declare_topology()
    click.echo(f"{keep_feeds(delivery())} feeds of {len(tools.outlets)} outlets", err=True)
