"""What `presswire up` refuses before it starts anything."""

import pytest
from click.testing import CliRunner

from workers.cli.up import up


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--stages", "parse"], "--stages parse: write stages with a comma"),
        (["--stages", "parse,dedup"], "those that run: tick, discover, fetch"),
        (["--stages", "parse,fetch"], "(parse: prefork, fetch: threads)"),
        (["--stages", "index,tick"], "only pools of one kind, prefork or threads"),
        (["--stages", "parse,relate"], "those that run: tick, discover, fetch"),
        (["--stages", "parse,dedupe", "--stages", "dedupe,parse"], "--stages names parse, which"),
        (["--stages", "parse,parse"], "--stages names parse, which is said more than once"),
        (["--stages", "parse,dedupe", "--scale", "parse=2"], "--stages names parse, which"),
        (["--scale", "parse=0"], "--scale parse=0: write STAGE=N, such as parse=4"),
    ],
    ids=" ".join,
)
def test_a_wrong_option_is_refused_with_what_to_write(options, told, monkeypatch):
    monkeypatch.delenv("PRESSWIRE_RELATE_EVENTS", raising=False)
    result = CliRunner().invoke(up, options)
    assert result.exit_code == 2
    assert told in " ".join(result.output.split())
