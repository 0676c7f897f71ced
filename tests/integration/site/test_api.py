"""The HTTP API on real servers."""

import csv
import html
import io
import json
import re
import socket
from concurrent.futures import ThreadPoolExecutor, as_completed
from functools import partial
from urllib.parse import urlsplit

import httpx
import pytest
from defusedxml import ElementTree
from pyarrow import parquet

from workers.adapters.redis import saved_searches
from workers.adapters.redis.connection import connect
from workers.search.query import reading

pytestmark = pytest.mark.elasticsearch


def ids(answer):
    assert answer.status_code == 200, answer.text
    return [hit["id"] for hit in answer.json()["hits"]]


@pytest.mark.parametrize(
    ("path", "query"), [("/", "river rises on page"), ("/api/search", "river rises in api")]
)
def test_a_query_is_parsed_once_a_request(http, path, query, monkeypatch):
    """No other test asks these queries: what was parsed lately is not parsed again at all."""
    texts = []
    tokenize = reading.tokenize
    monkeypatch.setattr(reading, "tokenize", lambda text: texts.append(text) or tokenize(text))

    answer = http.get(path, params={"q": query, "outlet": "northpoint-post"})

    assert answer.status_code == 200
    assert texts == [query]


def test_a_search_answers_hits_with_clusters_facets_and_timeline(http):
    found = http.get("/api/search", params={"q": "river rises"}).json()

    (hit,) = found["hits"]
    assert hit["cluster"]["outlets"] == 4
    assert hit["cluster"]["printings"][0]["outlet"] == "northpoint-post"
    assert {"name", "values"} == set(found["facets"][0])
    assert found["timeline"]["bars"][0]["count"] == 4
    assert {"text": "River", "is_hit": True} in hit["title"] or any(
        piece["is_hit"] for piece in hit["title"]
    )


def test_who_says_what_is_on_the_page_without_those_who_have_no_name(http):
    page = http.get("/articles/river").text
    spoken = page.split('id="statements"')[1].split("</section>")[0]

    assert spoken.count("<li>") == 1
    assert '<a href="/?q=by%3A%22Bo%20Inkwell%22">Bo Inkwell</a>' in spoken
    assert "All boats went out at once" in spoken


def test_the_countries_told_of_are_a_facet_and_on_the_page_of_an_article(http):
    facets = {facet["name"]: facet["values"] for facet in http.get("/api/search").json()["facets"]}
    (value,) = facets["place"]
    found = http.get("/api/search", params={"place": "us", "size": 100}).json()

    assert value["value"] == "us"
    assert found["total"] == value["count"]
    assert {tuple(hit["place_countries"]) for hit in found["hits"]} == {("us",)}
    assert ids(http.get("/api/search", params={"place": "no"})) == []
    assert '<a href="/?place=us">United States</a>' in http.get("/articles/river").text


def test_the_names_in_a_text_are_a_facet_and_on_the_page_of_an_article(http):
    facets = {facet["name"]: facet["values"] for facet in http.get("/api/search").json()["facets"]}
    value = facets["name"][0]
    found = http.get("/api/search", params={"name": value["value"], "size": 100}).json()
    page = http.get(f"/articles/{found['hits'][0]['id']}").text

    assert found["total"] == value["count"]
    assert all(value["value"] in hit["names"] for hit in found["hits"])
    assert ids(http.get("/api/search", params={"name": "Nobody Hereabouts"})) == []
    assert f">{value['value']}</a>" in page.split('id="names"')[1].split("</section>")[0]


def test_filters_of_one_facet_widen_and_facets_narrow(http):
    both = {"outlet": ["weserblatt", "weir-gazette"], "reprints": "true", "size": 100}

    wide = ids(http.get("/api/search", params=both))
    narrow = ids(http.get("/api/search", params={**both, "lang": "de"}))

    assert "haushalt" in wide
    assert "river-weir-gazette" in wide
    assert narrow == ["haushalt"]


