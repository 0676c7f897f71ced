"""Which part of an installation a process is."""

import pytest

from workers.local.benchmark.cpu import Process, descendants, part_of
from workers.local.worker_processes import POOLS, beat_command, worker_command

SERVERS = {":7001": "redis", ":7002": "broker"}


@pytest.mark.parametrize("stage", POOLS)
def test_a_worker_is_its_stage(stage):
    assert part_of(" ".join(worker_command(stage, "presswire")), SERVERS) == stage


@pytest.mark.parametrize(
    ("command", "part"),
    [
        (" ".join(beat_command()) + " ", "beat"),
        (
            "[celeryd: parse@host:MainProcess] -active- (-A x worker -Q p.parse)",
            "parse",
        ),
        ("[celeryd: dedupe@2.host:ForkPoolWorker-1]", "dedupe"),
        ("[celery beat] (-A workers.tasks beat -l WARNING)", "beat"),
        ("valkey-server 127.0.0.1:7001 ", "redis"),
        ("valkey-server 127.0.0.1:7002 ", "broker"),
        ("/usr/lib/erlang/erts-13/bin/beam.smp -W w ", "rabbitmq"),
        ("java -Xms4m -Dcli.name=server -Dcli.script=x ", "elasticsearch"),
        ("java -Xmx1g org.elasticsearch.bootstrap.Elasticsearch ", "elasticsearch"),
        ("python -m workers.local.benchmark.web_server site 80 127.0.1.1 ", "web"),
        ("epmd -daemon ", None),
    ],
)
def test_a_server_is_known_by_its_command_line(command, part):
    assert part_of(command, SERVERS) == part


def test_children_of_children_belong_to_a_process_and_strangers_do_not():
    tree = {2: 1, 3: 2, 4: 3, 5: 9, 6: 5, 9: 0}
    processes = [Process(pid, parent, "", 1.0) for pid, parent in tree.items()]
    assert sorted(each.pid for each in descendants(1, processes)) == [2, 3, 4]
