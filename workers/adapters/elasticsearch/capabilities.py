"""What the Elasticsearch server at hand can do: asked once, said in one line."""

from elasticsearch import ApiError, Elasticsearch
from msgspec import Struct

from schemas.index.analysis import OPTIONAL_FILTERS
from schemas.index.languages import LANGUAGE_ANALYZERS
from schemas.json import Json

ABSENT_STATUSES = frozenset({400, 404, 405})


class Capabilities(Struct, frozen=True):
    """Names of analyzers and filters that the server has, and whether it has ILM."""

    version: str
    analyzers: frozenset[str]
    filters: frozenset[str]
    has_ilm: bool

    def left_out(self) -> str:
        """Return one line that says what the index does without."""
        missing = []
        if not self.has_ilm:
            missing.append("ILM (roll over with `presswire index rollover`)")
        lost = [name for name in LANGUAGE_ANALYZERS if name not in self.analyzers]
        if lost:
            which = "all" if len(lost) == len(LANGUAGE_ANALYZERS) else ", ".join(lost)
            missing.append(f"language analyzers ({which}; words are not stemmed)")
        missing += [name for name in OPTIONAL_FILTERS if name not in self.filters]
        without = "; ".join(missing) or "nothing"
        return f"Elasticsearch {self.version}; left out: {without}"


def probe(client: Elasticsearch) -> Capabilities:
    """Return what the server can do.

    Raises:
        elasticsearch.ApiError: the user may not ask.
    """
    return Capabilities(
        version=_version(client),
        analyzers=frozenset(n for n in LANGUAGE_ANALYZERS if _reads(client, analyzer=n)),
        filters=frozenset(name for name in OPTIONAL_FILTERS if _reads(client, **_use_of(name))),
        has_ilm=_answers(client, "/_ilm/policy"),
    )


def _version(client: Elasticsearch) -> str:
    """Return the version, from the nodes: the smallest distribution has no `GET /`."""
    nodes = client.nodes.info(metric="http", filter_path="nodes.*.version")["nodes"]
    return min(str(node["version"]) for node in nodes.values())


def _use_of(name: str) -> Json:
    """Return the parts of a request for an analysis in which this filter works."""
    if name == "mapping":
        return {"tokenizer": "standard", "char_filter": [{"type": name, "mappings": ["a => b"]}]}
    return {"tokenizer": "standard", "filter": [name]}


def _reads(client: Elasticsearch, **how: object) -> bool:
    return _asked(client, "POST", "/_analyze", {**how, "text": "words"})


def _answers(client: Elasticsearch, path: str) -> bool:
    return _asked(client, "GET", path, None)


def _asked(client: Elasticsearch, method: str, path: str, body: dict[str, object] | None) -> bool:
    headers = {"accept": "application/json", "content-type": "application/json"}
    try:
        client.perform_request(method, path, headers=headers, body=body)
    except ApiError as error:
        if error.status_code in ABSENT_STATUSES:
            return False
        raise
    return True