def test_pages_follow_each_other_by_cursor(http):
    params = {"q": "report", "reprints": "true", "sort": "newest", "size": 20}
    seen, cursor = [], ""
    while cursor is not None:
        found = http.get("/api/search", params={**params, "cursor": cursor})
        seen += ids(found)
        cursor = found.json()["cursor"]

    assert len(seen) == len(set(seen)) == 48


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/api/search?q=outlt:x", 400, "did you mean outlet:?"),
        ("/api/search?on=someday", 400, "or a range like"),
        ("/api/search?size=1000", 400, "less than or equal to 100"),
        ("/api/search?sort=random", 400, "sort"),
        ("/api/search?cursor=AAAA", 400, "changed on its way"),
        ("/api/search?" + "&".join(["outlet=x"] * 60), 400, "at most 50"),
        ("/api/articles/none", 404, "no article"),
        ("/api/articles/" + "x" * 5_000, 404, "no article"),
        ("/api/articles/none/revisions", 404, "no article"),
        ("/api/clusters/none", 404, "no cluster"),
        ("/api/export?form=exe", 400, "form"),
        ("/api/nothing", 404, "Not Found"),
        ("/api/search?q=" + "a" * 5_000, 400, "longer than 4000"),
        ("/api/search?q=" + "a" * 20_000, 414, "longer than 16384"),
    ],
)
def test_a_mistake_is_a_problem_document(http, path, status, says):
    answer = http.get(path)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert says in answer.json()["detail"]


def test_a_mistake_in_the_query_has_its_place(http):
    assert http.get("/api/search?q=rain+outlt:x").json()["at"] == 5


def test_an_article_has_its_whole_text(http):
    found = http.get("/api/articles/river").json()

    assert found["title"] == "River rises in Eastmarch"
    assert "three metres" in found["body"]
    assert "suggest" not in found


def test_revisions_tell_what_changed(http):
    (revision,) = http.get("/api/articles/river/revisions").json()

    assert "two metres" in revision["article"]["body"]
    parts = revision["changes"]["paragraphs"][0]["parts"]
    assert {"how": "removed", "text": "two"} in parts
    assert {"how": "added", "text": "three"} in parts


@pytest.mark.parametrize(
    "path", ["/api/articles/haushalt/revisions", "/articles/haushalt/revisions"]
)
def test_an_article_that_never_changed_has_no_revisions(http, path):
    answer = http.get(path)

    assert answer.status_code == 200
    assert answer.json() == [] if path.startswith("/api") else "one version" in answer.text


def test_a_cluster_lists_who_printed_first(http):
    found = http.get("/api/clusters/river").json()

    assert found["articles"] == 4
    times = [each["time"] for each in found["printings"]]
    assert times == sorted(times)


def test_similar_stories_are_found(http):
    similar = http.get("/api/articles/daily-00/similar").json()

    assert similar
    assert "daily-00" not in [hit["id"] for hit in similar]


def test_suggestions_are_fields_and_names(http):
    offered = http.get("/api/suggest", params={"q": "outl"}).json()
    assert offered[0]["query"] == "outlet:"

    offered = http.get("/api/suggest", params={"q": "river ris"}).json()
    assert offered[0]["query"] == '"River rises in Eastmarch"'

    assert http.get("/api/suggest", params={"q": ""}).json() == []
    assert http.get("/api/suggest", params={"q": "x" * 3_000}).json() == []


def test_exports_hold_everything_that_matches(http):
    lines = http.get("/api/export", params={"q": "report"}).text.splitlines()
    table = http.get("/api/export", params={"q": "report", "form": "parquet"})

    assert len(lines) == 48
    assert all(json.loads(line)["body"] for line in lines)
    assert parquet.read_table(io.BytesIO(table.content)).num_rows == 48
    assert table.headers["content-disposition"] == 'attachment; filename="presswire.parquet"'


@pytest.mark.parametrize("sort", ["newest", "oldest", "relevance", ""])
def test_an_export_has_the_order_of_the_screen(http, sort):
    params = {"q": "report voted", "sort": sort, "reprints": "true", "size": 100}

    exported = http.get("/api/export", params=params).text.splitlines()

    shown = ids(http.get("/api/search", params=params))
    assert [json.loads(line)["document_id"] for line in exported] == shown


