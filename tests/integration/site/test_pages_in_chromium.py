"""The pages in a real browser, as an analyst walks through them."""

import os
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

pytestmark = [pytest.mark.elasticsearch, pytest.mark.chromium]

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
IS_TOO_WIDE = "document.documentElement.scrollWidth > innerWidth"
SMALL_PHONE = {"width": 320, "height": 640}


@pytest.fixture
def new_page(browser: Browser, site_url):
    """Opens a page of the site in a browser of its own; nothing may go wrong in its scripts."""
    contexts, troubles = [], []

    def open_page(size=DESKTOP, scheme="light") -> Page:
        context = browser.new_context(
            base_url=site_url, viewport=size, color_scheme=scheme, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: line.type == "error" and troubles.append(line.text))
        page.on("dialog", lambda dialog: troubles.append(dialog.message))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert [trouble for trouble in troubles if "status of 40" not in trouble] == []


@pytest.fixture
def page(new_page) -> Page:
    return new_page()


def query_of(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def search(page: Page, query: str) -> None:
    page.goto("/")
    page.get_by_label("Search for").fill(query)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"\?.*q="))


def test_an_analyst_walks_from_a_search_to_a_saved_one(page, token, tmp_path):
    _sign_in(page, token)
    search(page, "river rises")
    expect(page.get_by_role("heading", name="4 articles in 1 story")).to_be_visible()
    expect(page.locator("mark").first).to_be_visible()
    _narrow_and_open(page)
    _see_what_was_corrected(page)
    _see_who_printed_it(page)
    _export(page, tmp_path / "hits.csv")
    _save_run_and_delete(page)


