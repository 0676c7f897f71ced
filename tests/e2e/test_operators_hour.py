"""The operator's hour of ops/runbook.md: every command as it stands there, in order."""

import os
import re
import signal
import subprocess
import time
import uuid
from pathlib import Path

import pytest

from tests.cleanup import delete_installation
from workers.local.ports import free_port
from workers.services import Services
from workers.settings import Settings

TOP = Path(__file__).parents[2]
PAGE = (TOP / "ops" / "runbook.md").read_text(encoding="utf-8")
HOUR = PAGE.partition("## An operator's hour")[2].partition("\n## ")[0]
BLOCK = re.compile(r"^```\n(.*?)^```\n(?:shows: ([^\n]+)$)?", re.MULTILINE | re.DOTALL)
# each in a terminal of its own, until Ctrl-C
LASTING = ("presswire up", "presswire metrics", 'cd "$SOURCE" && .venv/bin/python -m')
STOP = "# Ctrl-C in the terminal of "
# they say that something is broken, which is what they are asked for
MAY_FAIL = ("presswire doctor", "presswire outlet check")
PATIENCE = 60
# where the tests run in the background Ctrl-C is ignored, and what they start would inherit that
TERMINAL = ("env", "--default-signal=INT", "bash", "-c")


class Terminals:
    """One in which lines are run; and one for each command that stays."""

    def __init__(self, folder, environment, mark):
        self.mark = mark
        self._folder = folder
        self._environment = environment
        self._lasting = []

    def run(self, line):
        """What it prints, and its exit code. What it exports is kept."""
        keep = self._folder / "exported"
        script = (
            f"test ! -e {keep} || . {keep}; set -u; {line}\ncode=$?; export -p > {keep}; exit $code"
        )
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout, done.returncode

    def stay(self, line):
        log = self._folder / f"terminal-{len(self._lasting)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*TERMINAL, f". {self._folder / 'exported'}; {line}"],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._lasting.append((line, process, log))

    def ctrl_c(self, command):
        """The last one that was started so; its exit code."""
        (_, process, _) = [each for each in self._lasting if each[0].startswith(command)][-1]
        os.killpg(process.pid, signal.SIGINT)
        return process.wait(PATIENCE)

    def said(self, command):
        """All that such commands have printed."""
        return "".join(log.read_text() for line, _, log in self._lasting if command in line)

    def last_said(self):
        """What the command that was started last has printed."""
        return self._lasting[-1][2].read_text()

    def close(self):
        """Ends what still runs."""
        for _, process, _ in reversed(self._lasting):
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait(PATIENCE)


@pytest.fixture
def terminals(tmp_path, elasticsearch_url):
    mark = uuid.uuid4().hex[:8]
    others = {k: v for k, v in os.environ.items() if not k.startswith("PRESSWIRE_")}
    given = {"PRESSWIRE_ELASTICSEARCH_URL": elasticsearch_url, "COLUMNS": "200"}
    started = Terminals(tmp_path, {**others, **given}, mark)
    try:
        yield started
    finally:
        started.close()
        named = Settings(elasticsearch_url=elasticsearch_url, prefix=f"hour-{mark}")
        with Services(named) as services:
            delete_installation(services.search)


def commands(mark):
    """The blocks' lines, each with what the block must show (None but in its last line)."""
    ours = {
        "/opt/presswire": str(TOP),
        "PREFIX=hour": f"PREFIX=hour-{mark}",
        "8790": str(free_port()),
        "9750": str(free_port()),
    }
    for block, shown in BLOCK.findall(HOUR):
        for each, here in ours.items():
            block = block.replace(each, here)  # noqa: PLW2901
        *lines, last = block.splitlines()
        yield from ((line, None) for line in lines)
        yield last, shown or None


def test_every_command_of_the_hour_does_what_the_page_says(terminals):
    steps = list(commands(terminals.mark))
    assert len(steps) > 35
    for line, shown in steps:
        if line.startswith(STOP):
            assert terminals.ctrl_c(line.removeprefix(STOP)) == 0
        elif line.startswith(LASTING):
            terminals.stay(line)
            wait_until_started(terminals, line)
        else:
            run_until_shown(terminals, line, shown)
    assert "parse has ended" in terminals.said("presswire up")


def wait_until_started(terminals, line):
    """It has said so in its terminal, as a person waits for it."""
    end = time.monotonic() + PATIENCE
    while not any(
        word in terminals.last_said() for word in ("beat run", "http://127.1", "metrics at")
    ):
        assert time.monotonic() < end, (line, terminals.last_said())
        time.sleep(0.1)


def run_until_shown(terminals, line, shown):
    end = time.monotonic() + PATIENCE
    while True:
        said, code = terminals.run(line)
        if (shown is None or shown in said) and (code == 0 or line.startswith(MAY_FAIL)):
            return
        assert time.monotonic() < end, (line, shown, code, said, terminals.said("presswire up"))
        time.sleep(2)  # a command costs as much as the work that it looks for
