"""The door for agents, asked by the protocol's own client: over HTTP, and over stdin and stdout."""

import json
import sys

import anyio
import httpx2
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

pytestmark = [pytest.mark.elasticsearch, pytest.mark.timeout(120)]

TOOLS = {"search", "article", "revisions", "cluster", "events", "event", "counts"}


def call(server, *calls, headers=None):
    """The tools by name, and the answers of `calls` (tool, arguments): text, is it an error."""

    async def ask(client):
        names = {tool.name: tool for tool in (await client.list_tools()).tools}
        answers = [await client.call_tool(name, given) for name, given in calls]
        return names, [(answer.content[0].text, answer.is_error) for answer in answers]

    async def main():
        if not isinstance(server, str):
            async with Client(server) as client:
                return await ask(client)
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(f"{server}/mcp", http_client=http)) as client,
        ):
            return await ask(client)

    return anyio.run(main)


def test_an_agent_finds_and_reads_as_the_api_tells(site_url, http):
    tools, [(found, _)] = call(site_url, ("search", {"query": "river", "size": 3}))
    assert tools.keys() == TOOLS
    assert all(tool.annotations.read_only_hint for tool in tools.values())
    page = json.loads(found)
    told = http.get("/api/search", params={"q": "river", "size": 3}).json()
    assert page["hits"] == told["hits"]
    assert not {"facets", "timeline"} & page.keys()
    river = next(hit for hit in page["hits"] if hit["cluster"])
    _, answers = call(
        site_url,
        ("article", {"document_id": river["id"]}),
        ("revisions", {"document_id": river["id"]}),
        ("cluster", {"cluster_id": river["cluster"]["id"]}),
        ("counts", {"query": "river", "versus": ["harbour"], "by": "outlet"}),
        ("events", {"hours": 48}),
    )
    counts = {"q": "river", "vs": "harbour", "by": "outlet"}
    paths = (
        (f"/api/articles/{river['id']}", {}),
        (f"/api/articles/{river['id']}/revisions", {}),
        (f"/api/clusters/{river['cluster']['id']}", {}),
        ("/api/counts", counts),
        ("/api/events", {"hours": 48}),
    )
    for (text, is_error), (path, given) in zip(answers, paths, strict=True):
        assert not is_error, text
        assert json.loads(text) == http.get(path, params=given).json()


def test_an_agents_days_are_days_in_the_zone_that_it_names(site_url, http):
    # noon in UTC, when it is the next day already in Kiritimati
    first = http.get("/api/search", params={"q": "river", "sort": "oldest"}).json()["hits"][0]
    day = first["time"][:10]
    zone, query = "Pacific/Kiritimati", f"river on:{day}"
    given = {"query": query, "zone": zone}
    _, answers = call(site_url, ("search", given), ("counts", given), ("events", given))
    asked = {"q": query, "zone": zone}
    told = [
        http.get(f"/api/{path}", params=more | asked).json()
        for path, more in (("search", {"size": 10}), ("counts", {}), ("events", {}))
    ]
    search, counts, events = (json.loads(text) for text, _ in answers)
    assert search["hits"] == told[0]["hits"]
    assert (counts, events) == (told[1], told[2])
    in_utc = http.get("/api/search", params={"q": query}).json()
    assert first["id"] in {hit["id"] for hit in in_utc["hits"]}
    assert first["id"] not in {hit["id"] for hit in search["hits"]}


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("article", {"document_id": "nothing"}, "404"),
        ("article", {"document_id": "../operations"}, "404"),
        ("event", {"event_id": "nothing"}, "404"),
        ("search", {"query": "title:("}, "400"),
        ("search", {"size": 5000}, "size"),
        ("counts", {"by": "nothing"}, "by"),
        ("search", {"zone": "Mars/Olympus"}, "zone"),
    ],
)
def test_a_mistake_is_told_to_the_agent(site_url, tool, given, told):
    _, [(text, is_error)] = call(site_url, (tool, given))
    assert is_error
    assert told in text


def test_tokens_hold_for_agents(serve, token):
    url = serve(site_needs_token=True)
    _, [(text, is_error)] = call(url, ("search", {}))
    assert is_error
    assert "401" in text
    _, [(text, is_error)] = call(url, ("search", {}), headers={"Authorization": f"Bearer {token}"})
    assert not is_error, text
    cookie = {"Cookie": f"presswire_token={token}"}
    _, [(_, is_error)] = call(url, ("search", {}), headers=cookie)
    assert is_error


def test_limits_hold_for_agents(serve):
    url = serve(site_searches_per_minute=2)
    _, answers = call(url, *[("search", {})] * 4)
    assert "429" in answers[-1][0]


def test_an_agent_on_this_machine_asks_through_the_command(site_url, http):
    code = "from workers.cli.main import main; main()"
    server = StdioServerParameters(
        command=sys.executable, args=["-c", code, "mcp", "--url", site_url]
    )
    tools, [(text, _)] = call(server, ("search", {"query": "river", "size": 20}))
    assert tools.keys() == TOOLS
    assert json.loads(text)["hits"] == http.get("/api/search", params={"q": "river"}).json()["hits"]
