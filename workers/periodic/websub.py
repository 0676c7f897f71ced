"""Feeds that a hub tells us of: hubs are asked for it, and what they tell makes polling rarer."""

import asyncio

from workers.adapters.redis.websub_subscriptions import PendingSubscription
from workers.discover import websub
from workers.services import Services

AT_ONCE = 50


async def request_subscriptions(services: Services) -> int:
    """Request subscriptions that are new or end soon. What counts is the hub's confirmation, which
    the site receives.

    Returns:
        the number of hubs that accepted the request.
    """
    if not services.settings.websub_callback:
        return 0
    wanted = await asyncio.to_thread(services.websub_subscriptions.claim, services.now(), AT_ONCE)
    return sum(await asyncio.gather(*(_ask(services, each) for each in wanted)))


async def _ask(services: Services, wanted: PendingSubscription) -> bool:
    if not await asyncio.to_thread(_is_to_be_asked, services, wanted):
        return False
    content = websub.request_form(services.settings.websub_callback, wanted.subscription)
    headers = (
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Content-Length", str(len(content)).encode()),
    )
    done = await services.webhook_client.post(wanted.subscription.hub, headers, content)
    return not done.error


def _is_to_be_asked(services: Services, wanted: PendingSubscription) -> bool:
    """Schedule the next request before this one is sent: a hub may confirm before it answers.

    Returns:
        False if no outlet names the feed any more.
    """
    feed = wanted.subscription.feed
    if services.feed_schedule.hints(feed) is None:  # no outlet names it any more
        services.websub_subscriptions.forget(feed)
        return False
    services.websub_subscriptions.schedule_request(
        feed, services.now() + websub.retry_pause(wanted.times)
    )
    return True
