"""Both brokers, and real worker processes of a small application on them."""

import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import redis

from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology
from workers.settings import Settings

HERE = Path(__file__).parent
PATIENCE_SECONDS = 60.0


class Small:
    """One installation of the small application: its queues, its notes, its workers."""

    def __init__(self, broker, notes_url, folder, ca_file=""):
        self.prefix = f"small{secrets.token_hex(4)}"
        self.topology = Topology(self.prefix, delivery_limit=3)
        settings = Settings(broker_url=broker, prefix=self.prefix, ca_file=ca_file)
        self.app = make_app(settings, self.topology)
        self.notes = redis.Redis.from_url(notes_url)
        self.folder = folder
        self.workers = []
        self.environment = {
            "SMALL_BROKER": broker,
            "SMALL_PREFIX": self.prefix,
            "SMALL_NOTES": notes_url,
            "SMALL_CA_FILE": ca_file,
            "PYTHONPATH": os.pathsep.join([str(HERE), str(Path.cwd())]),
        }

    def declare(self):
        with self.app.connection_for_write() as connection:
            self.topology.declare(connection)

    def send(self, step, name, do="", **message):
        queue = self.topology.queues[step]
        self.app.send_task(
            step,
            args=[{"name": name, "do": do, **message}],
            exchange=queue.exchange.name,
            routing_key=step,
        )

    def put(self, step, body, headers=None, **options):
        """A message that Celery did not make."""
        exchange = self.topology.exchange
        with self.app.connection_for_write() as connection, connection.Producer() as producer:
            producer.publish(
                body, exchange=exchange.name, routing_key=step, headers=headers or {}, **options
            )

    def start(self, step, pool="prefork", size=1, ahead=4, loglevel="INFO", **environment):
        command = [sys.executable, "-m", "celery", "-A", "small_app", "worker", "-P", pool]
        command += ["-Q", f"{self.prefix}.{step}", "-n", f"{step}{len(self.workers)}@%h"]
        command += ["-c", str(size), "--prefetch-multiplier", str(ahead), "-l", loglevel]
        command += ["--without-gossip", "--without-mingle"]
        with (self.folder / f"{step}{len(self.workers)}.log").open("wb") as log:
            worker = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **self.environment, **environment},
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def noted(self, word):
        return [name.decode() for name in self.notes.lrange(f"{self.prefix}:{word}", 0, -1)]

    def depths(self):
        with self.app.connection_for_read() as connection:
            return self.topology.depths(connection)

    def dead(self):
        """The dead letters, taken."""
        with self.app.connection_for_read() as connection:
            found = []
            for message in self.topology.dead_letters(connection):
                found.append(message)
                message.ack()
        return found

    def log(self):
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def kill(self, worker):
        """The worker with all its children."""
        with suppress(ProcessLookupError):
            os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()

    def wait(self, is_true, seconds=PATIENCE_SECONDS):
        end = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds:.0f} s; {self.log()[-3000:]}")
            time.sleep(0.05)

    def close(self):
        for worker in self.workers:
            self.kill(worker)
        self.app.close()
        self.notes.close()


@pytest.fixture(scope="session", params=["rabbitmq", "valkey"])
def broker(request):
    if request.param == "rabbitmq":
        return request.getfixturevalue("rabbitmq_url")
    return request.getfixturevalue("redis_url")


@pytest.fixture
def make_small(redis_url, tmp_path):
    made = []

    def make(broker, ca_file=""):
        made.append(Small(broker, redis_url, tmp_path, ca_file))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def small(broker, make_small):
    installation = make_small(broker)
    installation.declare()
    return installation
