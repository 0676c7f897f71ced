"""The browser of the tests."""

import os
import shutil
import subprocess

import pytest

# It speaks to this machine only, and sends nothing by itself.
QUIET = (
    *("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--no-first-run"),
    *("--disable-default-apps", "--disable-domain-reliability", "--metrics-recording-only"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)


def chromium() -> str:
    """Where the browser is; installed first where that is possible."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-qq", "-y", "chromium"], check=False)
        found = shutil.which("chromium")
    if found is None:
        message = "no Chromium: apt-get install chromium"
        if os.environ.get("CI"):
            raise RuntimeError(message)
        pytest.skip(message)
    return found
