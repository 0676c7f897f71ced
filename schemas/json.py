"""The type of a JSON object, as Elasticsearch, Kibana and our own API take and give them."""

from typing import Any

# Not recursive: what a server answers is checked where it is decoded, not by every reader.
Json = dict[str, Any]
