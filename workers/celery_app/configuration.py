"""The Celery application: its broker, a queue for each step, limits and patience."""

import ssl
from typing import Any
from urllib.parse import urlsplit

from celery import Celery

from workers.celery_app import acknowledgement
from workers.celery_app.schedule import beat_schedule
from workers.celery_app.topology import MAX_TICKS, TICK, Topology
from workers.settings import Settings

HARD_LIMIT_SECONDS = 120
SHUTDOWN_SECONDS = 20
# a killed worker's messages go back after at most this long (Redis protocol; RabbitMQ: at once)
LOOK_FOR_LOST_SECONDS = 2.0
# RabbitMQ takes a worker for dead after two of them
HEARTBEAT_SECONDS = 60
# a publisher waits about a minute for a broker that is gone; then its event waits elsewhere
PUBLISH_RETRIES = {
    "max_retries": 15,
    "interval_start": 0.1,
    "interval_step": 0.5,
    "interval_max": 5,
}
# what a stopped or silent broker may take to confirm a message before it is sent again
CONFIRM_SECONDS = 30.0


def make_app(settings: Settings, topology: Topology) -> Celery:
    """Return the application for `settings`; nothing else is read."""
    app = Celery("presswire", broker=settings.broker_url, set_as_current=True)
    is_redis = not settings.broker_url.startswith("amqp")
    app.conf.update(
        broker_transport="workers.celery_app.redis_transport:Transport" if is_redis else None,
        worker_consumer="workers.celery_app.consumer:Consumer",
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
        task_time_limit=HARD_LIMIT_SECONDS,
        task_publish_retry_policy=PUBLISH_RETRIES,
        worker_soft_shutdown_timeout=SHUTDOWN_SECONDS,
        # with confirms, a pool of threads that sends events on the worker's connection stands still
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_max_memory_per_child=600_000,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_heartbeat=HEARTBEAT_SECONDS,
        broker_transport_options=_transport(settings, topology),
        broker_use_ssl=_tls(settings),
        beat_scheduler="workers.celery_app.beat:Scheduler",
        beat_schedule=beat_schedule(),
        **acknowledgement.SETTINGS,
    )
    return app


def _transport(settings: Settings, topology: Topology) -> dict[str, Any]:
    if settings.broker_url.startswith("amqp"):
        return {"confirm_publish": True}
    return {
        "unacked_key": f"{settings.prefix}.held",
        "dead_queue": topology.dead.name,
        "guarded_exchange": topology.exchange.name,
        "delivery_limit": topology.delivery_limit,
        "longest": {topology.queues[TICK].name: MAX_TICKS},
        "visibility_timeout": settings.visibility_timeout_seconds,
        "unacked_restore_interval": LOOK_FOR_LOST_SECONDS,
        "unacked_restore_throttle": 1,
        "socket_timeout": CONFIRM_SECONDS,
        "socket_keepalive": True,
    }


def _tls(settings: Settings) -> dict[str, Any] | bool:
    """Return the TLS options, or False without TLS. Certificates are always verified, and that they
    belong to this host."""
    url = urlsplit(settings.broker_url)
    if url.scheme not in {"amqps", "rediss"}:
        return False
    trusted = {"ca_certs": settings.ca_file} if settings.ca_file else {}
    if url.scheme == "amqps":
        return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": url.hostname, **trusted}
    trusted = {f"ssl_{name}": value for name, value in trusted.items()}
    return {"ssl_cert_reqs": ssl.CERT_REQUIRED, "ssl_check_hostname": True, **trusted}
