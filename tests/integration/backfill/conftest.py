"""An outlet with a history, the command in a process of its own, and a fetch worker."""

import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from schemas.events import ArticleIndexed, HostLeased
from tests.integration.backfill.outlet_site import OutletSite
from workers.cli.backfill import command, progress
from workers.delivery.lease import fetch_lease
from workers.delivery.runner import StageRunner
from workers.periodic.backfill import advance_backfills
from workers.pipeline import stage_taking
from workers.services import Services
from workers.settings import load

OUTLET = """name = "Gazette"
home = "{home}"
language = "en"
{more}
[politeness]
min_interval_seconds = {interval}
"""


@pytest.fixture
def site():
    made = OutletSite()
    yield made
    made.stop()


class Desk:
    """An installation without a broker: what is fetched counts as indexed at once."""

    def __init__(self, environment):
        self.environment = environment
        self.services = Services(load(environment))
        self.runner = StageRunner(self.services, self.send)
        self.sent = []  # addresses
        self.dies_after = 0  # so many are sent, then the process dies

    def send(self, _stage, events):
        for event in events:
            self.sent.append(event.url)
            done = ArticleIndexed(
                page_id=event.page_id, outlet=event.outlet, url=event.url, document_id=event.page_id
            )
            self.services.ledger.finish(done, "indexed", self.services.now(), event)
            if self.dies_after and len(self.sent) == self.dies_after:
                raise KeyboardInterrupt

    def start(self, *arguments):
        """The command, as a process."""
        call = "from workers.cli.main import main; main()"
        return subprocess.Popen(
            [sys.executable, "-c", call, "backfill", *arguments],
            env=os.environ | self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments):
        """What the command prints, and its exit code; in this process, which is quicker."""
        result = CliRunner().invoke(command.backfill, [str(each) for each in arguments])
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result.output, result.exit_code

    @contextmanager
    def at_work(self):
        """Beat's tick and a fetch worker, in a thread."""
        is_over = threading.Event()

        def work():
            while not is_over.wait(0.01):
                self.work()

        thread = threading.Thread(target=work)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def work(self):
        """One round of both."""
        services = self.services
        advance_backfills(self.runner)
        leased = services.frontier.lease(services.now(), "w", 100.0)
        if leased:
            fetch_lease(self.runner, stage_taking(HostLeased), leased)

    def report(self):
        return self.services.backfills.report("gazette", self.services.now())


@pytest.fixture
def desk(site, redis_url, clean_redis, tmp_path, monkeypatch):
    """Makes the installation: `desk(interval, more)`, with more lines of the outlet's file."""
    made = []

    def make(interval=0.0, more=""):
        clean_redis.ping()
        folder = tmp_path / "outlets" / "ie"
        folder.mkdir(parents=True)
        text = OUTLET.format(home=site.home, interval=interval, more=more)
        (folder / "gazette.toml").write_text(text, encoding="utf-8")
        environment = {
            "PRESSWIRE_REDIS_URL": redis_url,
            "PRESSWIRE_PREFIX": "t",
            "PRESSWIRE_ARCHIVE": str(tmp_path / "archive"),
            "PRESSWIRE_OUTLETS": str(tmp_path / "outlets"),
            "PRESSWIRE_ALLOW_NETWORKS": "127.0.0.1/32",
            "PRESSWIRE_MAX_REVISITS": "0",
        }
        made.append(Desk(environment))
        monkeypatch.setattr(command, "command_services", lambda: made[-1].services)
        monkeypatch.setattr(progress, "send", made[-1].send)
        return made[-1]

    yield make
    for each in made:
        each.services.close()
