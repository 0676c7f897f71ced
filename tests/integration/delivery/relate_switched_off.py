"""`python -m relate_switched_off N` with the settings of an installation whose stage relate is off:
N articles wait for it in messages of many, then the tick comes. Prints what waits after that."""

import json
import sys
from datetime import UTC, datetime

from schemas.article import Article
from schemas.events import RelateDue, decode
from workers.celery_app.app import app, topology
from workers.celery_app.dead_queue import drain_relate_queue
from workers.celery_app.publishing import stage_runner
from workers.celery_app.tasks import declare_topology


def due(number):
    url = f"https://gazette.example/{number}"
    return RelateDue(
        page_id=f"{number:016x}",
        outlet="gazette",
        url=url,
        archive_key="key",
        fetched_at=datetime.now(UTC),
        article=Article(url=url, title="Fire", blocks=()),
        document_id=f"doc{number}",
        cluster_id="original",
    )


declare_topology()
runner = stage_runner()
runner.publish_all([due(number) for number in range(int(sys.argv[1]))])
drain_relate_queue(runner)
drain_relate_queue(runner)
with app.connection_or_acquire() as connection:
    depth = topology.depths(connection, ["relate"])["relate"]
    messages = [message.payload[0][0] for message in topology.waiting("index", connection)]
events = [decode(each) for message in messages for each in message]
print(  # noqa: T201  the test reads it
    json.dumps(
        {
            "relate": depth,
            "index": len({event.document_id for event in events}),
            "types": sorted({type(event).__name__ for event in events}),
            "clusters": sorted({event.cluster_id for event in events}),
            "ledger": runner.services.ledger.counts(),
        }
    )
)
