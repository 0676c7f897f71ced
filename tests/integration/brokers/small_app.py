"""The application as a worker process of these tests runs it: the product's own settings, queues
and consumer, with tasks that do what their message says and note it in Redis."""

import os
import signal
import time

import redis

from workers.celery_app.batching import BatchTask
from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology
from workers.settings import Settings

PREFIX = os.environ["SMALL_PREFIX"]
topology = Topology(PREFIX, delivery_limit=3)
app = make_app(
    Settings(
        broker_url=os.environ["SMALL_BROKER"],
        prefix=PREFIX,
        ca_file=os.environ.get("SMALL_CA_FILE", ""),
        visibility_timeout_seconds=float(os.environ.get("SMALL_VISIBILITY", "1800")),
    ),
    topology,
)
if "SMALL_TIME_LIMIT" in os.environ:
    app.conf.task_time_limit = int(os.environ["SMALL_TIME_LIMIT"])
notes = redis.Redis.from_url(os.environ["SMALL_NOTES"])


def note(word, message):
    notes.rpush(f"{PREFIX}:{word}", message["name"])


@app.task(name="parse")
def parse(message):
    note("begun", message)
    match message.get("do"):
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "die once" if notes.incr(f"{PREFIX}:{message['name']}") == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        case "raise":
            raise ValueError("this text is in the task's own traceback")
        case "sleep":
            time.sleep(message["seconds"])
        case "send on":
            send("dedupe", {"name": message["name"]})
    note("done", message)


class Index(BatchTask):
    name = "index"
    batch_size = 10
    wait_seconds = 0.2
    pause_seconds = 0.3

    def run_batch(self, batch):
        for each in batch:
            message = each.body
            note("begun", message)
            if message.get("do") == "sleep":
                time.sleep(message["seconds"])
            if message.get("do") == "raise once" and notes.incr(f"{PREFIX}:{message['name']}") == 1:
                raise ValueError("a bug in the batch")
            if message.get("do") != "later" or notes.incr(f"{PREFIX}:{message['name']}") > 2:
                note("done", message)
                each.acknowledge()


app.register_task(Index())


def send(step, message, **options):
    queue = topology.queues[step]
    app.send_task(step, args=[message], exchange=queue.exchange.name, routing_key=step, **options)
