"""The stage relate is switched off while articles wait for it: they go on to the index."""

import json
import os
import subprocess
import sys
from pathlib import Path

WAITING = 220


def test_articles_that_wait_for_the_stage_go_on_without_it(redis_url, clean_redis):
    assert clean_redis.dbsize() == 0
    settings = {"PREFIX": "unrelated", "BROKER_URL": redis_url, "REDIS_URL": redis_url}
    environment = {
        **os.environ,
        **{f"PRESSWIRE_{name}": value for name, value in settings.items()},
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), str(Path.cwd())]),
    }
    command = [sys.executable, "-m", "relate_switched_off", str(WAITING)]

    answer = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)

    assert json.loads(answer.stdout) == {
        "relate": 0,
        "index": WAITING,
        "types": ["ArticleClustered"],
        "clusters": ["original"],
        "ledger": {"index": WAITING},
    }
