"""The services as a command uses them: a person waits for its answer."""

from functools import cache

from workers.services import Services, get_settings

REDIS_RETRIES = 3


@cache
def command_services() -> Services:
    """Return the services of this command, created on first use. A worker waits for a lost Redis
    for ever; a command gives up after a few seconds."""
    return Services(get_settings(), redis_retries=REDIS_RETRIES)
