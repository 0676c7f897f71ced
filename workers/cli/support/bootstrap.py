"""Set-up before the first worker starts: index, queues, feeds."""

from workers.celery_app.publishing import stage_runner
from workers.celery_app.tasks import declare_topology
from workers.cli.support.terminal import say
from workers.periodic.dispatch import sync_feeds


def bootstrap() -> None:
    """Create what is missing of index, queues and feeds, and print what there is."""
    services = stage_runner().services
    say(services.search.bootstrap(), to_stderr=True)
    declare_topology()
    say(f"{sync_feeds(stage_runner())} feeds of {len(services.outlets)} outlets", to_stderr=True)
