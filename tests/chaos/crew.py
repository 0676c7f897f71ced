"""Every worker of an installation as a real process, started again when it has died; and one who
kills them."""

import os
import random
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from workers.local.worker_processes import POOLS, beat_command, worker_command

HERE = Path(__file__).parent
LOOK_SECONDS = 0.2


class Crew:
    """One worker for each stage, one for the ticks, and beat."""

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
        with (self._folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                self._commands[name],
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )

    def _keep(self):
        while not self._is_over.wait(LOOK_SECONDS):
            with self._lock:
                for name, worker in self.workers.items():
                    if worker.poll() is not None and not self._is_over.is_set():
                        self.workers[name] = self._started(name)

    def processes(self, name=""):
        """The ids of all processes of the crew, children too, in a settled order."""
        groups = {w.pid for n, w in self.workers.items() if name in {"", n}}
        found = []
        for path in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # pid (name) state parent group ...; a name may hold spaces, never a later ")"
                words = path.read_text().rpartition(")")[2].split()
                if int(words[2]) in groups and words[0] != "Z":
                    found.append(int(path.parent.name))
        return sorted(found)

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
            with suppress(ProcessLookupError):
                worker.terminate()
        end = time.monotonic() + 15
        for worker in self.workers.values():
            with suppress(subprocess.TimeoutExpired):
                worker.wait(max(0.1, end - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()


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
