"""The Python client against a real site, and against servers that fail."""

import csv
import json
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from openpyxl import load_workbook

from presswire_client import (
    Client,
    IncompleteExport,
    NotFound,
    QueryError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
    plain,
)
from workers.search.export import ExportBrokenError
from workers.site import api

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(120)]


@pytest.fixture
def wire(site_url):
    with Client(site_url) as client:
        yield client


class Scripted(BaseHTTPRequestHandler):
    """Answers with what the test has written down: status, headers, body."""

    def do_GET(self):
        self.server.asked.append((time.monotonic(), self.path))
        step = min(len(self.server.asked), len(self.server.script)) - 1
        status, headers, body = self.server.script[step]
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def scripted():
    """Makes a server that answers by a script; its address and what it was asked."""
    made = []

    def make(*script):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Scripted)
        server.script, server.asked = script, []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        made.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}", server.asked

    yield make
    for server in made:
        server.shutdown()
        server.server_close()


def test_all_pages_of_a_search_are_one_iterator(wire):
    hits = list(wire.search("report", size=7))

    assert len(hits) == len({hit["id"] for hit in hits}) == 48
    assert [len(page["hits"]) for page in wire.pages("report", size=20)] == [20, 20, 8]


def test_pages_are_asked_for_as_they_are_read(wire, monkeypatch):
    asked, send = [], httpx.Client.send
    monkeypatch.setattr(
        httpx.Client, "send", lambda *given, **more: asked.append(1) or send(*given, **more)
    )

    hits = wire.search("report", size=10)
    for _ in range(11):
        next(hits)

    assert len(asked) == 2


def test_filters_are_those_of_the_api(wire):
    two = wire.search_page("report", outlet=["weir-gazette", "northpoint-post"], sort="oldest")
    every = wire.search_page("river rises", reprints=True)

    assert {hit["outlet"] for hit in two["hits"]} == {"weir-gazette", "northpoint-post"}
    assert two["sort"] == "oldest"
    assert [hit["time"] for hit in two["hits"]] == sorted(hit["time"] for hit in two["hits"])
    assert len(every["hits"]) == every["total"] == 4
    assert plain(every["hits"][0]["title"]).startswith(("River", "Eastmarch"))


def test_an_article_its_versions_and_its_story(wire):
    article = wire.article("river")
    (version,) = wire.revisions("river")
    story = wire.cluster("river")

    assert "three metres" in article["body"]
    assert "two metres" in json.dumps(version)
    assert story["printings"][0]["outlet"] == "northpoint-post"
    assert [plain(each["hit"]["title"]) for each in wire.corrections()] == [
        "River rises in Eastmarch"
    ]
    assert wire.copies()["stories"][0]["id"] == "river"
    assert isinstance(wire.similar("daily-01"), list)


def test_counts_are_by_query_group_and_time(wire):
    counts = wire.counts("council", vs=["football"], by="outlet", unit="week")

    sums = Counter()
    for row in counts["rows"]:
        sums[row["query"]] += row["articles"]
    assert counts["unit"] == "week"
    assert sums["football"] == 12


def test_documents_are_streamed_whole_or_with_chosen_fields(wire):
    whole = list(wire.documents("river rises"))
    chosen = list(wire.documents("report", fields=["outlet", "document_id"], sample=5, seed=3))

    assert all("metres" in each["body"] for each in whole)
    assert {tuple(sorted(each)) for each in chosen} == {("document_id", "outlet")}
    again = wire.documents("report", fields=["outlet", "document_id"], sample=5, seed=3)
    assert list(again) == chosen
    assert len(chosen) == 5


