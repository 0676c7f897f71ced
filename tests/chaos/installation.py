"""A whole installation: servers, the town it reads, its workers."""

import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

from account import found, summary
from crew import Crew
from machines import Machines, small_disk
from town import town_of

from workers import settings
from workers.celery_app.configuration import make_app
from workers.celery_app.topology import Topology
from workers.local.ports import free_port
from workers.services import Services

PREFIX = "chaos"
ARCHIVE_MEGABYTES = 64
INDEX_MEGABYTES = 400


class Installation:
    """Everything that a test looks at or harms."""

    def __init__(self, machines, town, environment, folder):
        self.machines = machines
        self.town = town
        self.environment = environment
        self.folder = folder
        self.services = Services(settings.load(environment))
        self.topology = Topology(PREFIX)
        self.app = make_app(self.services.settings, self.topology)
        self.crew = None
        self.brought = 0

    def prepare(self):
        self.services.search.bootstrap()
        with self.app.connection_for_write() as connection:
            self.topology.declare(connection)

    def work(self):
        self.crew = Crew(self.environment, self.folder / "logs")
        return self.crew

    def bring(self, number):
        """Queues the next pages of the town for fetching."""
        first, self.brought = self.brought, self.brought + number
        pages = self.town.pages[first : self.brought]
        self.services.frontier.add([found(page, self.town.outlet_of(page)) for page in pages])
        return pages

    def ended(self, pages):
        return "under way" not in summary(self.services, pages)

    def has_asked_for_all(self):
        """All that was due was asked for; what was not found comes again after minutes."""
        depth = self.services.frontier.depth()
        return depth["pages"] == depth["later"]

    def depths(self):
        with self.app.connection_for_read() as connection:
            return self.topology.depths(connection)

    def wait(self, is_true, seconds):
        end = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > end:
                raise AssertionError(f"not within {seconds:.0f} s\n{self.state()}")
            time.sleep(0.25)

    def state(self):
        seen = [self.services.ledger.counts(), self.services.frontier.depth(), self.depths()]
        seen += [(each.url, each.reason) for each in self.services.quarantine.entries()]
        return f"{seen}\n{self.crew.log() if self.crew else ''}"

    def close(self):
        if self.crew:
            self.crew.stop()
        self.app.close()
        self.services.close()


@contextmanager
def installed(broker, folder, size, hosts, *, has_small_disks=False, **knobs):
    """`knobs` are settings of their own; small disks are the archive's and Elasticsearch's."""
    with ExitStack() as stack:
        # Elasticsearch runs as a user of its own, who must get to its data again after a restart
        open_folder = stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp"))
        Path(open_folder).chmod(0o755)
        archive = folder / "archive"
        archive.mkdir()
        if has_small_disks:
            stack.enter_context(small_disk(archive, ARCHIVE_MEGABYTES))
            stack.enter_context(small_disk(Path(open_folder), INDEX_MEGABYTES))
        machines = Machines(broker, folder, Path(open_folder))
        stack.callback(machines.stop)
        town = stack.enter_context(town_of(size, hosts, free_port()))
        town.write_outlets(folder / "outlets")
        environment = machines.environment() | {
            "PRESSWIRE_PREFIX": PREFIX,
            "PRESSWIRE_ARCHIVE": str(archive),
            "PRESSWIRE_OUTLETS": str(folder / "outlets"),
            "PRESSWIRE_ALLOW_NETWORKS": "127.0.0.0/8",
            "PRESSWIRE_MAX_REVISITS": "0",
            **{f"PRESSWIRE_{name.upper()}": str(value) for name, value in knobs.items()},
        }
        installation = Installation(machines, town, environment, folder)
        stack.callback(installation.close)
        installation.prepare()
        yield installation
