"""From a feed that names a hub to a look right after its push, and back to polling."""

import hmac
import threading

import httpx
import pytest

from workers.site.security import MAX_PUSH_BYTES

QUIET = pytest.approx(120, rel=0.11)  # minutes, with the clock's jitter


def signed(body, secret):
    return f"sha256={hmac.new(secret.encode(), body, 'sha256').hexdigest()}"


@pytest.fixture
def subscribed(desk, hub):
    """A desk whose feed is pushed: its hub confirmed, pushed once, and the news were found."""
    desk.look_if_due()
    desk.ask_hubs()
    hub.stories.append("first")
    hub.push(hub.asked[0])
    assert desk.look_if_due()
    return desk


def test_a_push_makes_the_feed_due_at_once(desk, hub):
    assert desk.look_if_due()
    assert desk.ask_hubs() == 1
    (form,) = hub.asked
    assert form["hub.topic"] == desk.feed.url
    assert form["hub.mode"] == "subscribe"
    assert [(one.status_code, one.text) for one in hub.confirmed] == [(200, "a <challenge>")]
    assert hub.confirmed[0].headers["content-type"].startswith("text/plain")
    assert not desk.is_due()
    hub.stories.append("new")
    assert hub.push(form).status_code == 202
    assert desk.is_due()
    assert desk.look_if_due()
    assert desk.services.frontier.depth()["pages"] == 1
    assert desk.minutes_left() == QUIET


def test_until_its_first_push_a_hub_saves_no_look(desk, hub):
    desk.look_if_due()
    desk.ask_hubs()
    desk.look()
    assert hub.confirmed[0].status_code == 200
    assert desk.minutes_left() < 15


def test_two_beats_ask_once(desk, hub):
    desk.look_if_due()
    beats = [threading.Thread(target=desk.ask_hubs) for _ in range(4)]
    for beat in beats:
        beat.start()
    for beat in beats:
        beat.join()
    assert desk.ask_hubs() == 0
    assert len(hub.asked) == 1


@pytest.mark.parametrize(
    "headers", [{}, {"X-Hub-Signature": ""}, {"X-Hub-Signature": "md5=1"}], ids=str
)
def test_a_wrong_signature_is_ignored_without_a_word(subscribed, hub, headers):
    answer = hub.push(hub.asked[0], key="another", **headers)
    assert answer.status_code == 202
    assert not subscribed.is_due()


@pytest.mark.parametrize("is_chunked", [False, True])
def test_a_push_is_bounded(subscribed, hub, is_chunked):
    form, body = hub.asked[0], b" " * (MAX_PUSH_BYTES + 1)
    pieces = (body[at : at + 65_536] for at in range(0, len(body), 65_536))
    headers = {"X-Hub-Signature": signed(body, form["hub.secret"])}
    try:
        answer = httpx.post(
            form["hub.callback"], content=pieces if is_chunked else body, headers=headers
        )
        assert answer.status_code == 413
    except httpx.WriteError:  # the connection was closed before all of it was sent
        pass
    assert not subscribed.is_due()


def test_a_push_in_chunks_is_taken(subscribed, hub):
    form, body = hub.asked[0], hub.feed().encode()
    headers = {"X-Hub-Signature": signed(body, form["hub.secret"])}
    answer = httpx.post(form["hub.callback"], content=iter([body]), headers=headers)
    assert answer.status_code == 202
    assert subscribed.is_due()


def test_a_hub_that_pushes_all_the_time_has_to_wait(subscribed, hub):
    answers = {hub.push(hub.asked[0]).status_code for _ in range(25)}
    assert answers == {202, 429}
    assert subscribed.look_if_due()


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://other.example/feed"},
        {"hub.mode": "unsubscribe"},
        {"hub.challenge": ""},
    ],
    ids=str,
)
def test_what_we_did_not_ask_for_is_not_confirmed(subscribed, hub, changed):
    assert hub.confirm(hub.asked[0], **changed).status_code == 404
    assert subscribed.minutes_left() == QUIET


def test_whoever_does_not_know_the_callback_confirms_and_pushes_nothing(subscribed, hub):
    form = dict(hub.asked[0])
    form["hub.callback"] = form["hub.callback"].rpartition("/")[0] + "/guessed"
    assert hub.confirm(form).status_code == 404
    assert hub.push(form).status_code == 410
    assert not subscribed.is_due()


