"""Files that pages have in common are asked for once."""

import pytest

from workers.adapters.browser import script_cache
from workers.adapters.browser.script_cache import (
    SCRIPT_SECONDS,
    LoadedFile,
    ScriptCache,
    fresh_seconds,
)


def file(size=10):
    return LoadedFile(200, {}, b"x" * size)


def test_a_file_is_kept_for_its_time(monkeypatch):
    cache, now = ScriptCache(), [100.0]
    monkeypatch.setattr(script_cache.time, "monotonic", lambda: now[0])
    cache.put("/a", file(), 5.0)
    assert cache.get("/a") == file()
    now[0] = 105.0
    assert cache.get("/a") is None


def test_the_longest_unused_goes_first():
    cache = ScriptCache(max_bytes=25)
    cache.put("/a", file(), 60)
    cache.put("/b", file(), 60)
    assert cache.get("/a")
    cache.put("/c", file(), 60)
    assert [bool(cache.get(url)) for url in ("/a", "/b", "/c")] == [True, False, True]
    cache.put("/d", file(26), 60)
    assert cache.get("/d") is None


@pytest.mark.parametrize(
    ("status", "headers", "is_script", "seconds"),
    [
        (200, {}, True, SCRIPT_SECONDS),
        (200, {}, False, 0),
        (200, {"cache-control": "public, max-age=30"}, False, 30),
        (200, {"cache-control": "max-age=31536000, immutable"}, True, 3600),
        (200, {"cache-control": "no-store"}, True, 0),
        (200, {"cache-control": "private, max-age=60"}, True, 0),
        (200, {"cache-control": "s-maxage=60"}, False, 0),
        (200, {"set-cookie": "a=b"}, True, 0),
        (404, {}, True, 0),
    ],
)
def test_how_long_a_response_is_good(status, headers, is_script, seconds):
    assert fresh_seconds(status, headers, is_script=is_script) == seconds