def test_the_timeline_has_the_range_that_is_asked_for(http):
    asked = {"on": "2026-02-20..2026-03-10", "outlet": "weserblatt"}
    bars = http.get("/api/search", params=asked).json()["timeline"]["bars"]

    assert (bars[0]["start"], bars[-1]["end"]) == ("2026-02-20", "2026-03-10")
    assert sum(bar["count"] for bar in bars) == 1


def test_hints_say_what_was_read_otherwise_than_elsewhere(http):
    assert "OR finds" in http.get("/api/search?q=flood+or+dam").json()["hints"][0]
    assert "OR finds" in http.get("/?q=flood+or+dam").text


def test_a_search_with_filters_is_saved_as_it_is_on_the_screen(http):
    asked = {"q": "river OR(council)", "section": "Local", "lang": "en", "reprints": "true"}
    line = re.search(r'name="query" value="([^"]*)"', http.get("/", params=asked).text)[1]

    found = http.get("/api/search", params={"q": html.unescape(line), "reprints": "true"})

    assert html.unescape(line) == '(river OR(council)) lang:="en" section:="Local"'
    assert ids(found) == ids(http.get("/api/search", params=asked)) != []


def test_an_export_has_the_fields_that_were_asked_for(http):
    params = {"q": "report", "fields": "outlet, title,words", "form": "csv"}
    table = http.get("/api/export", params=params).text.removeprefix("\ufeff")
    lines = http.get("/api/export", params={**params, "form": "jsonl"}).text.splitlines()

    header, *rows = csv.reader(io.StringIO(table))
    assert header == ["outlet", "title", "words"]
    assert len(rows) == len(lines) == 48
    assert {*json.loads(lines[0])} == {"outlet", "title", "words"}
    wrong = http.get("/api/export", params={"fields": "outlet,versions"})
    assert "none is called versions; there are document_id" in wrong.json()["detail"]


def test_a_sample_is_random_and_the_same_for_one_seed(http):
    def sample(seed):
        params = {"q": "report", "sample": 30, "seed": seed, "fields": "document_id"}
        return http.get("/api/export", params=params).text.splitlines()

    first, again, other = sample(1), sample(1), sample(2)

    assert len(first) == len(set(first)) == 30
    assert first == again != other
    assert http.get("/api/export?sample=10001").status_code == 400


def test_articles_without_a_byline_are_found(http):
    found = http.get("/api/search", params={"q": "missing:author", "reprints": "true"}).json()

    assert {hit["id"] for hit in found["hits"]} == {"river-northpoint-post", "river-weir-gazette",
        "river-harbour-times", "haushalt", "formula"}  # fmt: skip
    wrong = http.get("/api/search?q=missing:hope").json()
    assert wrong["detail"].startswith("missing: takes one of date, ")


