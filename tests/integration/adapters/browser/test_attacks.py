"""Pages that attack the browser cost themselves, and nothing else."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from tempfile import gettempdir

import psutil
import pytest

from schemas.reasons import Reason
from workers.adapters.browser import renderer as renderer_module
from workers.adapters.browser.chromium import remove_stale_folders
from workers.adapters.browser.page_requests import MAX_REQUESTS
from workers.exceptions import PermanentFailure, TryAgain

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(120)]

TEXT = "The council of the town voted on Monday to rebuild the old bridge. " * 6
GOOD = f"<!doctype html><body><p>{TEXT}</p></body>"
# pages that are drawn all the same
HARMLESS = {
    "requests": """fetch('/r/0').catch(() => 0); const s = document.createElement('script');
    s.src = '/huge'; document.head.append(s); for (let i = 0; i < 500; i++) fetch('/many/' + i)""",
    "windows, dialogs, downloads, permissions": """link.click();
    setInterval(() => { for (let i = 0; i < 50; i++) open('/x'); link.click() }, 10);
    for (let i = 0; i < 20; i++) { alert(i); confirm(i); prompt(i) }
    link.download = 'x'; for (let i = 0; i < 20; i++) link.click();
    link.href = URL.createObjectURL(new Blob(['x'])); link.click();
    print(); navigator.geolocation.getCurrentPosition(() => 0); Notification.requestPermission()""",
    "going on": "location.reload(); setInterval(() => { location = '/elsewhere' }, 10)",
}
# pages that cost their browser, and what ends them
DEADLY = {
    "while (true) {}": "not drawn within",
    "const a = []; while (true) a.push(new Array(1000).fill(a.length))": "crashed|memory",
    "const a = []; setInterval(() => { const b = new Uint8Array(5e7); b.fill(1); a.push(b) }, 5)": (
        "bytes of memory"
    ),
}


def page_with(script, text=TEXT):
    body = f'<a id="link" href="/y" target="_blank">x</a><p>{text}</p>'
    return f"<!doctype html><html><body>{body}<script>{script}</script></body></html>"


@pytest.fixture
def hostile_site(site):
    def redirect(handler):
        handler.send_response(302)
        handler.send_header("Location", f"/r/{int(handler.path[3:]) + 1}")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def huge(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/javascript")
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(b" " * 1_000_000)
        except OSError:
            return

    site.answers |= {f"/r/{n}": redirect for n in range(100)} | {"/huge": huge}
    return site


@pytest.mark.parametrize("attack", HARMLESS)
def test_a_page_that_tries_much_is_drawn_without_it(attack, hostile_site, draw):
    assert TEXT.strip() in draw(page_with(HARMLESS[attack])).html.decode()
    assert len(hostile_site.paths()) <= MAX_REQUESTS + 20  # hops of redirects
    assert not {"/x", "/y", "/elsewhere"} & set(hostile_site.paths())


def test_a_document_that_grows_too_large_is_given_up(draw, renderer):
    script = "link.hidden = true; link.textContent = 'x'.repeat(1.1e7)"
    with pytest.raises(PermanentFailure) as failure:
        draw(page_with(script))
    assert failure.value.reason is Reason.TOO_LARGE
    assert renderer._running is not None  # noqa: SLF001  it lives on


def test_a_page_that_does_not_even_arrive_in_time_is_not_drawn_within_it(
    draw, renderer, monkeypatch
):
    draw(GOOD)
    monkeypatch.setattr(renderer, "_seconds", 0.001)
    with pytest.raises(TryAgain, match="not drawn within"):
        draw(GOOD)


@pytest.mark.parametrize("script", DEADLY)
def test_a_page_that_takes_all_costs_its_browser_and_no_other_page(
    script, draw, renderer, monkeypatch
):
    draw(GOOD)
    running = renderer._running  # noqa: SLF001
    if "within" in DEADLY[script]:
        monkeypatch.setattr(renderer, "_seconds", 1.0)
        monkeypatch.setattr(renderer_module, "SPARE_SECONDS", 1.0)
    monkeypatch.setattr(renderer_module, "EMPTY_SECONDS", 60.0)
    monkeypatch.setattr(renderer_module, "MAX_PAGE_BYTES", 700_000_000)
    processes = running.group.pids()
    with pytest.raises(TryAgain, match=DEADLY[script]) as failure:
        draw(page_with(script, text=""))
    assert failure.value.reason is Reason.RENDER_FAILED
    assert failure.value.counts_as_attempt
    assert not [pid for pid in (*processes, *running.driver_pids) if psutil.pid_exists(pid)]
    assert not Path(running.folder.name).exists()
    assert running.group.profile
    assert not Path(running.group.profile).exists()
    monkeypatch.undo()
    assert TEXT.strip() in draw(GOOD).html.decode()


WORKER = """
import sys
from msgspec import json
from workers import clock
from workers.services import Services
from workers.settings import Settings
from schemas.outlet import Outlet
from schemas.page import StoredPage
services = Services(json.decode(sys.argv[1], type=Settings))
services.__dict__["outlets"] = {}
url = "http://127.0.0.1/1"
html = (("content-type", "text/html"),)
page = StoredPage(url, url, 200, html, sys.argv[2].encode(), clock.now())
services.browser.render(page, Outlet(name="O", home=url, language="en"))
running = services.browser._running
print(running.group.pid, flush=True)
sys.stdin.read()
"""


def test_a_killed_worker_leaves_no_browser_behind(browser_services):
    from msgspec import json  # noqa: PLC0415

    settings = json.encode(browser_services.settings).decode()
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, settings, GOOD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    group = int(worker.stdout.readline())
    assert psutil.pid_exists(group)
    os.kill(worker.pid, signal.SIGKILL)
    worker.communicate()
    end = time.monotonic() + 30
    while is_running(group) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_running(group)
    folders = Path(gettempdir()).glob(f"presswire-browser-{worker.pid}-*")
    remove_stale_folders()
    assert list(folders) == []


def is_running(pid):
    """Not so once it has ended, though process 1 of this machine may reap nobody."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
