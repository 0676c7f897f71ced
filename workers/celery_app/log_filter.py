"""What workers log has addresses and details of strangers in it, and is read in terminals."""

import logging

from celery.signals import after_setup_logger, after_setup_task_logger

from workers.terminal_text import safe_lines

_formatter = logging.Formatter()


class SafeText(logging.Filter):
    """Makes a record's message and traceback safe; passes every record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return True, after the record was changed."""
        record.msg, record.args = safe_lines(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            record.exc_text = safe_lines(_formatter.formatException(record.exc_info))
        return True


def make_safe(logger: logging.Logger, **_: object) -> None:
    """Give each handler of `logger` the filter."""
    for handler in logger.handlers:
        handler.addFilter(SafeText())


def connect() -> None:
    """Let Celery do so with the loggers that it sets up."""
    after_setup_logger.connect(make_safe)
    after_setup_task_logger.connect(make_safe)
