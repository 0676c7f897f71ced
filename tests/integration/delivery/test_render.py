"""Pages that wait for a browser: bounded by themselves, and no burden to others."""

import pytest

from schemas.events import HostLeased, PageFound, RenderDue
from schemas.outlet import Outlet
from schemas.reasons import Reason
from workers import urls
from workers.delivery import lease
from workers.delivery.lease import fetch_lease
from workers.exceptions import TryAgain
from workers.fetch.step import FetchResult
from workers.outlets import Outlets
from workers.periodic.dispatch import send_leases
from workers.pipeline import LeaseStage, Pool


@pytest.fixture
def due(runner, fetched):
    """Makes events of pages that are sent to a browser."""

    def build():
        page = fetched()
        event = RenderDue(**{name: getattr(page, name) for name in page.__struct_fields__})
        runner.publish(event)
        return event

    return build


@pytest.fixture
def found(runner):
    """Puts a page of an outlet into the frontier."""

    def put(render):
        home = f"https://{render.replace('_', '-')}.example/"
        outlet = Outlet(name="O", home=home, language="en", id=render, render=render)
        runner.services.__dict__["outlets"] = Outlets({render: outlet})
        url = f"{home}1"
        runner.services.frontier.add(
            [PageFound(page_id=urls.page_id(url), outlet=render, url=url, found_in=url)]
        )

    return put


def test_a_page_that_costs_its_browser_ends_in_quarantine_under_a_reason_of_its_own(
    runner, due, stage_of
):
    def crash(_event):
        raise TryAgain("the page crashed its process", reason=Reason.RENDER_FAILED)

    event = due()
    for _ in range(3):
        assert list(runner.services.quarantine.entries()) == []
        runner.run(stage_of(crash, "render", RenderDue), [event])
    (entry,) = runner.services.quarantine.entries()
    assert (entry.reason, entry.step, entry.attempts) == ("render_failed", "render", 3)
    assert entry.detail == "the page crashed its process"


def test_a_lost_page_is_rendered_again_by_the_sweep(runner, due):
    event = due()
    row = runner.services.ledger.row(event.page_id)
    assert row.state == "render"
    assert runner.decode("sweep", row.restart) == event


def test_pages_that_wait_for_a_browser_stop_no_intake(runner, due, found, sent, make_tools):
    runner = type(runner)(make_tools(max_in_flight=1), runner.send)
    due()
    assert runner.services.ledger.waiting_for("render") == 1
    found("never")
    sent.clear()
    assert send_leases(runner, {"fetch": 0}, "w") >= 1
    assert [type(event) for _, event in sent] == [HostLeased]


@pytest.fixture
def _enough_wait(due, monkeypatch):
    monkeypatch.setattr(lease, "MAX_WAITING_FOR_RENDER", 1)
    due()


@pytest.mark.usefixtures("_enough_wait")
@pytest.mark.parametrize(("render", "is_fetched"), [("never", True), ("when_empty", False)])
def test_no_page_is_fetched_for_a_browser_for_which_enough_wait(render, is_fetched, runner, found):
    found(render)
    asked = []

    def run(page, _services):
        asked.append(page)
        return FetchResult(page, TryAgain("later"))

    stage = LeaseStage(name="fetch", takes=(HostLeased,), pool=Pool("solo"), run=run)
    fetch_lease(runner, stage, runner.services.frontier.lease(runner.services.now(), "w", 60.0))
    assert bool(asked) == is_fetched
