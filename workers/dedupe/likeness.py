"""Are two articles one story's text? A symmetric answer from two records, whoever came first."""

from msgspec import Struct

from workers.dedupe.record import Record

DAY_SECONDS = 86_400.0


class Overlap(Struct, frozen=True):
    """How much of the text of `a` stands in `b` too and the other way round (0..1), and how much
    of either's lead does."""

    of_a: float
    of_b: float
    lead_of_a: float
    lead_of_b: float
    common: float


def overlap(a: Record, b: Record) -> Overlap:
    """Shares estimated from what both sketches are sure to hold."""
    rate = max(a.rate, b.rate)
    in_a, in_b = _sampled(a, rate), _sampled(b, rate)
    common = len(in_a & in_b) * rate
    if a.lead and b.lead:
        common = max(common, len(set(a.values[: a.lead]) & set(b.values[: b.lead])))
    of_a, of_b = _share(common, a.length), _share(common, b.length)
    return Overlap(of_a, of_b, _lead_share(a, b), _lead_share(b, a), common)


def is_same_story(a: Record, b: Record, window_days: float) -> bool:
    """Do the two belong into one cluster?"""
    if abs(a.published - b.published) > window_days * DAY_SECONDS:
        return False
    if a.digest == b.digest:
        return True
    found = overlap(a, b)
    own = max(found.of_a, found.of_b)
    if own < 0.5 and min(found.of_a, found.of_b) < 0.3:  # noqa: PLR2004
        return False
    if min(a.length, b.length) < 60 and own < 0.75:  # noqa: PLR2004
        return False
    if max(found.lead_of_a, found.lead_of_b) < 0.2 and own < 0.8:  # noqa: PLR2004
        return False
    return min(a.length, b.length) > 300 or _figures_agree(a, b)  # noqa: PLR2004


def _figures_agree(a: Record, b: Record) -> bool:
    few, many = sorted((set(a.figures), set(b.figures)), key=len)
    return not few or len(few & many) >= 0.75 * len(few)


def _sampled(of: Record, rate: int) -> set[int]:
    mask = rate - 1
    return {value for value in of.values if not value & mask}


def _share(common: float, length: int) -> float:
    return min(1.0, common / length) if length else 0.0


def _lead_share(of: Record, other: Record) -> float:
    lead = set(of.values[: min(of.lead or 12, 60)])
    return len(lead & set(other.values)) / len(lead) if lead else 0.0
