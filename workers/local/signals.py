"""Ending in order: SIGTERM unwinds like Ctrl-C, so that every child process is stopped."""

import signal
import sys
from types import FrameType


def unwind_on_sigterm() -> None:
    """From here on SIGTERM raises SystemExit in the main thread."""
    signal.signal(signal.SIGTERM, _leave)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)
