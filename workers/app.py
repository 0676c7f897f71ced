"""The Celery application: broker, a queue for each step, nothing acknowledged before it is done."""

import ssl
from typing import Any

from celery import Celery

from workers.schedule import beat_schedule
from workers.settings import Settings
from workers.topology import Topology
from workers.wiring import settings_of_process

HARD_LIMIT_SECONDS = 120
# more than twice the hard limit: a Redis-protocol broker must not hand out what still runs
VISIBILITY_TIMEOUT_SECONDS = 300
SHUTDOWN_SECONDS = 20


def make_app(settings: Settings, topology: Topology) -> Celery:
    """The application for `settings`; reads nothing else."""
    app = Celery("presswire", broker=settings.broker_url, set_as_current=True)
    app.conf.update(
        task_queues=tuple(topology.queues.values()),
        task_default_queue=topology.queues["tick"].name,
        task_default_exchange=topology.exchange.name,
        task_default_exchange_type="topic",
        task_default_routing_key="tick",
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        task_store_eager_result=False,
        task_acks_late=True,
        task_acks_on_failure=False,
        task_acks_on_timeout=False,
        task_reject_on_worker_lost=True,
        task_time_limit=HARD_LIMIT_SECONDS,
        task_publish_retry_policy={"max_retries": None, "interval_start": 0.1, "interval_max": 5},
        worker_prefetch_multiplier=1,
        worker_soft_shutdown_timeout=SHUTDOWN_SECONDS,
        worker_enable_soft_shutdown_on_idle=True,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        worker_send_task_events=True,
        worker_hijack_root_logger=False,
        worker_max_memory_per_child=600_000,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_transport_options=_transport(settings),
        broker_use_ssl=_tls(settings),
        beat_scheduler="celery.beat.Scheduler",  # keeps nothing: every tick may fire again
        beat_schedule=beat_schedule(),
    )
    return app


def _transport(settings: Settings) -> dict[str, Any]:
    if settings.broker_url.startswith("amqp"):
        return {"confirm_publish": True}
    return {"visibility_timeout": VISIBILITY_TIMEOUT_SECONDS, "socket_keepalive": True}


def _tls(settings: Settings) -> dict[str, Any] | bool:
    if not settings.broker_url.startswith(("amqps", "rediss")):
        return False
    trusted = {"ca_certs": settings.ca_file} if settings.ca_file else {}
    key = "cert_reqs" if settings.broker_url.startswith("amqps") else "ssl_cert_reqs"
    if key == "ssl_cert_reqs":
        trusted = {f"ssl_{name}": value for name, value in trusted.items()}
    return {key: ssl.CERT_REQUIRED, **trusted}


topology = Topology(settings_of_process().prefix)
app = make_app(settings_of_process(), topology)
