"""Runs functions in child processes that are ended when they take too long or too much memory: no
thread can be stopped, least of all one that is in a library written in C."""

import multiprocessing
import resource
import signal
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from queue import LifoQueue
from typing import Any, TypeVar

from workers.exceptions import TooCostlyError

MEBIBYTE = 1 << 20
# without the parent's threads and connections; a child has imported what it needs within a second
_CONTEXT = multiprocessing.get_context("spawn")
_END_SECONDS = 5.0
ResultT = TypeVar("ResultT")


class _KilledError(TooCostlyError):
    """Somebody killed the child: an operator, the system for want of memory."""


class ChildProcesses:
    """A fixed number of children, each started when it is first needed. Safe for any number of
    threads: who finds all children busy waits, but not for longer than they may take."""

    def __init__(self, number: int, seconds: float, max_bytes: int) -> None:
        self.seconds = seconds
        self._max_bytes = max_bytes
        # the child used last first, so that the others need not be started at all
        self._idle: LifoQueue[_Child | None] = LifoQueue()
        for _ in range(number):
            self._idle.put(None)

    def run(self, function: Callable[..., ResultT], *args: object) -> ResultT:
        """Return `function(*args)`, or raise what it raises. Function, arguments and result are
        pickled. It is run once more where somebody killed the child, as it may be nothing's fault.

        Raises:
            TooCostlyError: it took too long, more memory than a child may have, or killed two.
        """
        try:
            return self._run(function, args)
        except _KilledError:
            return self._run(function, args)

    def _run(self, function: Callable[..., ResultT], args: tuple[object, ...]) -> ResultT:
        child = self._idle.get()
        try:
            child = child or _Child(self._max_bytes)
            result = child.run(function, args, self.seconds)
        except BaseException:
            if child is not None:
                child.end()
            child = None
            raise
        finally:
            self._idle.put(child)
        if isinstance(result, BaseException):
            raise result
        value: ResultT = result
        return value

    def close(self) -> None:
        """End the children that have nothing to do."""
        while not self._idle.empty():
            child = self._idle.get()
            if child is not None:
                child.end()


class _Child:
    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=_serve, args=(theirs, max_bytes), daemon=True)
        self._process.start()
        theirs.close()

    def run(self, function: Callable[..., Any], args: tuple[object, ...], seconds: float) -> Any:  # noqa: ANN401  what the function returns
        """Return what the function returned, or the exception that it raised.

        Raises:
            TooCostlyError: it did not end in time, or the child ended.
            _KilledError: the child ended by SIGKILL.
        """
        try:
            self._pipe.send((function, args))
            if not self._pipe.poll(seconds):
                raise TooCostlyError(f"takes more than {seconds:g} s")
            result = self._pipe.recv()
        except (EOFError, ConnectionError) as error:
            self._process.join(_END_SECONDS)
            code = self._process.exitcode
            kind = _KilledError if code == -signal.SIGKILL else TooCostlyError
            raise kind(f"ended its process (exit {code})") from error
        if isinstance(result, MemoryError):
            raise TooCostlyError(f"takes more than {self._max_bytes // MEBIBYTE} MiB")
        return result

    def end(self) -> None:
        """Kill the process, whatever it is at."""
        self._process.kill()
        self._process.join(_END_SECONDS)
        self._pipe.close()


def _serve(pipe: Connection, max_bytes: int) -> None:
    """Run what comes through `pipe` until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C asks the parent, which ends this
    resource.setrlimit(resource.RLIMIT_AS, (max_bytes, max_bytes))
    with suppress(EOFError, ConnectionError):
        while True:
            function, args = pipe.recv()
            pipe.send(_outcome(function, args))


def _outcome(function: Callable[..., Any], args: tuple[object, ...]) -> Any:  # noqa: ANN401  what the function returns
    try:
        return function(*args)
    except MemoryError:
        return MemoryError()  # without the frames that hold what filled the memory
    except Exception as error:  # noqa: BLE001  it is raised in the parent
        return error
