"""The servers of one installation, each of which can be stopped, started and frozen."""

import os
import signal
import subprocess
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path

from workers.local.elasticsearch import elasticsearch
from workers.local.ports import free_port
from workers.local.rabbitmq import rabbitmq
from workers.local.valkey import valkey

# free bytes below which Elasticsearch itself puts a block on every index, and takes it off again
WATERMARK = "cluster.routing.allocation.disk.watermark"
FULL_BELOW = {
    "cluster.routing.allocation.disk.threshold_enabled": "true",
    f"{WATERMARK}.low": "120mb",
    f"{WATERMARK}.high": "100mb",
    f"{WATERMARK}.flood_stage": "80mb",
    "cluster.info.update.interval": "10s",
}


class Machine:
    """A server that keeps its data, port and address over a restart."""

    def __init__(self, start, folder):
        self._start = lambda port: start(folder, port)
        self.port = free_port()
        self._running = ExitStack()
        self.url = self._running.enter_context(self._start(self.port))

    def stop(self):
        self._running.close()

    def start(self):
        self._running.enter_context(self._start(self.port))

    def pid(self):
        """The process that listens."""
        return pid_listening_on(self.port)

    @contextmanager
    def frozen(self):
        """It answers nothing, and its connections stay."""
        pid = self.pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def restart(self):
        self.stop()
        self.start()


class Machines:
    """Broker, Redis and Elasticsearch; with a small disk Elasticsearch can be full."""

    def __init__(self, broker, folder, open_folder):
        start = {"rabbitmq": rabbitmq, "valkey": valkey}[broker]
        self.redis = Machine(valkey, folder / "redis")
        self.broker = Machine(start, folder / "broker")
        self.elasticsearch_folder = open_folder
        settings = {"path.repo": str(open_folder)} | (FULL_BELOW if open_folder.is_mount() else {})
        self.elasticsearch = Machine(partial(elasticsearch, settings=settings), open_folder)

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


@contextmanager
def small_disk(folder, megabytes):
    """That much memory as the folder's disk, where the kernel allows it."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    is_mounted = os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0
    try:
        yield
    finally:
        if is_mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def pid_listening_on(port):
    """Linux tells a listening socket's inode, and who has it open."""
    lines = [line.split() for name in ("tcp", "tcp6") for line in _lines(f"/proc/net/{name}")]
    listening = [words for words in lines if words[3] == "0A"]
    inodes = {words[9] for words in listening if words[1].endswith(f":{port:04X}")}
    wanted = {f"socket:[{inode}]" for inode in inodes}
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with suppress(OSError):
            if str(link.readlink()) in wanted:
                return int(link.parts[2])
    raise LookupError(f"nobody listens on {port}")


def _lines(path):
    return Path(path).read_text().splitlines()[1:]
