"""Messages for the errors that a user is likely to meet; each says what to do."""

import kombu.exceptions
import redis.exceptions

from workers.adapters.elasticsearch.migration.copy_job import MigrationError
from workers.adapters.elasticsearch.migration.state import MigrationTakenError
from workers.adapters.frontier.frontier import FrontierFullError
from workers.exceptions import PermanentFailure, TryAgain
from workers.local.errors import LocalStackError
from workers.outlets import OutletError
from workers.settings import SettingsError

_START_ADVICE = "start it, or run `./run up`, or set {} to where it is"


def error_message(error: Exception) -> str | None:
    """Return a message of one line for an error of the environment, or None for a bug."""
    match error:
        case (
            SettingsError()
            | OutletError()
            | LocalStackError()
            | FrontierFullError()
            | PermanentFailure()
            | MigrationError()
            | MigrationTakenError()
        ):
            return str(error)
        case TryAgain():
            is_index = str(error).startswith("Elasticsearch")
            advice = _START_ADVICE.format("PRESSWIRE_ELASTICSEARCH_URL")
            return f"{error}; {advice if is_index else 'try again later'}"
        case redis.exceptions.ConnectionError():
            return f"no Redis: {error}; {_START_ADVICE.format('PRESSWIRE_REDIS_URL')}"
        case kombu.exceptions.OperationalError():
            return f"no broker: {error}; {_START_ADVICE.format('PRESSWIRE_BROKER_URL')}"
        case OSError() if error.filename:
            return f"{error.filename}: {error.strerror}"
    return None