def test_a_push_during_a_look_is_not_lost_with_it(subscribed, hub):
    hub.push(hub.asked[0])
    assert subscribed.services.feed_schedule.claim_due(subscribed.services.now()) == [
        subscribed.feed
    ]
    hub.push(hub.asked[0])
    subscribed.look()
    assert subscribed.look_if_due()
    assert not subscribed.is_due()


def test_a_push_whose_news_are_not_there_yet_is_followed_by_polling(subscribed, hub):
    hub.push(hub.asked[0])
    subscribed.look_if_due()
    assert subscribed.minutes_left() < 15
    hub.stories.append("late")
    subscribed.wait(minutes=15)
    assert subscribed.look_if_due()
    assert subscribed.minutes_left() == QUIET


def test_a_hub_that_misses_news_twice_is_no_reason_to_look_rarely(subscribed, hub):
    left = []
    for story in ("second", "third"):
        hub.stories.append(story)
        subscribed.wait(hours=3)
        assert subscribed.look_if_due()
        left.append(subscribed.minutes_left())
    assert left[0] == QUIET
    assert left[1] < 15


def test_a_subscription_is_renewed_before_it_ends(subscribed, hub):
    subscribed.wait(hours=19)
    assert subscribed.ask_hubs() == 0
    subscribed.wait(minutes=20)
    assert subscribed.ask_hubs() == 1
    assert hub.asked[0] == hub.asked[1]
    assert len(hub.confirmed) == 2


def test_when_a_subscription_lapses_the_feed_is_polled_as_before(subscribed, hub):
    hub.confirms = False
    subscribed.wait(hours=23, minutes=50)
    subscribed.ask_hubs()
    subscribed.look()
    assert subscribed.minutes_left() < 15  # not beyond the end of the lease
    subscribed.wait(minutes=15)
    assert subscribed.look_if_due()
    assert subscribed.minutes_left() < 30


@pytest.mark.parametrize("answer", [400, 404, 500, 301])
def test_the_feed_of_a_hub_that_refuses_is_polled(desk, hub, answer):
    hub.answer = answer
    desk.look_if_due()
    assert [desk.ask_hubs(), desk.ask_hubs()] == [0, 0]
    assert len(hub.asked) == 1
    desk.look()
    assert desk.minutes_left() < 15
    for minutes, asked in ((9, 1), (2, 2), (18, 2), (3, 3)):
        desk.wait(minutes=minutes)
        desk.ask_hubs()
        assert len(hub.asked) == asked


def test_a_hub_that_denies_later_ends_the_subscription(subscribed, hub):
    answer = hub.confirm(hub.asked[0], **{"hub.mode": "denied", "hub.reason": "moved"})
    assert answer.status_code == 200
    subscribed.look()
    assert subscribed.minutes_left() < 15
    subscribed.wait(hours=23)
    assert subscribed.ask_hubs() == 0
    subscribed.wait(hours=2)
    assert subscribed.ask_hubs() == 1


def test_a_feed_that_names_no_hub_any_more_is_polled(subscribed, hub):
    hub.names_hub = False
    subscribed.look()
    assert subscribed.minutes_left() < 15
    assert hub.push(hub.asked[0]).status_code == 410
    assert not subscribed.is_due()


def test_a_feed_that_no_outlet_names_any_more_is_asked_for_no_more(desk, hub):
    desk.look_if_due()
    desk.services.feed_schedule.sync([], desk.services.now())
    assert desk.ask_hubs() == 0
    assert hub.asked == []
    assert desk.services.websub_subscriptions.get(desk.feed.page_id) is None


def test_a_hub_in_a_network_that_is_not_ours_to_ask_is_not_asked(desk_at, hub):
    desk = desk_at()
    desk.look_if_due()
    guarded = desk_at(allow_networks="")
    assert guarded.ask_hubs() == 0
    assert hub.asked == []


def test_without_an_address_of_ours_no_hub_is_asked(desk_at, hub):
    desk = desk_at(websub_callback="")
    desk.look_if_due()
    assert desk.ask_hubs() == 0
    assert hub.asked == []
    assert desk.services.websub_subscriptions.get(desk.feed.page_id) is None


def test_the_site_knows_only_the_names_it_was_given(site):
    address = f"{site.websub_callback}/health"
    assert httpx.get(address).status_code == 200
    assert httpx.get(address, headers={"Host": "other.example"}).status_code == 400
