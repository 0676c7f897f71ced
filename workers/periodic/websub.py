"""Feeds that a hub tells us of: hubs are asked for it, and what they tell makes polling rarer."""

import asyncio

from workers.adapters.redis.websub_subscriptions import Wanted
from workers.discover import websub
from workers.services import Tools

AT_ONCE = 50


async def ask_hubs(tools: Tools) -> int:
    """Asks for subscriptions that are new or end soon; returns the number of hubs that took the
    request. What counts is their confirmation, which the site gets."""
    if not tools.settings.websub_callback:
        return 0
    wanted = await asyncio.to_thread(tools.subscriptions.claim, tools.now(), AT_ONCE)
    return sum(await asyncio.gather(*(_ask(tools, each) for each in wanted)))


async def _ask(tools: Tools, wanted: Wanted) -> bool:
    if not await asyncio.to_thread(_is_to_be_asked, tools, wanted):
        return False
    content = websub.request(tools.settings.websub_callback, wanted.subscription)
    headers = (
        (b"Content-Type", b"application/x-www-form-urlencoded"),
        (b"Content-Length", str(len(content)).encode()),
    )
    done = await tools.webhooks.post(wanted.subscription.hub, headers, content)
    return not done.trouble


def _is_to_be_asked(tools: Tools, wanted: Wanted) -> bool:
    """Sets the next request before this one is sent: a hub may confirm before it answers."""
    feed = wanted.subscription.feed
    if tools.feed_clock.hints(feed) is None:  # no outlet names it any more
        tools.subscriptions.forget(feed)
        return False
    tools.subscriptions.ask_again(feed, tools.now() + websub.pause(wanted.times))
    return True