def test_an_export_as_csv_holds_no_formula(http):
    text = http.get("/api/export", params={"q": "zebra", "form": "csv"}).content.decode("utf-8-sig")

    rows = {row["document_id"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["formula"]["title"] == '\'=HYPERLINK("http://x.example")'
    assert rows["evil"]["tags"].startswith("'=cmd")


def test_an_export_with_a_mistake_is_a_problem_and_no_file(http):
    answer = http.get("/api/export?q=outlt:x")

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_api_describes_itself(http):
    document = http.get("/api/openapi.json").json()
    text = json.dumps(document)

    assert "/api/search" in document["paths"]
    for reference in {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}:
        assert reference in document["components"]["schemas"]
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    schema = document["paths"]["/api/search"]["get"]["responses"]["200"]["content"]
    assert schema["application/json"]["schema"] == {"$ref": "#/components/schemas/Results"}


def test_saved_searches_belong_to_their_token(http, token):
    mine = {"Authorization": f"Bearer {token}"}
    given = {"name": "Floods", "query": "title:flood*", "notify": ["desk@example.org"]}

    made = http.post("/api/saved", json=given, headers=mine)

    assert made.status_code == 201
    assert made.json()["notify"] == ["mailto:desk@example.org"]
    assert [each["name"] for each in http.get("/api/saved", headers=mine).json()] == ["Floods"]
    assert http.get("/api/saved").json() == []
    path = f"/api/saved/{made.json()['id']}"
    assert http.delete(path).status_code == 404
    assert http.delete(path, headers=mine).status_code == 204
    assert http.get("/api/saved", headers=mine).json() == []


def test_alerts_are_changed_by_page_and_api(http, token):
    mine = {"Authorization": f"Bearer {token}"}
    given = {"name": "Floods", "query": "flood", "notify": ["desk@example.org"]}
    made = http.post("/api/saved", json=given, headers=mine).json()
    assert (made["rings"], made["digest"], made["error"]) == ("story", "none", "")
    weekly = {"digest": "weekly", "hour": 6, "weekday": "friday", "zone": "Europe/Berlin"}
    form = {"notify": "desk@example.org https://desk.example/hook", "rings": "article", **weekly}

    assert http.post(f"/saved/{made['id']}/alerts", data=form, headers=mine).status_code == 303
    (changed,) = http.get("/api/saved", headers=mine).json()
    page = http.get("/saved", headers=mine).text
    again = http.put(f"/api/saved/{made['id']}/alerts", json={}, headers=mine).json()

    assert changed == {
        **made,
        **weekly,
        "rings": "article",
        "notify": ["mailto:desk@example.org", "https://desk.example/hook"],
    }
    assert "of every article, weekly on Friday at 06:00, Europe/Berlin" in page
    assert again == {**made, "notify": []}
    assert http.put(f"/api/saved/{made['id']}/alerts", json={}).status_code == 404
    http.delete(f"/api/saved/{made['id']}", headers=mine)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"digest": "daily", "zone": "Mars/Olympus"}, "no time zone 'Mars/Olympus'"),
        ({"digest": "daily", "zone": "../../etc/passwd"}, "no time zone"),
        ({"digest": "daily", "hour": 24}, "hour: 24"),
        ({"digest": "weekly", "weekday": "caturday"}, "weekday: 'caturday'"),
        ({"digest": "hourly"}, "digest"),
        ({"rings": "twice"}, "rings"),
    ],
)
def test_a_digest_that_cannot_be_is_refused_with_what_is_wrong(http, token, change, said):
    given = {"name": "x", "query": "x", **change}

    answer = http.post("/api/saved", json=given, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code in {400, 422}
    assert said in answer.json()["detail"]


def test_a_feed_is_read_by_its_token_alone(http, token):
    mine = {"Authorization": f"Bearer {token}"}
    given = {"name": "Zebras", "query": "zebra"}
    saved = http.post("/api/saved", json=given, headers=mine).json()

    feed = http.get(saved["feed"])

    assert feed.headers["content-type"] == "application/atom+xml"
    entries = list(ElementTree.fromstring(feed.text).iter("{http://www.w3.org/2005/Atom}entry"))
    assert len(entries) == 2
    assert "<script>" not in feed.text
    assert http.get("/feeds/x.atom").status_code == 404
    http.delete(f"/api/saved/{saved['id']}", headers=mine)
    assert http.get(saved["feed"]).status_code == 404


@pytest.mark.parametrize(
    "notify",
    [
        "a@b.example\r\nBcc: all@b.example",
        "javascript:alert(1)",
        "https://x.example/\r\nX: y",
        "file:///etc",
    ],
)
def test_a_target_that_could_smuggle_a_header_is_refused(http, token, notify):
    given = {"name": "x", "query": "x", "notify": [notify]}
    mine = {"Authorization": f"Bearer {token}"}

    assert http.post("/api/saved", json=given, headers=mine).status_code == 400


@pytest.mark.parametrize("target", ["victim@example.org", "https://hook.example/x"])
def test_nobody_is_told_of_anything_without_a_token(http, target):
    given = {"name": "Win a prize", "query": "news", "notify": [target]}

    answer = http.post("/api/saved", json=given)
    page = http.post("/saved", data=given)

    assert answer.status_code == page.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "presswire token create" in answer.json()["detail"]
    assert 'href="/sign-in"' in page.text
    assert not http.cookies
    assert http.get("/api/saved").json() == []


def test_a_form_whose_receiver_is_left_empty_needs_no_token(http):
    form = {"name": "Floods", "query": "flood", "notify": ""}

    assert http.post("/saved", data=form).status_code == 303
    (made,) = http.get("/api/saved").json()
    assert http.delete(f"/api/saved/{made['id']}").status_code == 204


def test_a_new_cookie_for_each_search_does_not_lift_the_limit(serve, token):
    url = serve(site_searches_per_minute=100)
    given = {"name": "x", "query": "x"}

    answers = [httpx.post(f"{url}/api/saved", json=given) for _ in range(5)]
    forged = {"Cookie": "presswire_owner=" + "x" * 22}
    refused = httpx.post(f"{url}/api/saved", json=given, headers=forged)
    mine = {"Authorization": f"Bearer {token}"}
    with_token = httpx.post(f"{url}/api/saved", json=given, headers=mine)

    assert {answer.status_code for answer in answers} == {201}
    assert refused.status_code == 429
    assert "More than 5" in refused.json()["detail"]
    assert int(refused.headers["retry-after"]) >= 1
    assert with_token.status_code == 201


def test_where_all_places_are_taken_a_token_still_saves(http, token, monkeypatch):
    monkeypatch.setattr(saved_searches, "MAX_WITHOUT_TOKEN", 0)
    given = {"name": "x", "query": "x"}

    refused = http.post("/api/saved", json=given)
    mine = {"Authorization": f"Bearer {token}"}

    assert refused.status_code == 401
    assert "without a token" in refused.json()["detail"]
    assert http.post("/api/saved", json=given, headers=mine).status_code == 201


@pytest.mark.parametrize("way", ["/saved", "/api/saved", "feed"])
def test_who_looks_at_a_search_uses_it(http, site_settings, redis_url, way):
    redis, key = connect(redis_url, retries=0), f"{site_settings.prefix}:saved:uses"
    made = http.post("/api/saved", json={"name": "x", "query": "x"}).json()
    redis.zadd(key, {made["id"]: 1})

    http.get(made["feed"] if way == "feed" else way)

    assert redis.zscore(key, made["id"]) > 1_000_000_000
    assert http.delete(f"/api/saved/{made['id']}").status_code == 204
    redis.close()


def test_a_form_of_another_site_saves_nothing(http):
    form = {"name": "x", "query": "x"}

    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert http.post("/saved", data=form, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "origin",
    ["null", "", "http://[", "http://[::1", "http://[v1.x]", "://{}", "ftp://{}", "http://x@{}",
     "http://{}/", "http://{}:80", "http://{}.evil.example", "//{}", "http://é{}"],
)  # fmt: skip
def test_an_origin_that_is_none_of_ours_is_refused_not_an_error(http, origin):
    sent = origin.format(f"{http.base_url.host}:{http.base_url.port}").encode()

    assert http.post("/zone", data={"zone": "UTC"}).status_code == 303
    assert http.post("/sign-out", headers={b"Origin": sent}).status_code == 403


def test_a_token_that_is_not_valid_is_refused_not_ignored(http):
    for given in ("Bearer pw_x_y", "Bearer", "bearer nonsense"):
        answer = http.get("/api/search", headers={"Authorization": given})
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"


def test_a_site_that_needs_a_token_lets_nobody_else_in(serve, token):
    with httpx.Client(base_url=serve(site_needs_token=True)) as client:
        assert client.get("/api/search").status_code == 401
        assert client.get("/api/export").status_code == 401
        page = client.get("/")
        assert page.status_code == 401
        assert "/sign-in" in page.text
        assert client.post("/sign-in", data={"token": "pw_a_b"}).status_code == 403
        assert client.post("/sign-in", data={"token": token}).status_code == 303
        assert client.get("/").status_code == 200


def test_who_asks_too_often_is_told_to_wait_and_a_token_gives_more(serve, token):
    mine = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=serve(site_searches_per_minute=5)) as client:
        answers = [client.get("/api/search?q=river") for _ in range(6)]
        with_token = [client.get("/api/search?q=river", headers=mine) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert "More than 5" in answers[-1].json()["detail"]
    assert {answer.status_code for answer in with_token} == {200}


def test_a_body_of_a_megabyte_is_not_read(http):
    answer = http.post("/saved", data={"name": "x", "query": "a" * 1_000_000})

    assert answer.status_code == 413


def test_a_body_without_its_length_is_refused(http):
    answer = http.post("/api/saved", content=iter([b"{}"]))

    assert answer.status_code == 411


def test_a_request_line_of_a_megabyte_is_cut_off(site_url):
    host, port = urlsplit(site_url).netloc.split(":")
    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(b"GET /?q=" + b"a" * 1_000_000)
        answer = raw.recv(100)

    assert answer.startswith(b"HTTP/1.1 400")


def test_another_host_name_is_refused(http):
    assert http.get("/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/api/search", "/help", "/nothing", "/static/site.js"])
