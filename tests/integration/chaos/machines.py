"""The servers of one installation, each of which can be stopped, started and frozen."""

from contextlib import ExitStack

from workers.local.elasticsearch import elasticsearch
from workers.local.ports import free_port
from workers.local.rabbitmq import rabbitmq
from workers.local.valkey import valkey


class Machine:
    """A server that keeps its data, port and address over a restart."""

    def __init__(self, start, folder, **options):
        self._start = lambda port: start(folder, port, **options)
        self.port = free_port()
        self._running = ExitStack()
        self.url = self._running.enter_context(self._start(self.port))

    def stop(self):
        self._running.close()

    def start(self):
        self._running.enter_context(self._start(self.port))

    def restart(self):
        self.stop()
        self.start()


class Machines:
    """Broker, Redis and Elasticsearch."""

    def __init__(self, broker, folder, **broker_options):
        start = {"rabbitmq": rabbitmq, "valkey": valkey}[broker]
        self.redis = Machine(valkey, folder / "redis")
        self.broker = Machine(start, folder / "broker", **broker_options)
        self.elasticsearch = Machine(elasticsearch, folder / "elasticsearch")

    def stop(self):
        for machine in (self.elasticsearch, self.broker, self.redis):
            machine.stop()

    def environment(self):
        broker = self.broker.url if self.broker.url.startswith("amqp") else f"{self.broker.url}/0"
        return {
            "PRESSWIRE_BROKER_URL": broker,
            "PRESSWIRE_REDIS_URL": f"{self.redis.url}/1",
            "PRESSWIRE_ELASTICSEARCH_URL": self.elasticsearch.url,
        }