@pytest.mark.parametrize("sign", ["\u2028", "\u2029", "\x85", "\r"])
@pytest.mark.parametrize("end", ["\n", ""])
def test_a_line_of_an_export_ends_where_the_line_ends(scripted, sign, end):
    bodies = [f"before{sign}after", f"{sign}", "plain"]
    lines = [json.dumps({"body": body}, ensure_ascii=False) for body in bodies]
    url, _ = scripted((200, {}, ("\n".join(lines) + end).encode()))

    with Client(url) as client:
        assert [each["body"] for each in client.documents("x")] == bodies


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet", "xlsx"])
def test_an_export_is_a_file(wire, tmp_path, form):
    path = wire.export("report", tmp_path / f"a.{form}", fields=["outlet", "title"])

    assert list(tmp_path.iterdir()) == [path]
    if form == "csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            assert len(list(csv.DictReader(file))) == 48
    if form == "xlsx":
        assert load_workbook(path).active.max_row == 49


def test_a_name_of_no_form_is_refused_before_anything_is_asked(wire, tmp_path):
    with pytest.raises(ValueError, match=r"a\.ods: end it in \.jsonl, \.csv"):
        wire.export("report", tmp_path / "a.ods")


def test_mistakes_are_told_as_the_site_tells_them(wire):
    with pytest.raises(QueryError, match="outlt") as mistake:
        wire.search_page("rain outlt:x")
    with pytest.raises(QueryError, match="size"):
        wire.search_page("rain", size=100_000)
    with pytest.raises(NotFound):
        wire.article("no/such?article")

    assert mistake.value.at == 5


def test_a_token_that_is_needed_is_asked_for(serve, token):
    url = serve(site_needs_token=True)

    with Client(url) as nobody, pytest.raises(Unauthorized, match="A token is needed"):
        nobody.search_page("river")
    with Client(url, token=token) as known:
        assert known.search_page("river")["total"] >= 4


def test_a_busy_site_is_asked_again_after_what_it_says(scripted):
    busy = (429, {"Retry-After": "1"}, b'{"title": "Too Many Requests", "detail": "wait"}')
    down = (503, {"Retry-After": "1"}, b"<html>down</html>")
    url, asked = scripted(busy, down, (200, {}, b'{"hits": [], "cursor": null, "total": 3}'))

    with Client(url) as client:
        assert client.search_page("x")["total"] == 3

    (first, _), (second, _), (third, _) = asked
    assert min(second - first, third - second) >= 0.99


def test_patience_has_an_end(scripted):
    busy = (429, {"Retry-After": "1"}, b'{"detail": "More than 5 such requests a minute"}')
    url, asked = scripted(busy)

    with Client(url, retries=1) as client, pytest.raises(TooManyRequests, match="More than 5") as e:
        client.search_page("x")
    assert len(asked) == 2
    assert e.value.retry_after == 1
    with Client(url, max_wait_seconds=0.5) as client, pytest.raises(TooManyRequests):
        client.search_page("x")
    assert len(asked) == 3


@pytest.mark.parametrize(("status", "error"), [(500, Unavailable), (400, QueryError)])
def test_what_would_fail_again_is_not_asked_again(scripted, status, error):
    url, asked = scripted((status, {}, b'{"detail": "no"}'))

    with Client(url) as client, pytest.raises(error, match="no"):
        client.search_page("x")

    assert len(asked) == 1


def test_a_site_that_is_not_there_is_unavailable():
    with (
        Client("http://127.0.0.1:9", retries=0) as client,
        pytest.raises(Unavailable, match=r"127\.0\.0\.1 does not answer"),
    ):
        client.search_page("x")


def test_an_export_that_breaks_off_is_an_error_and_no_file(wire, tmp_path, monkeypatch):
    def broken(*_):
        yield [{"document_id": "a"}]
        raise ExportBrokenError("the export took too long between two batches")

    monkeypatch.setattr(api, "export_documents", broken)

    with pytest.raises(IncompleteExport, match="broke off"):
        wire.export("river", tmp_path / "a.jsonl")
    with pytest.raises(IncompleteExport):
        list(wire.documents("river"))

    assert list(tmp_path.iterdir()) == []
