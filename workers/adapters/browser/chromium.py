"""Chromium, started so that nothing of it reaches a network: what it asks for, we ask."""

import asyncio
import logging
import os
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

from msgspec import Struct
from playwright.async_api import Browser, Playwright, async_playwright
from playwright.async_api import Error as PlaywrightError

from workers.adapters.browser.process_group import (
    ProcessGroup,
    adopt_orphans,
    child_pids,
    is_alive,
    kill_child,
    reap_adopted,
)
from workers.adapters.browser.unusable import UnusableBrowserError
from workers.settings import Settings

log = logging.getLogger(__name__)
LAUNCH_SECONDS = 20.0
STOP_SECONDS = 5.0
NICENESS = 10  # the pages of other outlets go before
# Interception goes before all of these: they are for what it does not see, such as WebRTC, a
# worker's WebSocket, or the browser's own updates. No name can be resolved, and a proxy that cannot
# be resolved either is the only way out.
FLAGS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=http://nowhere.invalid:1",
    "--proxy-bypass-list=<-loopback>",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disable-quic",
    "--dns-prefetch-disable",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-sync",
    "--disable-domain-reliability",
    "--no-pings",
    "--mute-audio",
    "--disable-crash-reporter",
    "--js-flags=--max-old-space-size=256",
)
_FOLDER = "presswire-browser-"
# Playwright's tests need popups
NOT_PLAYWRIGHTS = ["--disable-popup-blocking"]


class RunningBrowser(Struct, frozen=True):
    """A browser, the driver that steers it, and their processes."""

    browser: Browser
    group: ProcessGroup
    playwright: Playwright
    driver_pids: frozenset[int]
    folder: TemporaryDirectory[str]

    async def stop(self) -> None:
        """End browser and driver, in order if they still listen, by force if not."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.browser.close()
        except (PlaywrightError, TimeoutError):
            log.warning("the browser does not close: its processes are killed")
        await self.kill()

    async def kill(self) -> None:
        """End every process by force, and the driver after the browser, so that it tidies up."""
        profile = self.group.profile
        await asyncio.to_thread(self.group.kill)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await self.playwright.stop()
        except Exception:  # noqa: BLE001  whatever the driver has become, it goes
            log.warning("the browser's driver does not stop: it is killed")
        for pid in self.driver_pids & child_pids():
            kill_child(pid)
        reap_adopted()
        self.folder.cleanup()
        if profile:
            shutil.rmtree(profile, ignore_errors=True)


async def launch(settings: Settings) -> RunningBrowser:
    """Return a browser that has just started.

    Raises:
        UnusableBrowserError: it does not start; the message says what the operator has to do.
    """
    check_installation(settings)
    adopt_orphans()
    remove_stale_folders()
    folder = TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-")
    before = child_pids()
    playwright = await async_playwright().start()
    drivers = frozenset(child_pids() - before)
    program = Path(folder.name) / "chromium"
    pid_file = Path(folder.name) / "pid"
    isolation = await _isolation()
    program.write_text(_script(settings.chromium, isolation, pid_file), encoding="utf-8")
    program.chmod(0o700)
    try:
        browser = await playwright.chromium.launch(
            executable_path=program,
            args=list(FLAGS),
            ignore_default_args=NOT_PLAYWRIGHTS,
            chromium_sandbox=settings.chromium_sandbox,
            env=_environment(folder.name),
            timeout=1000 * LAUNCH_SECONDS,
        )
    except PlaywrightError as error:
        if pid_file.exists():
            await asyncio.to_thread(ProcessGroup(int(pid_file.read_text())).kill)
        await playwright.stop()
        folder.cleanup()
        raise UnusableBrowserError(
            f"{settings.chromium} does not start: {_reason(error)}"
        ) from error
    group = ProcessGroup(int(pid_file.read_text()))
    return RunningBrowser(browser, group, playwright, drivers, folder)


def remove_stale_folders() -> None:
    """Delete what killed workers have left."""
    for path in Path(gettempdir()).glob(f"{_FOLDER}*-*"):
        owner = path.name.removeprefix(_FOLDER).partition("-")[0]
        if owner.isdigit() and not is_alive(int(owner)):
            shutil.rmtree(path, ignore_errors=True)


def check_installation(settings: Settings) -> None:
    """Check that there is a browser, and that it will start.

    Raises:
        UnusableBrowserError: there is none, or we are root.
    """
    if shutil.which(settings.chromium) is None:
        raise UnusableBrowserError(
            f"there is no {settings.chromium}: apt-get install chromium, or set PRESSWIRE_CHROMIUM"
        )
    if settings.chromium_sandbox and os.geteuid() == 0:
        raise UnusableBrowserError(
            "Chromium does not start as root with its sandbox: run the worker as another user "
            "(for a test on pages of your own, PRESSWIRE_CHROMIUM_SANDBOX=false)"
        )


async def _isolation() -> tuple[str, ...]:
    """Return the command that starts another one without any network (a namespace of its own), or
    nothing where the system does not permit that."""
    as_user = () if os.geteuid() == 0 else ("--user", "--map-current-user")
    command = ("unshare", *as_user, "--net", "--")
    try:
        tried = await asyncio.create_subprocess_exec(*command, "true", stderr=-3)
        permits = await tried.wait() == 0
    except OSError:
        permits = False
    if not permits:
        log.warning("no network namespace for the browser: its own flags keep it from the network")
    return command if permits else ()


def _script(chromium: str, isolation: tuple[str, ...], pid_file: Path) -> str:
    """Return a script that becomes the browser, and says under which process id."""
    command = " ".join(("nice", "-n", str(NICENESS), *isolation))
    return f'#!/bin/sh\necho $$ > "{pid_file}"\nexec {command} "{chromium}" "$@"\n'


def _environment(home: str) -> dict[str, str | float | bool]:
    """Return what the browser may know: none of our settings, which may hold passwords."""
    path = os.environ.get("PATH", os.defpath)
    return {"HOME": home, "TMPDIR": home, "PATH": path, "LANG": "C.UTF-8"}


def _reason(error: PlaywrightError) -> str:
    lines = [line.strip() for line in error.message.splitlines() if line.strip()]
    named = [line for line in lines if "ERROR" in line or "FATAL" in line or "error" in line]
    return next(iter([*named, *lines]), "no reason given")[:300]
