"""The operators' page in a real browser: numbers that move, quarantine, retry."""

import httpx
import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import expect

from schemas.events import PageFetched, decode
from schemas.reasons import Reason
from workers import urls
from workers.delivery.runner import StageRunner
from workers.services import Services
from workers.site.rendering import TOKEN_COOKIE

pytestmark = [pytest.mark.elasticsearch, pytest.mark.chromium]

HOSTILE = "<script>document.title='owned'</script>"
WAIT_MILLISECONDS = 30_000
expect.set_options(timeout=WAIT_MILLISECONDS)
OUTLET = 'name = "The {0}"\nhome = "https://{0}.example/"\nlanguage = "en"\n'


@pytest.fixture(scope="module")
def operations(serve, site_settings, tmp_path_factory):
    """The site's address, and the services of its installation."""
    folder = tmp_path_factory.mktemp("outlets") / "en"
    folder.mkdir()
    for name in ("gazette", "herald"):
        (folder / f"{name}.toml").write_text(OUTLET.format(name))
    changes = {"site_searches_per_minute": 100_000, "outlets": str(folder.parent)}
    with Services(site_settings) as services:
        yield serve(**changes), services


@pytest.fixture
def operator_token(operations):
    """The token of an operator."""
    tokens, now = operations[1].tokens, operations[1].now()
    text = tokens.create("operators", now, role="operator")
    yield text
    tokens.revoke(text.split("_")[1])


@pytest.fixture
def page(browser, operations, operator_token):
    """A page of an operator's browser, in whose scripts nothing goes wrong."""
    context, troubles = browser.new_context(base_url=operations[0]), []
    cookie = {"name": TOKEN_COOKIE, "value": operator_token, "url": operations[0]}
    context.add_cookies([cookie])
    opened = context.new_page()
    opened.set_default_timeout(WAIT_MILLISECONDS)
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.on("console", lambda line: line.type == "error" and troubles.append(line.text))
    yield opened
    context.close()
    assert troubles == []


@pytest.fixture
def failed(operations):
    """Puts a page into quarantine; gives its event."""
    _, services = operations
    made = []

    def fail(number, detail="no body"):
        url = f"https://gazette.example/{number}"
        event = PageFetched(
            page_id=urls.page_id(url),
            outlet="gazette",
            url=url,
            archive_key="2026-03-01/a.warc.gz:0:10",
            final_url=url,
            fetched_at=services.now(),
        )
        runner = StageRunner(services, lambda *_: None)
        runner.quarantine("parse", event, Reason.BUG, detail, 1)
        made.append(event)
        return event

    yield fail
    for event in made:
        services.quarantine.drop(f"{event.page_id}.parse")


@pytest.mark.parametrize("path", ["/operations", "/operations/live", "/operations/quarantine/x"])
def test_nobody_sees_it_without_a_token(operations, path):
    answer = httpx.get(operations[0] + path)
    assert answer.status_code == 401
    assert "in quarantine" not in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/operations"),
        ("GET", "/operations/live"),
        ("GET", "/operations/quarantine/x"),
        ("POST", "/operations/quarantine/x/retry"),
    ],
)
@pytest.mark.parametrize("way", ["header", "cookie"])
def test_a_readers_token_does_not_open_it(operations, token, method, path, way):
    sent = {"Authorization": f"Bearer {token}"}
    headers = sent if way == "header" else {"Cookie": f"{TOKEN_COOKIE}={token}"}

    answer = httpx.request(method, operations[0] + path, headers=headers)

    assert answer.status_code == 403
    assert "--operator" in answer.text
    assert "in quarantine" not in answer.text
    front = httpx.get(operations[0], headers=headers).text
    assert 'href="/operations"' not in front


def test_an_operator_finds_it_in_the_head_of_every_page(operations, operator_token):
    headers = {"Authorization": f"Bearer {operator_token}"}

    assert 'href="/operations"' in httpx.get(operations[0] + "/help", headers=headers).text


def test_the_flow_has_its_numbers_and_moves_by_itself(page, failed):
    page.goto("/operations")
    expect(page.locator("svg .name")).to_have_text(
        [
            *("discover", "frontier", "fetch", "render", "parse", "dedupe", "relate"),
            *("index", "quarantine", "later"),
        ]
    )
    expect(page.get_by_role("rowheader", name="herald")).to_be_visible()
    before = page.locator("svg .number").all_text_contents()
    failed("moves")
    expect(page.get_by_role("link", name="https://gazette.example/moves")).to_be_visible()
    after = page.locator("svg .number").all_text_contents()
    assert int(after[8]) == int(before[8]) + 1


def test_an_entry_is_read_and_sent_again(page, operations, failed):
    _, services = operations
    event = failed("again", "the third paragraph is missing")
    page.goto("/operations")
    row = page.get_by_role("row").filter(has_text=event.url)
    row.get_by_role("link", name="bug").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("bug")
    expect(page.get_by_text("the third paragraph is missing")).to_be_visible()
    expect(page.get_by_text(f"presswire archive show {event.archive_key}")).to_be_visible()
    page.get_by_role("button", name="Retry").click()
    page.wait_for_url("**/operations")
    expect(page.get_by_role("row").filter(has_text=event.url)).to_have_count(0)
    # what a tick publishes a second later
    assert event in [decode(raw) for raw in services.delayed_events.due(services.now())]
    row = services.ledger.row(event.page_id)
    assert (row.state, row.final, row.attempts) == ("parse", False, {})


def test_nothing_of_a_stranger_is_markup(page, failed):
    event = failed("hostile", HOSTILE)
    page.goto("/operations")
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    page.get_by_role("row").filter(has_text=event.url).get_by_role("link", name="bug").click()
    expect(page.get_by_text(HOSTILE).first).to_be_visible()
    assert "owned" not in page.title()


def test_a_form_of_another_site_sends_nothing_again(page, operations, failed):
    event = failed("forged")
    answer = page.context.request.post(
        f"/operations/quarantine/{event.page_id}.parse/retry",
        headers={"Origin": "https://evil.example"},
    )
    assert answer.status == 403
    assert operations[1].quarantine.get(f"{event.page_id}.parse") is not None


def test_it_is_told_when_the_memory_of_redis_is_lost(page, operations):
    _, services = operations
    services.memory_mark.lose(services.now())
    page.goto("/operations")
    expect(page.get_by_role("alert").filter(has_text="presswire rebuild")).to_be_visible()
    services.memory_mark.keep(services.now())
    expect(page.get_by_role("alert").filter(has_text="presswire rebuild")).to_have_count(0)


def test_everybody_can_read_it(page, failed):
    failed("axe")
    page.goto("/operations")
    expect(page.locator("svg .name").first).to_be_visible()
    found = Axe().run(page)["violations"]
    assert [(each["id"], each["nodes"][0]["target"]) for each in found] == []
