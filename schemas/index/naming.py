"""Names of indices, aliases and templates; all begin with the deployment's prefix."""

import re
from typing import Final, NamedTuple

GENERAL: Final = "general"
_INDEX = re.compile(r"(?P<family>[a-z]+)-g(?P<generation>\d+)-(?P<number>\d{6,})")


class IndexName(NamedTuple):
    """Which part of the articles an index holds."""

    family: str
    generation: int
    number: int


def articles(prefix: str) -> str:
    """The alias that every search reads: all articles of all languages and ages."""
    return f"{prefix}-articles"


def write_alias(prefix: str, family: str) -> str:
    """The alias that new articles of a language family go to."""
    return f"{prefix}-articles-{family}-write"


def index(prefix: str, family: str, generation: int, number: int = 1) -> str:
    """An index of a family: a migration counts the generation, a rollover the number."""
    return f"{prefix}-articles-{family}-g{generation}-{number:06d}"


def parse_index_name(prefix: str, name: str) -> IndexName | None:
    """What an index' name tells; None for one that holds no articles of ours."""
    found = _INDEX.fullmatch(name.removeprefix(f"{prefix}-articles-"))
    if found is None or not name.startswith(f"{prefix}-articles-"):
        return None
    return IndexName(found["family"], int(found["generation"]), int(found["number"]))


def template(prefix: str, family: str, generation: int) -> str:
    """The index template of a language family."""
    return f"{prefix}-articles-{family}-g{generation}"


def pattern(prefix: str, family: str, generation: int) -> str:
    """What the indices of a language family are called."""
    return f"{prefix}-articles-{family}-g{generation}-*"


def generation_pattern(prefix: str, generation: int) -> str:
    """What the article indices of one generation are called."""
    return pattern(prefix, "*", generation)


def fields_component(prefix: str, generation: int) -> str:
    """The component template with the fields that all families share."""
    return f"{prefix}-articles-fields-g{generation}"


def analysis_component(prefix: str, family: str, generation: int) -> str:
    """The component template with a family's analyzers."""
    return f"{prefix}-articles-analysis-{family}-g{generation}"


def guard(prefix: str) -> str:
    """The template that keeps a write from making an index: one deleted or misnamed must fail."""
    return f"{prefix}-guard"


def policy(prefix: str) -> str:
    """The life-cycle policy, on servers that have ILM."""
    return f"{prefix}-articles"


def revisions(prefix: str) -> str:
    """The index of earlier versions of changed articles."""
    return f"{prefix}-revisions"


def labels(prefix: str) -> str:
    """The index of cluster changes that late writes must not undo."""
    return f"{prefix}-labels"


def quarantine(prefix: str) -> str:
    """The index of what went into quarantine."""
    return f"{prefix}-quarantine"


def migration(prefix: str) -> str:
    """The index that remembers how far a migration has come."""
    return f"{prefix}-migration"


def write_block(prefix: str, until: int | str) -> str:
    """The alias on indices that take no writes until a migration has swapped, or that moment
    (milliseconds since 1970) has passed."""
    return f"{prefix}-fence-{until}"


def group_of_write_alias(prefix: str, alias: str) -> str | None:
    """`presswire-articles-german-write` → `german`; None for any other name."""
    start, end = f"{prefix}-articles-", "-write"
    if not (alias.startswith(start) and alias.endswith(end)):
        return None
    return alias.removeprefix(start).removesuffix(end)
