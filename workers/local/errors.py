"""What can go wrong when servers are started on this machine."""


class LocalStackError(RuntimeError):
    """A server cannot be had or does not start; the message says what to do."""
