"""RabbitMQ as a private node: its own data, ports, cookie and port mapper."""

import secrets
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from kombu import Connection

from workers.local.errors import LocalStackError
from workers.local.ports import HOST, free_port
from workers.local.processes import Started, ignore, running

READY_SECONDS = 90.0
USER = "presswire"
# Debian's own script changes the user; this one runs as whoever calls it
_SCRIPTS = ("/usr/lib/rabbitmq/bin/rabbitmq-server", "/usr/local/sbin/rabbitmq-server")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_INSTALL = (
    ["apt-get", "update", "-qq"],
    ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "rabbitmq-server"],
)


def server_script() -> str:
    """Return the path of RabbitMQ's start script; Debian's package is installed if it is missing.

    Raises:
        LocalStackError: RabbitMQ is missing and cannot be installed.
    """
    found = _found()
    if found is None and shutil.which("apt-get"):
        # RUNLEVEL keeps the package from starting a node of its own
        environment = {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1", "PATH": _PATH}
        for command in _INSTALL:
            subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL)
        found = _found()
    if found is None:
        raise LocalStackError(
            "RabbitMQ is not installed; install it (Debian: apt-get install rabbitmq-server)"
        )
    return found


def _found() -> str | None:
    return next((path for path in _SCRIPTS if Path(path).exists()), None)


@contextmanager
def rabbitmq(
    folder: Path, port: int = 0, config: str = "", started: Started = ignore
) -> Iterator[str]:
    """Run a node with its data in `folder` and the further lines of `config`.

    Yields:
        the node's address, amqp://user:password@host:port//, with a password made here.

    Raises:
        LocalStackError: RabbitMQ is missing or does not start.
    """
    script = server_script()
    folder.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    password = _password(folder)
    environment = _environment(folder, port)
    (folder / "rabbitmq.conf").write_text(_config(port, password) + config, encoding="utf-8")
    (folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
    mapper = ["epmd", "-address", HOST, "-port", environment["ERL_EPMD_PORT"]]
    url = f"amqp://{USER}:{password}@{HOST}:{port}//"
    with (
        running("epmd", mapper, folder / "epmd.log", {}, started),
        running("rabbitmq", [script], folder / "rabbitmq.log", environment, started) as process,
    ):
        process.wait_until(lambda: _answers(url), READY_SECONDS)
        yield url


def _password(folder: Path) -> str:
    """Return the node's password, the same for the same folder, because the node keeps its users
    there."""
    path = folder / "password"
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18), encoding="utf-8")
    return path.read_text(encoding="utf-8")


def _environment(folder: Path, port: int) -> Mapping[str, str]:
    return {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"presswire-{port}@localhost",
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOGS": "-",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        "ERL_EPMD_ADDRESS": HOST,
        "ERL_EPMD_PORT": str(free_port()),
    }


def _config(port: int, password: str) -> str:
    return (
        f"listeners.tcp.1 = {HOST}:{port}\n"
        f"default_user = {USER}\ndefault_pass = {password}\n"
        "log.console.level = warning\n"
        "disk_free_limit.absolute = 200MB\n"
    )


def _answers(url: str) -> bool:
    with Connection(url, connect_timeout=2) as link:
        try:
            link.connect()
        except link.connection_errors:
            return False
        return True
