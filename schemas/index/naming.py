"""Names of indices, aliases and templates; all begin with the deployment's prefix."""

import re
from typing import Final, NamedTuple

GENERAL: Final = "general"
_INDEX = re.compile(r"(?P<group>[a-z]+)-g(?P<generation>\d+)-(?P<number>\d{6,})")


class IndexName(NamedTuple):
    """Which part of the articles an index holds."""

    group: str
    generation: int
    number: int


def articles(prefix: str) -> str:
    """Return the alias that every search reads: all articles of all languages and ages."""
    return f"{prefix}-articles"


def write_alias(prefix: str, group: str) -> str:
    """Return the alias that new articles of an analyzer group are written to."""
    return f"{prefix}-articles-{group}-write"


def index(prefix: str, group: str, generation: int, number: int = 1) -> str:
    """Return the name of a group's index: a migration counts the generation, a rollover the
    number."""
    return f"{prefix}-articles-{group}-g{generation}-{number:06d}"


def parse_index_name(prefix: str, name: str) -> IndexName | None:
    """Return the parts of an index' name, or None if it is not one of our article indices."""
    found = _INDEX.fullmatch(name.removeprefix(f"{prefix}-articles-"))
    if found is None or not name.startswith(f"{prefix}-articles-"):
        return None
    return IndexName(found["group"], int(found["generation"]), int(found["number"]))


def template(prefix: str, group: str, generation: int) -> str:
    """Return the name of the index template of an analyzer group."""
    return f"{prefix}-articles-{group}-g{generation}"


def pattern(prefix: str, group: str, generation: int) -> str:
    """Return the name pattern of an analyzer group's indices."""
    return f"{prefix}-articles-{group}-g{generation}-*"


def generation_pattern(prefix: str, generation: int) -> str:
    """Return the name pattern of one generation's article indices."""
    return pattern(prefix, "*", generation)


def fields_component(prefix: str, generation: int) -> str:
    """Return the name of the component template with the fields that all groups share."""
    return f"{prefix}-articles-fields-g{generation}"


def analysis_component(prefix: str, group: str, generation: int) -> str:
    """Return the name of the component template with a group's analyzers."""
    return f"{prefix}-articles-analysis-{group}-g{generation}"


def guard(prefix: str) -> str:
    """Return the name of the template that keeps a write from creating an index: writing to one
    that is deleted or misnamed must fail."""
    return f"{prefix}-guard"


def policy(prefix: str) -> str:
    """Return the name of the life-cycle policy, on servers that have ILM."""
    return f"{prefix}-articles"


def revisions(prefix: str) -> str:
    """Return the name of the index of earlier versions of changed articles."""
    return f"{prefix}-revisions"


def labels(prefix: str) -> str:
    """Return the name of the index of cluster changes that late writes must not undo."""
    return f"{prefix}-labels"


def quarantine(prefix: str) -> str:
    """Return the name of the index of quarantine entries."""
    return f"{prefix}-quarantine"


def collections(prefix: str) -> str:
    """Return the name of the index of collections of outlets."""
    return f"{prefix}-collections"


def migration(prefix: str) -> str:
    """Return the name of the index that holds a migration's checkpoint."""
    return f"{prefix}-migration"


def write_block(prefix: str, until: int | str) -> str:
    """Return the alias of indices that take no writes until a migration has swapped them, or until
    that moment (milliseconds since 1970)."""
    return f"{prefix}-fence-{until}"


def group_of_write_alias(prefix: str, alias: str) -> str | None:
    """Return the analyzer group of a write alias (`presswire-articles-german-write` → `german`), or
    None for any other name."""
    start, end = f"{prefix}-articles-", "-write"
    if not (alias.startswith(start) and alias.endswith(end)):
        return None
    return alias.removeprefix(start).removesuffix(end)
