"""What a bench run shows: speed, cost of an article, where pages waited, what bends first."""

from collections import Counter
from collections.abc import Mapping, Sequence
from math import ceil

from msgspec import Struct

BARS = " ▁▂▃▄▅▆▇█"
# above so much of all cores, no pool can be made faster by more processes
FULL = 0.85
# a pool that computes for so much of its time is busy
BUSY = 0.8


class BenchSample(Struct, frozen=True):
    """One moment of a run: seconds since its start, articles indexed, pages that wait or are worked
    on by stage, the CPU seconds used by part, and those that the whole machine has used."""

    at: float
    indexed: int
    waiting: Mapping[str, int]
    used: Mapping[str, float]
    machine: float


class Cost(Struct, frozen=True):
    """What a run cost: articles a second from the first searchable one on (from the beginning, if
    all came at once), and CPU milliseconds an article by part over the whole run. `load` is the
    share of all cores that the installation used meanwhile, `others` what all else did."""

    first_after: float
    articles: int
    articles_a_second: float
    milliseconds: dict[str, float]
    load: float
    others: float


def cost_of(samples: Sequence[BenchSample], cores: int) -> Cost | None:
    """Return the cost of a run, or None if it has indexed nothing."""
    begun = [sample for sample in samples if sample.indexed]
    if not begun:
        return None
    start, first = samples[0], begun[0]
    last = next(sample for sample in begun if sample.indexed == begun[-1].indexed)
    since = first if last.indexed > first.indexed else start
    spent = {part: last.used[part] - start.used.get(part, 0.0) for part in last.used}
    seconds = cores * (last.at - start.at)
    load = sum(spent.values()) / seconds
    return Cost(
        first_after=first.at,
        articles=last.indexed,
        articles_a_second=(last.indexed - since.indexed) / (last.at - since.at),
        milliseconds={part: 1000 * spent[part] / last.indexed for part in sorted(spent)},
        load=load,
        others=max(0.0, (last.machine - start.machine) / seconds - load),
    )


def bottleneck(cost: Cost, samples: Sequence[BenchSample], processes: Mapping[str, int]) -> str:
    """Return a sentence that names what bends first. `processes` is how many each stage has that
    compute."""
    dearest = max(cost.milliseconds, key=lambda part: cost.milliseconds[part])
    if cost.load + cost.others >= FULL:
        share = cost.milliseconds[dearest] / sum(cost.milliseconds.values())
        return (
            f"the cores: Presswire used {cost.load:.0%} of them ({share:.0%} of that {dearest}), "
            f"others {cost.others:.0%}"
        )
    shares = {
        stage: cost.milliseconds.get(stage, 0.0) * cost.articles_a_second / 1000 / number
        for stage, number in processes.items()
    }
    busiest = max(shares, key=lambda stage: shares[stage], default="")
    if busiest and shares[busiest] >= BUSY:
        share = shares[busiest]
        return (
            f"the processes of {busiest}: each computes {share:.0%} of its time; more of them help"
        )
    waited = sum((Counter(sample.waiting) for sample in samples), Counter[str]())
    if not waited:
        return "none: no stage had pages waiting"
    longest, _ = waited.most_common(1)[0]
    idle = 1 - cost.load - cost.others
    return f"{longest}: most pages waited there, though {idle:.0%} of the cores were idle"


def sparkline(values: Sequence[float], width: int = 60) -> str:
    """Return the values as a row of bars of `width` characters at most, the largest value full."""
    if not values:
        return ""
    step = max(1, -(-len(values) // width))
    tops = [max(values[at : at + step]) for at in range(0, len(values), step)]
    largest = max(tops)
    if largest <= 0:
        return BARS[0] * len(tops)
    return "".join(BARS[ceil(top / largest * (len(BARS) - 1))] for top in tops)
