"""Fingerprints on a real server, and the made-up stories to feed them."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from workers.dedupe.clusters import Clusters

NEWSWIRE = Path(__file__).with_name("newswire.py")


@pytest.fixture(scope="session")
def newswire():
    """The module newswire."""
    spec = importlib.util.spec_from_file_location("newswire", NEWSWIRE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clusters(clean_redis, redis_url):
    """Clusters on an empty server."""
    assert clean_redis.dbsize() == 0
    return Clusters(redis_url)


@pytest.fixture
def start(redis_url):
    """Starts a process that adds its share of the stories."""
    running = []

    def start_one(*args: int) -> subprocess.Popen:
        command = [sys.executable, str(NEWSWIRE), redis_url, *map(str, args)]
        running.append(subprocess.Popen(command))
        return running[-1]

    yield start_one
    for process in running:
        process.kill()
        process.wait()
