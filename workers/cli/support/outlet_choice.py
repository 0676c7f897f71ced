"""The outlet that a user names."""

from collections.abc import Mapping
from difflib import get_close_matches

from schemas.outlet import Outlet
from workers.cli.support.terminal import CommandError


def get_outlet(found: Mapping[str, Outlet], outlet_id: str) -> Outlet:
    """Return the outlet of this id.

    Raises:
        CommandError: there is none; the message names one that is nearly called so.
    """
    chosen = found.get(outlet_id)
    if chosen is None:
        near = get_close_matches(outlet_id, found, n=1)
        hint = f"did you mean {near[0]}?" if near else "`presswire outlet list` shows all"
        raise CommandError(f"no outlet {outlet_id!r}; {hint}")
    return chosen
