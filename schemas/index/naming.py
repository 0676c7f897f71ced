"""Names of indices, aliases and templates; all begin with the deployment's prefix."""

from typing import Final

GENERAL: Final = "general"


def articles(prefix: str) -> str:
    """The alias that every search reads: all articles of all languages and generations."""
    return f"{prefix}-articles"


def write_alias(prefix: str, family: str) -> str:
    """The alias that new articles of a language family go to."""
    return f"{prefix}-articles-{family}-write"


def first_index(prefix: str, family: str) -> str:
    """The index that bootstrap makes; rollover counts on from its number."""
    return f"{prefix}-articles-{family}-000001"


def template(prefix: str, family: str) -> str:
    """The index template of a language family."""
    return f"{prefix}-articles-{family}"


def pattern(prefix: str, family: str) -> str:
    """What the indices of a language family are called."""
    return f"{prefix}-articles-{family}-*"


def fields_component(prefix: str) -> str:
    """The component template with the fields that all families share."""
    return f"{prefix}-articles-fields"


def analysis_component(prefix: str, family: str) -> str:
    """The component template with a family's analyzers."""
    return f"{prefix}-articles-analysis-{family}"


def policy(prefix: str) -> str:
    """The life-cycle policy, on servers that have ILM."""
    return f"{prefix}-articles"


def revisions(prefix: str) -> str:
    """The index of earlier versions of changed articles."""
    return f"{prefix}-revisions"


def labels(prefix: str) -> str:
    """The index of cluster changes that late writes must not undo."""
    return f"{prefix}-labels"


def family_of_write_alias(prefix: str, alias: str) -> str | None:
    """`presswire-articles-german-write` → `german`; None for any other name."""
    start, end = f"{prefix}-articles-", "-write"
    if not (alias.startswith(start) and alias.endswith(end)):
        return None
    return alias.removeprefix(start).removesuffix(end)
