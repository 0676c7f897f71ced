"""Redis came back without what it held: nothing new is begun until `presswire rebuild` was here."""

from workers.delivery.runner import StageRunner
from workers.exceptions import TryAgain


def check_memory(runner: StageRunner) -> bool:
    """Find out whether Redis has lost this installation's state: it is not marked as kept although
    it was, or the index has more documents than the fingerprint store has ever had articles. While
    the index does not answer, it counts as lost.

    Returns:
        True if it is there.
    """
    services = runner.services
    mark = services.memory_mark
    if mark.is_kept():
        return True
    if mark.is_rebuilding():  # the store has articles again, but not yet all that belongs to them
        return False
    try:
        is_whole = not mark.was_kept and services.search.count() <= mark.articles_numbered()
    except TryAgain:
        is_whole = False
    if is_whole:
        mark.keep(services.now())
    else:
        mark.lose(services.now())
    return is_whole
