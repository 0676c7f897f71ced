"""Which workers a machine starts, and with how many processes."""

import pytest

from workers.local.worker_processes import stages_named, worker_command, worker_commands
from workers.pipeline import Pool


def option(command, name):
    return command[command.index(name) + 1]


@pytest.mark.parametrize(("cores", "parse", "dedupe"), [(1, 1, 1), (2, 2, 1), (8, 8, 2)])
def test_stages_that_work_the_processor_follow_the_cores(cores, parse, dedupe):
    sizes = {"parse": parse, "dedupe": dedupe, "relate": dedupe, "fetch": 32, "index": 1}
    for stage, size in sizes.items():
        assert option(worker_command(stage, "p", cores=cores), "-c") == str(size), stage


def test_a_pool_is_never_smaller_than_its_size():
    assert Pool("prefork", size=3, cores_each=1).size_on(2) == 3


def test_stages_that_share_a_worker_have_none_of_their_own():
    environment = {"PRESSWIRE_PREFIX": "p", "PRESSWIRE_RELATE_EVENTS": "true"}
    shared = [["parse", "dedupe", "relate"], ["discover", "fetch"]]
    commands = worker_commands(environment, {}, shared, 4)
    assert {*commands} == {"tick", "render", "index", "parse+dedupe+relate", "discover+fetch"}
    both = commands["parse+dedupe+relate"]
    assert option(both, "-Q") == "p.parse,p.dedupe,p.relate"
    assert (option(both, "-c"), option(both, "--prefetch-multiplier")) == ("4", "4")
    assert stages_named(option(both, "-n")) == ["parse", "dedupe", "relate"]


def test_a_further_worker_of_a_stage_is_told_from_the_first():
    commands = worker_commands({"PRESSWIRE_PREFIX": "p"}, {"parse": 2}, [], 2)
    names = [option(commands[name], "-n") for name in ("parse", "parse-2")]
    assert names == ["parse@%h", "parse@2.%h"]
    assert [stages_named(name) for name in names] == [["parse"], ["parse"]]
