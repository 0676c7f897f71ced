"""Alerts from the outbox to their receivers, several at once, each until it is taken or given
up."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from schemas.alert import Alert
from workers.adapters.notify.webhook_client import Delivered
from workers.adapters.redis.shared_secret import shared_secret
from workers.alerts import mail, webhook
from workers.alerts.webhook import TargetError
from workers.services import Tools

AT_ONCE = 20


# None waits for a thread while its lease runs out, nor takes one from other work.
_mail_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")
_round = threading.Lock()


async def send_due(tools: Tools) -> int:
    """Sends what is due; returns the number of receivers that took theirs. Nothing is sent while
    an earlier round of this process still goes on: its leases would end behind the new ones."""
    if not _round.acquire(blocking=False):
        return 0
    try:
        alerts = await asyncio.to_thread(tools.outbox.take, tools.now(), AT_ONCE)
        return sum(await asyncio.gather(*(_send(tools, alert) for alert in alerts)))
    finally:
        _round.release()


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
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(_mail_threads, tools.mailbox.send, message)
    url = webhook.checked(alert.target)
    secret = await asyncio.to_thread(shared_secret, tools.redis, tools.settings.prefix, "webhooks")
    key = webhook.signing_key(secret, alert.search_id)
    content = webhook.body(alert)
    headers = webhook.headers(key, alert, content, int(tools.now().timestamp()))
    return await tools.webhooks.post(url, webhook.mapping_of(headers), content)
