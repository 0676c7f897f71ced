"""Alerts from the outbox to their receivers, several at once, each until it is taken or given
up."""

import asyncio

from schemas.alert import Alert
from workers.adapters.shared_secret import shared_secret
from workers.adapters.webhooks import Delivered
from workers.alerts import mail, webhook
from workers.alerts.webhook import TargetError
from workers.wiring import Tools

AT_ONCE = 20


async def send_due(tools: Tools) -> int:
    """Sends what is due; returns the number of receivers that took theirs."""
    alerts = await asyncio.to_thread(tools.outbox.take, tools.now(), AT_ONCE)
    return sum(await asyncio.gather(*(_send(tools, alert) for alert in alerts)))


async def _send(tools: Tools, alert: Alert) -> bool:
    try:
        done = await _deliver(tools, alert)
    except TargetError as error:
        done = Delivered(str(error), is_final=True)
    except Exception as error:  # noqa: BLE001  one receiver's bug must not cost the others
        done = Delivered(repr(error))
    if done.trouble:
        is_final, trouble = done.is_final, done.trouble
        await asyncio.to_thread(
            lambda: tools.outbox.failed(alert, trouble, tools.now(), is_final=is_final)
        )
        return False
    await asyncio.to_thread(tools.outbox.sent, alert)
    return True


async def _deliver(tools: Tools, alert: Alert) -> Delivered:
    if alert.target.startswith("mailto:"):
        message = mail.message(alert, tools.mailbox.sender)
        return await asyncio.to_thread(tools.mailbox.send, message)
    url = webhook.checked(alert.target)
    secret = await asyncio.to_thread(shared_secret, tools.redis, tools.settings.prefix, "webhooks")
    key = webhook.signing_key(secret, alert.search_id)
    content = webhook.body(alert)
    headers = webhook.headers(key, alert, content, int(tools.now().timestamp()))
    return await tools.webhooks.post(url, webhook.mapping_of(headers), content)
