"""What workers have imported before they are forked: all that does not read the settings."""

import gc
import os
from importlib import import_module

# a process' title must not overwrite its environment, by which its installation is known
os.environ.setdefault("SPT_NOENV", "1")

MODULES = (
    *("celery.bin.celery", "celery.bin.worker", "celery.apps.worker", "celery.apps.beat"),
    *("celery.concurrency.prefork", "celery.concurrency.thread", "celery.concurrency.solo"),
    *("celery.worker.consumer", "celery.worker.pidbox", "kombu.transport.pyamqp"),
    *("workers.celery_app.configuration", "workers.celery_app.consumer"),
    *("workers.celery_app.batching", "workers.celery_app.beat", "workers.celery_app.log_filter"),
    *("workers.celery_app.messages", "workers.celery_app.redis_transport"),
    *("workers.adapters.elasticsearch.client", "workers.alerts.evaluate", "workers.alerts.send"),
    *("workers.delivery.batch", "workers.delivery.feed_poll", "workers.delivery.lease"),
    *("workers.periodic.backfill", "workers.periodic.dispatch", "workers.periodic.exhausted"),
    *("workers.periodic.lost_memory", "workers.periodic.maintenance", "workers.periodic.websub"),
)

for module in MODULES:
    import_module(module)
# now, as it finds the place of the title by the environment that this process was started with
import_module("setproctitle").setproctitle("presswire forks workers")
# what is here stays: a collection in a child would copy its pages
gc.collect()
gc.freeze()