def _sign_in(page: Page, token: str) -> None:
    search(page, "river")
    page.get_by_role("link", name="sign in with a token").click()
    page.get_by_label("Token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_label("Tell of new hits")).to_be_visible()


def _narrow_and_open(page: Page) -> None:
    page.locator("#narrow").get_by_role("link", name="eastmarch-courier").click()
    expect(page.get_by_role("link", name="Take off Outlet: eastmarch-courier")).to_be_visible()
    assert query_of(page)["outlet"] == ["eastmarch-courier"]
    page.get_by_role("link", name="River rises in Eastmarch", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("River rises in Eastmarch")
    expect(page.get_by_text("Water at the old mill")).to_be_visible()
    expect(page.get_by_role("heading", name="4 outlets printed this story")).to_be_visible()


def _see_what_was_corrected(page: Page) -> None:
    page.get_by_role("link", name="1 earlier version").click()
    expect(page.locator(".text del")).to_have_text("two")
    expect(page.locator(".text ins")).to_have_text("three")
    page.get_by_role("link", name="Back to the article").click()


def _see_who_printed_it(page: Page) -> None:
    page.get_by_role("link", name="Who printed it when").click()
    rows = page.locator("table.printings tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.first).to_contain_text("northpoint-post")
    expect(rows.first).to_contain_text("first")
    expect(rows.nth(1)).to_contain_text("3 h later")
    expect(page.locator("svg circle")).to_have_count(4)
    page.get_by_role("link", name="search in them").click()
    expect(page.get_by_role("heading", name="4 articles in 1 story")).to_be_visible()


def _export(page: Page, path: Path) -> None:
    with page.expect_download() as download:
        page.get_by_role("link", name="csv").click()
    download.value.save_as(path)
    assert path.read_text("utf-8-sig").count("three metres") == 4
    page.get_by_text("Chosen fields, or a sample").click()
    page.get_by_label("Fields, with commas").fill("outlet,title")
    page.get_by_label("So many at random").fill("2")
    page.get_by_label("As", exact=True).select_option("csv")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    download.value.save_as(path)
    lines = path.read_text("utf-8-sig").splitlines()
    assert (lines[0], len(lines)) == ("outlet,title", 3)


def _save_run_and_delete(page: Page) -> None:
    page.get_by_label("Save this search as").fill("The river")
    page.get_by_label("Tell of new hits").fill("desk@example.org")
    page.get_by_role("button", name="Save search").click()
    expect(page.get_by_role("heading", name="Saved searches")).to_be_visible()
    expect(page.get_by_text("tells mailto:desk@example.org")).to_be_visible()
    _ask_for_a_weekly_digest(page)
    page.get_by_role("link", name="The river").click()
    expect(page.get_by_role("heading", name="4 articles in 1 story")).to_be_visible()
    page.goto("/saved")
    page.get_by_role("button", name="Delete The river").click()
    expect(page.get_by_text("None yet.")).to_be_visible()


def _ask_for_a_weekly_digest(page: Page) -> None:
    page.get_by_text("Alerts of The river").click()
    assert [each["id"] for each in Axe().run(page)["violations"]] == []
    _photograph(page, "alerts")
    page.get_by_label("When").select_option("weekly")
    page.get_by_label("At the hour").fill("6")
    page.get_by_label("In the time zone").fill("Europe/Berlin")
    page.get_by_role("button", name="Change alerts").click()
    expect(page.get_by_text("weekly on Monday at 06:00, Europe/Berlin")).to_be_visible()


def test_saved_searches_stay_in_their_browser(new_page):
    ada, bo = new_page(), new_page()
    search(ada, "river")
    expect(ada.get_by_label("Tell of new hits")).to_have_count(0)
    ada.get_by_role("button", name="Save search").click()
    expect(ada.get_by_role("link", name="river")).to_be_visible()

    bo.goto("/saved")

    expect(bo.get_by_text("None yet.")).to_be_visible()


def test_keys_lead_through_the_results(page):
    search(page, "report")
    links = page.locator("a.open")

    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(links.first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(links.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Search for")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Search for")).not_to_be_focused()
    page.keyboard.press("j")
    title = links.first.inner_text()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_the_next_page_shows_other_stories(page):
    search(page, "report")
    first = page.locator("a.open").all_inner_texts()

    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.wait_for_url(re.compile("cursor="))

    second = page.locator("a.open").all_inner_texts()
    assert len(first) == len(second) == 20
    assert not set(first) & set(second)
    page.get_by_role("link", name="First page").click()
    assert page.locator("a.open").all_inner_texts() == first


def test_suggestions_are_chosen_by_keyboard(page):
    page.goto("/")
    box = page.get_by_label("Search for")
    box.press_sequentially("river ris")
    expect(page.get_by_role("option").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")

    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile("q="))
    assert query_of(page)["q"] == ['"River rises in Eastmarch"']


def test_a_field_is_completed_and_typing_goes_on(page):
    page.goto("/")
    box = page.get_by_label("Search for")
    box.press_sequentially("river outl")
    page.get_by_role("option", name="outlet:").click()

    expect(box).to_have_value("river outlet:")
    expect(box).to_be_focused()
    box.press_sequentially("weir-gazette")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    expect(page.get_by_role("heading", name=re.compile("articles? in"))).to_be_visible()


def test_a_bar_of_the_timeline_narrows_to_its_day(page):
    search(page, "report")
    page.locator(".timeline rect").last.click()
    page.wait_for_url(re.compile("on="))

    days = {text[:10] for text in page.locator(".hit .facts time").evaluate_all(
        "times => times.map(time => time.dateTime)")}  # fmt: skip
    assert len(days) == 1


def test_a_mistake_is_shown_with_its_place_and_the_query_stays(page):
    search(page, "river outlt:courier")

    expect(page.get_by_role("alert")).to_contain_text("did you mean outlet:?")
    expect(page.locator(".mistake pre")).to_contain_text("^^^^^")
    expect(page.get_by_label("Search for")).to_have_value("river outlt:courier")


@pytest.mark.parametrize("path", ["/?q=zebra", "/articles/evil", "/clusters/evil"])
def test_a_hostile_article_runs_nothing(page, path):
    page.goto(path)

    assert "owned" not in page.title().replace("document.title='owned'", "")
    expect(page.locator("main")).to_contain_text("<script>")
    assert page.locator("main script, main img, main [onerror], main iframe").count() == 0
    assert page.locator("a[href^=javascript]").count() == 0


def test_no_page_asks_another_server(page, site_url):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/?q=river", "/articles/river", "/clusters/river", "/help", "/saved"):
        page.goto(path)

    assert asked
    assert [url for url in asked if not url.startswith(site_url)] == []


def test_the_switch_of_light_and_dark_is_remembered(page):
    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page.goto("/")
    light = paper()
    page.get_by_role("button", name="Dark").click()
    dark = paper()
    assert dark != light
    page.goto("/help")
    assert paper() == dark
    page.get_by_role("button", name="Light").click()
    assert paper() == light


def test_the_page_works_without_scripts(browser, site_url):
    context = browser.new_context(base_url=site_url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Search for").fill("river rises")
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator("#narrow").get_by_role("link", name="weir-gazette").click()
    expect(page.get_by_role("heading", name="1 article in 1 story")).to_be_visible()
    context.close()


PATHS = (
    *("/", "/?q=river", "/?q=zzzz", "/?q=outlt:x", "/?outlet=weir-gazette&lang=en"),
    *("/articles/river", "/articles/haushalt", "/articles/evil", "/articles/river/revisions"),
    *("/clusters/river", "/saved", "/help", "/sign-in", "/articles/none"),
    *(
        "/counts?q=river&vs=council&vs=football",
        "/counts?by=outlet&measure=share",
        "/changes",
        "/copies",
    ),
    *(
        "/words?q=title:football",
        "/outlets",
        "/outlets/eastmarch-courier",
        "/facets/author?q=report",
    ),
    *("/articles/river/beside/river-weir-gazette", "/articles/river?q=river+bridges"),
    *(
        "/?q=report&view=compact",
        "/?q=report&view=table",
        "/?q=river+zebrafish&on=2026-03-01&zone=Asia/Kathmandu",
    ),
)


RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# all that another theme can break
RULES_OF_COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


@pytest.mark.parametrize("path", PATHS)
def test_every_page_is_accessible_and_fits(new_page, path):
    page = new_page()
    page.goto(path)
    found = {
        (size["width"], scheme): _troubles(page, path, size, scheme)
        for size in (DESKTOP, PHONE, SMALL_PHONE)
        for scheme in ("light", "dark")
    }

    assert {state: troubles for state, troubles in found.items() if troubles} == {}


def _troubles(page: Page, path: str, size: dict[str, int], scheme: str) -> list[object]:
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    _photograph(page, f"{PATHS.index(path):02d}-{size['width']}-{scheme}")
    rules = RULES if scheme == "light" else RULES_OF_COLOURS
    broken = Axe().run(page, options={"runOnly": rules})["violations"]
    found = [(each["id"], [n["html"] for n in each["nodes"]][:3]) for each in broken]
    return [*found, *(["wider than the screen"] if page.evaluate(IS_TOO_WIDE) else [])]


def _photograph(page: Page, name: str) -> None:
    """For people to look at; PRESSWIRE_SCREENSHOTS names the folder."""
    if folder := os.environ.get("PRESSWIRE_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=False)


def test_marks_are_walked_through_by_keyboard_and_by_button(page):
    search(page, "river bridges")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/articles/river"))
    current = page.locator("mark.current")

    page.keyboard.press("j")
    expect(current).to_have_attribute("id", "hit-1")
    page.get_by_role("button", name="Next").click()
    expect(current).to_have_attribute("id", "hit-2")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(current).to_have_attribute("id", f"hit-{page.locator('mark[id]').count()}")
    page.get_by_role("link", name="No marks").click()
    expect(page.locator("mark")).to_have_count(0)


def test_a_value_is_chosen_after_its_field_by_keyboard(page):
    page.goto("/")
    box = page.get_by_label("Search for")
    box.press_sequentially("report outlet:north")
    expect(page.get_by_role("option", name="northpoint-post")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))

    assert query_of(page)["q"] == ["report outlet:northpoint-post"]
    assert {*page.locator(".hit .outlet").all_inner_texts()} == {"northpoint-post"}


def test_days_are_picked_and_cleared_by_keyboard(page):
    search(page, "report")
    page.get_by_text("Time", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("from").fill("2026-03-01")
    page.get_by_label("to", exact=True).fill("2026-03-02")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("start=2026-03-01"))
    expect(page.get_by_label("from")).to_have_value("2026-03-01")

    page.get_by_role("link", name="Clear all").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Clear all")).to_have_count(0)
    assert query_of(page) == {"q": ["report"]}


def test_the_zone_of_the_reader_is_shown_on_every_page(page):
    page.goto("/articles/river")
    field = page.get_by_label("Times are in")
    field.fill("Asia/Tokyo")
    page.keyboard.press("Enter")

    expect(page.get_by_text("Published 3 Mar 2026, 02:00")).to_be_visible()
    page.goto("/?q=river")
    expect(page.get_by_label("Times are in")).to_have_value("Asia/Tokyo")
    page.goto("/?q=river+on:2026-03-03")
    page.get_by_role("link", name="Show those of Asia/Tokyo").click()
    expect(page.get_by_role("link", name="River rises in Eastmarch")).to_be_visible()
    assert query_of(page)["zone"] == ["Asia/Tokyo"]


def test_a_collection_is_made_and_searched_by_keyboard(page, token):
    _sign_in(page, token)
    page.goto("/outlets")
    page.get_by_role("checkbox", name="weserblatt").focus()
    page.keyboard.press("Space")
    page.get_by_label("Keep the ticked as collection").fill("german")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="german", exact=True).focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("link", name="Stadtrat beschließt Haushalt")).to_be_visible()
    assert query_of(page)["q"] == ["collection:german"]
    page.goto("/outlets")
    page.get_by_role("button", name="Delete german").click()
    expect(page.get_by_text("None yet. A collection")).to_be_visible()
