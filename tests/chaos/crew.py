"""Every worker of an installation as a real process, started again when it has died; and one who
kills them."""

import os
import random
import signal
import threading
from contextlib import suppress
from pathlib import Path

from workers.local.forking import fork_module
from workers.local.worker_processes import POOLS, beat_command, worker_command

HERE = Path(__file__).parent
LOOK_SECONDS = 0.2
STOP_SECONDS = 15.0


class Crew:
    """One worker for each stage, one for the ticks, and beat, forked as `presswire up` does it."""

    def __init__(self, environment, folder, module="chaos_tasks"):
        prefix = environment["PRESSWIRE_PREFIX"]
        self._commands = {stage: worker_command(stage, prefix, module) for stage in POOLS}
        self._commands["beat"] = beat_command(module)
        python_path = os.pathsep.join([str(HERE), str(Path.cwd())])
        self._environment = {**os.environ, **environment, "PYTHONPATH": python_path}
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self.starts = 0
        self.workers = {name: self._started(name) for name in self._commands}
        self._keeper = threading.Thread(target=self._keep, daemon=True)
        self._keeper.start()

    def _started(self, name):
        self.starts += 1
        log = self._folder / f"{name}.log"
        return fork_module(self._commands[name], log, self._environment, STOP_SECONDS)

    def _keep(self):
        while not self._is_over.wait(LOOK_SECONDS):
            with self._lock:
                for name, worker in self.workers.items():
                    if worker.poll() is not None and not self._is_over.is_set():
                        self.workers[name] = self._started(name)

    def processes(self, name=""):
        """The ids of all processes of the crew, children too, in a settled order; not those of
        their guards."""
        guards = {worker.pid for each, worker in self.workers.items() if name in {"", each}}
        running = list(_running())
        groups = {group for pid, parent, group in running if parent in guards}
        return sorted(pid for pid, _, group in running if group in groups)

    def memory(self, name):
        """Resident bytes of a worker and its children."""
        total = 0
        for pid in self.processes(name):
            with suppress(OSError):
                total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096
        return total

    def log(self, length=2000):
        return "\n".join(
            f"--- {path.name}\n{path.read_text(errors='replace')[-length:]}"
            for path in sorted(self._folder.glob("*.log"))
        )

    def stop(self):
        self._is_over.set()
        self._keeper.join()
        for worker in self.workers.values():
            worker.terminate()
        for worker in self.workers.values():
            worker.wait(2 * STOP_SECONDS)


def _running():
    """Yield process id, parent and group of each process that runs."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            # pid (name) state parent group ...; a name may hold spaces, never a later ")"
            words = path.read_text().rpartition(")")[2].split()
            if words[0] != "Z":
                yield int(path.parent.name), int(words[1]), int(words[2])


class Killer:
    """SIGKILLs a random process of the crew every `every` seconds, until it is stopped."""

    def __init__(self, crew, seed, every=2.0):
        self.kills = 0
        self._crew = crew
        self._chosen = random.Random(seed)  # noqa: S311  seeded, no secret
        self.every = every
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._kill, daemon=True)
        self._thread.start()

    def _kill(self):
        while not self._is_over.wait(self.every):
            processes = self._crew.processes()
            with suppress(ProcessLookupError, IndexError):
                os.kill(self._chosen.choice(processes), signal.SIGKILL)
                self.kills += 1

    def stop(self):
        self._is_over.set()
        self._thread.join()
