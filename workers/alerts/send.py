"""Alerts from the outbox to their receivers, several at once, each until it is taken or given
up."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from schemas.alert import Alert
from workers.adapters.notify.webhook_client import DeliveryResult
from workers.adapters.redis.shared_secret import shared_secret
from workers.alerts import mail, webhook
from workers.alerts.webhook import TargetError
from workers.services import Services

AT_ONCE = 20


# None waits for a thread while its lease runs out, nor takes one from other work.
_mail_threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="mail")
_round = threading.Lock()


async def send_due_alerts(services: Services) -> int:
    """Send the alerts that are due. Nothing is sent while an earlier round of this process goes on:
    its leases would expire behind the new ones.

    Returns:
        the number of receivers that accepted theirs.
    """
    if not _round.acquire(blocking=False):
        return 0
    try:
        alerts = await asyncio.to_thread(services.outbox.take, services.now(), AT_ONCE)
        return sum(await asyncio.gather(*(_send(services, alert) for alert in alerts)))
    finally:
        _round.release()


async def _send(services: Services, alert: Alert) -> bool:
    try:
        done = await _deliver(services, alert)
    except TargetError as error:
        done = DeliveryResult(str(error), is_final=True)
    except Exception as error:  # noqa: BLE001  one receiver's bug must not cost the others
        done = DeliveryResult(repr(error))
    if done.error:
        is_final, trouble = done.is_final, done.error
        await asyncio.to_thread(
            lambda: services.outbox.mark_failed(alert, trouble, services.now(), is_final=is_final)
        )
        return False
    await asyncio.to_thread(services.outbox.mark_sent, alert)  # of a mail once more: it is the same
    return True


async def _deliver(services: Services, alert: Alert) -> DeliveryResult:
    if alert.target.startswith("mailto:"):
        message = mail.message(alert, services.smtp_client.sender)
        loop = asyncio.get_running_loop()
        sent = partial(services.outbox.mark_sent, alert)
        return await loop.run_in_executor(_mail_threads, services.smtp_client.send, message, sent)
    url = webhook.checked(alert.target)
    secret = await asyncio.to_thread(
        shared_secret, services.redis, services.settings.prefix, "webhooks"
    )
    key = webhook.signing_key(secret, alert.search_id)
    content = webhook.body(alert)
    headers = webhook.headers(key, alert, content, int(services.now().timestamp()))
    return await services.webhook_client.post(url, webhook.mapping_of(headers), content)