def test_every_answer_carries_the_headers_of_safety(http, path):
    headers = http.get(path).headers

    assert "script-src 'self'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"


@pytest.mark.parametrize(
    "path", ["/?q=zebra", "/articles/evil", "/articles/evil/revisions", "/clusters/evil", "/saved"]
)
def test_what_strangers_wrote_is_text(http, path):
    page = http.get(path).text

    assert "<script>document" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("path", ["/?q=", "/articles/", "/clusters/", "/?section="])
def test_what_is_asked_for_is_text_too(http, path):
    page = http.get(path + "%3Cscript%3Ealert(1)%3C/script%3E%22onfocus=%22x").text

    assert "<script>alert" not in page
    assert '"onfocus=' not in page


@pytest.mark.parametrize(
    "path", ["/", "/help", "/api/search?q=river", "/health", "/articles/river"]
)
def test_head_is_get_without_the_body(http, path):
    head, whole = http.head(path), http.get(path)

    assert head.status_code == whole.status_code == 200
    assert head.content == b""
    assert head.headers["content-type"] == whole.headers["content-type"]


def test_a_stale_cookie_does_not_lock_an_open_site(site_url, serve):
    stale = {"presswire_token": "pw_none_none"}
    with httpx.Client(base_url=site_url, cookies=stale) as client:
        assert client.get("/").status_code == 200
    with httpx.Client(base_url=serve(site_needs_token=True), cookies=stale) as client:
        assert client.get("/").status_code == 401


