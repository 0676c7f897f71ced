"""The clocks of the hosts in Redis, one for all workers: when may the next request go out?

`workers/adapters/http/politeness_transport.py` waits for them before each request.
"""

from datetime import datetime
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

from msgspec import Struct

from schemas.outlet import Politeness
from workers import urls
from workers.adapters.redis.connection import RedisClient
from workers.adapters.redis.lua import load_script

HELD_SECONDS = 120.0  # a request of a dead worker counts as under way for so long
ADAPTIVE_FACTOR = 2.0  # a host that answers in 3 s is asked every 6 s at most
ADAPTIVE_CAP_SECONDS = 30.0
FIRST_PAUSE_SECONDS = 10.0
MAX_PAUSE_SECONDS = 1800.0
_SCRIPTS = Path(__file__).parent / "throttle_scripts"
_DEFAULT = Politeness()


class Permit(Struct, frozen=True):
    """The answer to "may I?": go if `token` is not empty, else ask again in `wait` seconds."""

    token: str
    wait: float

    @property
    def is_granted(self) -> bool:
        """Whether the request may go out now."""
        return bool(self.token)


class HostThrottle:
    """One clock for each registrable domain: no two requests closer than its interval, none over
    its concurrency, none while it is stopped. Redis' own time counts, as the clocks of workers
    differ; `now` is for tests."""

    def __init__(self, redis: RedisClient, prefix: str) -> None:
        self._prefix = prefix
        self._scripts = {
            verb: redis.register_script(load_script(_SCRIPTS, "head", verb))
            for verb in ("acquire", "release", "pause")
        }

    def acquire(
        self,
        host: str,
        politeness: Politeness = _DEFAULT,
        crawl_delay: float = 0.0,
        now: datetime | None = None,
    ) -> Permit:
        """Ask for one request to `host`; a granted permit is given back by `release`.

        The interval is the greatest of the outlet's, robots.txt's `crawl_delay` (seconds) and twice
        the host's usual response time; an outlet that sets no interval gets none.

        Returns:
            the permit, or the seconds to wait for one.
        """
        interval = max(politeness.min_interval_seconds, crawl_delay)
        token, wait = self._run(
            "acquire",
            host,
            now,
            interval,
            politeness.max_concurrency,
            HELD_SECONDS,
            ADAPTIVE_FACTOR if interval else 0.0,
            ADAPTIVE_CAP_SECONDS,
            uuid4().hex,
        )
        return Permit(token.decode(), float(wait))

    def release(
        self,
        host: str,
        permit: Permit,
        elapsed: float,
        now: datetime | None = None,
        *,
        has_failed: bool = False,
    ) -> float:
        """End the request of a permit after `elapsed` seconds. A host that failed (no connection,
        no answer, "later") is left alone, for longer each time in a row.

        Returns:
            the seconds for which the host is left alone; 0 if it did not fail.
        """
        failed = int(has_failed)
        arguments = (permit.token, elapsed, failed, FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS)
        return float(self._run("release", host, now, *arguments)[1])

    def pause(self, host: str, seconds: float, now: datetime | None = None) -> None:
        """Let nobody ask `host` for `seconds`; a longer pause stays."""
        self._run("pause", host, now, seconds)

    def _run(self, verb: str, host: str, now: datetime | None, *arguments: object) -> list[bytes]:
        clock = f"{self._prefix}:pace:{site_of(host)}"
        moment = "" if now is None else now.timestamp()
        answer: list[bytes] = self._scripts[verb](
            keys=[clock, f"{clock}:busy"], args=[moment, *arguments]
        )
        return answer


def site_of(host: str) -> str:
    """Return the site whose clock `host` follows: its registrable domain; for an IP address, the
    address with its port."""
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return urls.registrable_domain(host)
    return host
