"""What workers log has addresses and details of strangers in it, and is read in terminals."""

import json
import logging
from datetime import UTC, datetime

from celery.signals import after_setup_logger, after_setup_task_logger

from workers.services import get_settings
from workers.terminal_text import safe_lines

_formatter = logging.Formatter()
# what a record of ours says of the page that it is about
PAGE_FIELDS = ("stage", "page_id", "outlet", "url", "reason", "trace_id")


class SafeText(logging.Filter):
    """Makes a record's message and traceback safe; passes every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True, after the record was changed."""
        record.msg, record.args = safe_lines(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = safe_lines(_formatter.formatException(record.exc_info))
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's time, level, logger, message, the page that it is about, and its
        traceback."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: getattr(record, name) for name in PAGE_FIELDS if getattr(record, name, "")},
        }
        if record.exc_info:
            fields["traceback"] = record.exc_text or self.formatException(record.exc_info)
        return json.dumps(fields)


def make_safe(logger: logging.Logger, **_: object) -> None:
    """Give each handler of `logger` the filter, and the form of the settings."""
    for handler in logger.handlers:
        handler.addFilter(SafeText())
        if get_settings().log_format == "json":
            handler.setFormatter(JsonFormatter())


def connect() -> None:
    """Let Celery do so with the loggers that it sets up."""
    after_setup_logger.connect(make_safe)
    after_setup_task_logger.connect(make_safe)