def test_who_signed_in_can_sign_out(http, token):
    http.post("/sign-in", data={"token": token})
    assert 'action="/sign-out"' in http.get("/").text

    http.post("/sign-out")

    assert 'action="/sign-out"' not in http.get("/").text


@pytest.fixture
def frozen_server():
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_a_frozen_search_server_holds_up_nothing_else(serve, frozen_server):
    url = serve(
        elasticsearch_url=frozen_server, site_searches_per_minute=100_000, site_answer_seconds=1.0
    )
    with ThreadPoolExecutor(60) as threads, httpx.Client(base_url=url, timeout=60) as client:
        # a client each: one that all share may lose a connection among so many threads
        ask = partial(httpx.get, f"{url}/", timeout=60, verify=False)
        searches = [
            threads.submit(ask, params={"q": "flood OR dam", "outlet": "courier"})
            for _ in range(55)
        ]
        first = next(as_completed(searches)).result()

        assert client.get("/help").status_code == 200
        assert client.get("/static/site.css").status_code == 200
        assert client.get("/health").status_code == 200
        assert any(not search.done() for search in searches)
        for search in [first, *(each.result() for each in searches)]:
            assert search.status_code == 503
            assert 'value="flood OR dam"' in search.text
            assert 'name="outlet" value="courier"' in search.text


def test_without_the_search_server_the_answer_is_503(serve):
    url = serve(elasticsearch_url="http://127.0.0.1:9")

    answer = httpx.get(f"{url}/api/search?q=x")
    page = httpx.get(f"{url}/?q=x")

    assert answer.status_code == page.status_code == 503
    assert answer.headers["retry-after"]
    assert "127.0.0.1:9" not in answer.text + page.text
