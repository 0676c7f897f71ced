"""Each hop of a chain of redirects is a request of its own."""

import httpx
import pytest

from schemas.reasons import Reason
from workers.adapters.http.messages import (
    FetchOptions,
    build_request,
    options_of,
    set_crawl_delay,
    set_proxy,
    to_page,
)
from workers.adapters.http.redirect_chains import MAX_REDIRECTS
from workers.adapters.http.redirect_transport import RedirectTransport
from workers.exceptions import PermanentFailure

HOME = "https://www.gazette.example"


class Hosts(httpx.BaseTransport):
    """Redirects by URL; whatever is not in it is a page. Notes the requests as they come, then
    does to each what the transports of its host would do."""

    def __init__(self, targets):
        self.targets = targets
        self.seen = []

    def handle_request(self, request):
        options = options_of(request)
        self.seen.append((options, dict(request.headers)))
        set_proxy(request, "http://proxy.example:3128")
        set_crawl_delay(request, 7.0)
        location = self.targets.get(options.url)
        headers = {b"Location": location.encode()} if location is not None else {}
        return httpx.Response(
            302 if headers else 200, headers=headers, stream=httpx.ByteStream(b"")
        )


def follow(targets, url=f"{HOME}/a", headers=()):
    hosts = Hosts(targets)
    request = build_request(FetchOptions(url=url, max_bytes=9), headers)
    response = RedirectTransport(hosts).handle_request(request)
    return to_page(url, response), hosts.seen


def test_a_hop_takes_nothing_over_from_the_host_before():
    page, seen = follow({f"{HOME}/a": "https://other.example/b", "https://other.example/b": "/c"})
    assert (page.url, page.final_url) == (f"{HOME}/a", "https://other.example/c")
    assert [(options.proxy, options.crawl_delay_seconds) for options, _ in seen] == 3 * [("", 0.0)]


def test_validators_go_to_the_host_of_the_page_only():
    targets = {f"{HOME}/a": "/b", f"{HOME}/b": "https://other.example/c"}
    _, seen = follow(targets, headers=[(b"if-none-match", b'"7"')])
    assert [headers.get("if-none-match") for _, headers in seen] == ['"7"', '"7"', None]
    assert [headers["host"] for _, headers in seen] == 2 * ["www.gazette.example"] + [
        "other.example"
    ]


def test_an_address_is_kept_as_it_is_written():
    page, _ = follow({f"{HOME}/a": "/\u00fcber uns#team"})
    assert page.final_url == f"{HOME}/\u00fcber uns"


@pytest.mark.parametrize(
    ("targets", "reason"),
    [
        ({f"{HOME}/a": "/b", f"{HOME}/b": "/a"}, Reason.TOO_MANY_REDIRECTS),
        (
            {f"{HOME}/{n or 'a'}": f"/{n + 1}" for n in range(MAX_REDIRECTS + 1)},
            Reason.TOO_MANY_REDIRECTS,
        ),
        ({f"{HOME}/a": "ftp://files.example/b"}, Reason.UNSAFE_ADDRESS),
        ({f"{HOME}/a": "//user:secret@other.example/b"}, Reason.UNSAFE_ADDRESS),
    ],
)
def test_a_chain_without_a_page_ends(targets, reason):
    with pytest.raises(PermanentFailure) as end:
        follow(targets)
    assert end.value.reason is reason


def test_a_chain_may_be_as_long_as_allowed():
    targets = {f"{HOME}/{n or 'a'}": f"/{n + 1}" for n in range(MAX_REDIRECTS)}
    page, seen = follow(targets)
    assert page.final_url == f"{HOME}/{MAX_REDIRECTS}"
    assert len(seen) == MAX_REDIRECTS + 1


DOMAINS = frozenset({"gazette.example"})


def test_what_a_script_asks_for_is_redirected_within_the_outlets_domains_only():
    def load(target):
        hosts = Hosts({f"{HOME}/a": target})
        options = FetchOptions(url=f"{HOME}/a", max_bytes=9, domains=DOMAINS)
        RedirectTransport(hosts).handle_request(build_request(options))
        return [each.url for each, _ in hosts.seen]

    assert load("https://api.gazette.example/b")[-1] == "https://api.gazette.example/b"
    with pytest.raises(PermanentFailure) as failure:
        load("https://tracker.example/b")
    assert failure.value.reason is Reason.FOREIGN_LINK


@pytest.mark.parametrize(("domains", "pages"), [(DOMAINS, 1), (None, 2)])
def test_a_refresh_in_a_file_that_a_script_asks_for_is_no_redirect(domains, pages):
    body = b'document.write(`<meta http-equiv="refresh" content="0;url=/elsewhere">`)'
    asked = []

    class Files(httpx.BaseTransport):
        def handle_request(self, request):
            asked.append(options_of(request).url)
            shown = body if len(asked) == 1 else b""
            return httpx.Response(200, stream=httpx.ByteStream(shown))

    options = FetchOptions(url=f"{HOME}/a.js", max_bytes=99, domains=domains)
    RedirectTransport(Files()).handle_request(build_request(options))
    assert len(asked) == pages
