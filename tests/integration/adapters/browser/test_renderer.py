"""Pages that a script writes, drawn by a real browser."""

import json
import os
import signal

import pytest

from workers.adapters.browser import chromium as chromium_module
from workers.adapters.browser import renderer as renderer_module
from workers.adapters.browser.chromium import UnusableBrowserError, check_installation
from workers.settings import Settings

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(120)]

TEXT = "The council of the town voted on Monday to rebuild the old bridge. " * 6
SHELL = (
    '<!doctype html><html lang="en"><head><meta charset="iso-8859-1"><title>-</title>'
    '<script src="/app.js" defer></script><link rel="stylesheet" href="/app.css"></head>'
    '<body><div id="root"></div><img src="/a.png" onerror="this.remove()"></body></html>'
)
APP = """
fetch("/api/1.json", {headers: {"X-Api-Key": "k1"}}).then(r => r.json()).then(story => {
  document.title = story.title;
  root.innerHTML = `<article><h1>${story.title}</h1><p>${story.text}</p></article>`;
});
"""


@pytest.fixture
def script_site(site):
    site.answers |= {
        "/app.js": ("text/javascript", APP),
        "/api/1.json": ("application/json", json.dumps({"title": "Brücke", "text": TEXT})),
    }
    return site


def test_a_script_draws_its_text_and_only_it_and_its_data_are_asked_for(script_site, draw):
    drawn = draw(SHELL)
    html = drawn.html.decode()
    assert html.startswith('<!DOCTYPE html><html lang="en"><head>')
    assert "<h1>Brücke</h1>" in html
    assert TEXT.strip() in html
    assert '<img src="/a.png"' in html, "a picture's address is not lost"
    assert drawn.text_chars > len(TEXT) - 10
    assert (drawn.requests, drawn.missed) == (2, "")
    assert script_site.paths() == ["/app.js", "/api/1.json"]
    headers = dict(script_site.asked)["/api/1.json"]
    assert headers["x-api-key"] == "k1"
    assert headers["user-agent"] == Settings().user_agent
    draw(SHELL)
    assert script_site.paths() == ["/app.js", "/api/1.json", "/api/1.json"], "scripts are kept"


def test_text_in_shadow_roots_is_written_out(draw):
    html = f"""<!doctype html><body><x-story></x-story><script>
    customElements.define("x-story", class extends HTMLElement {{
      connectedCallback() {{ this.attachShadow({{mode: "open"}}).innerHTML = "<p>{TEXT}</p>"; }}
    }});</script></body>"""
    assert f'<template shadowrootmode="open"><p>{TEXT}</p></template>' in draw(html).html.decode()


def test_a_page_is_read_where_its_scripts_have_changed_nothing(draw):
    html = f"""<!doctype html><body><p>{TEXT}</p><script>
    Element.prototype.getHTML = () => "forged"; JSON.stringify = () => '{{"html": "forged"}}';
    Node.prototype.cloneNode = () => null;</script><img name="body"><img name="documentElement">
    <img name="querySelectorAll"><form><input name="shadowRoot"></form></body>"""
    drawn = draw(html).html.decode()
    assert TEXT.strip() in drawn
    assert not drawn.startswith("forged")


def test_each_page_has_a_browser_that_knows_nothing_of_the_one_before(draw):
    html = f"""<!doctype html><body><p>{TEXT}</p><script>
    document.body.append("before: " + localStorage.getItem("a") + document.cookie);
    localStorage.setItem("a", "kept"); document.cookie = "kept=1";</script></body>"""
    for _ in range(2):
        assert "before: null</body>" in draw(html).html.decode()


def test_robots_txt_is_heeded_and_what_a_host_does_not_give_now_is_said(site, draw, clean_redis):
    clean_redis.ping()
    site.answers["/robots.txt"] = ("text/plain", "User-agent: *\nDisallow: /private/\n")
    site.answers["/busy"] = lambda handler: handler.send_error(503)
    script = "fetch('/private/a').catch(() => fetch('/busy')).catch(() => 0)"
    drawn = draw(f"<!doctype html><body><script>{script}</script></body>")
    assert site.paths() == ["/busy"]
    assert "service unavailable" in drawn.missed
    assert drawn.text_chars == 0


def test_a_browser_is_renewed_after_its_pages(draw, renderer, monkeypatch):
    monkeypatch.setattr(renderer_module, "MAX_PAGES", 1)
    html = f"<!doctype html><body><p>{TEXT}</p></body>"
    draw(html)
    assert renderer._running is None  # noqa: SLF001
    assert TEXT.strip() in draw(html).html.decode()


def test_a_browser_that_was_killed_meanwhile_is_replaced(draw, renderer):
    html = f"<!doctype html><body><p>{TEXT}</p></body>"
    draw(html)
    running = renderer._running  # noqa: SLF001
    os.killpg(running.group.pid, signal.SIGKILL)
    for _ in range(2):  # it may cost the page that finds it so, and no other
        try:
            drawn = draw(html)
        except renderer_module.TryAgain:
            continue
        break
    assert TEXT.strip() in drawn.html.decode()
    assert running.group.pids() == []


@pytest.mark.parametrize(
    ("settings", "user", "says"),
    [
        ({"chromium": "/nowhere/chromium"}, 1000, "apt-get install chromium"),
        ({"chromium": "/bin/sh"}, 0, "run the worker as another user"),
    ],
)
def test_a_missing_browser_costs_no_page_an_attempt_and_says_what_to_do(
    settings, user, says, monkeypatch
):
    monkeypatch.setattr(chromium_module.os, "geteuid", lambda: user)
    with pytest.raises(UnusableBrowserError, match=says) as error:
        check_installation(Settings(**settings))
    assert not error.value.counts_as_attempt
