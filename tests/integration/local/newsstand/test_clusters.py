"""The bundled wire copies, parsed and clustered with a real Redis."""

import random
from datetime import UTC, datetime

import pytest

from schemas.events import ArticleClustered, ArticleParsed
from workers import urls
from workers.adapters.fingerprints.store import FingerprintStore
from workers.adapters.redis.lockstep import run_alone
from workers.dedupe.step import dedupe
from workers.local.newsstand import newsrooms, rendering
from workers.local.newsstand.edition import build_edition
from workers.local.newsstand.expected import build_expected
from workers.parse import extract

NOW = datetime.now(UTC)
EDITIONS = [build_edition(room, 8080, NOW) for room in newsrooms.load_newsrooms()]


def parsed() -> list[ArticleParsed]:
    found = []
    for each in EDITIONS:
        answers = rendering.render_pages(each)
        for page in each.pages:
            kind, html = answers[page.path]
            article = extract.read(html, page.url, (), kind, NOW).article
            event = ArticleParsed(
                page_id=urls.page_id(page.url),
                outlet=page.outlet,
                url=page.url,
                archive_key="",
                fetched_at=NOW,
                article=article,
            )
            found.append(event)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_wire_copies_become_their_clusters_and_no_other_page_joins_one(clean_redis, seed):
    events = parsed()
    random.Random(seed).shuffle(events)  # noqa: S311  an order, no secret
    fingerprints = FingerprintStore(clean_redis, "stand", window_days=30)
    cluster_of: dict[str, str] = {}
    url_of: dict[str, str] = {}
    for event in events:
        for end in run_alone(dedupe(event, fingerprints, {})):
            if isinstance(end, ArticleClustered):
                cluster_of[end.document_id] = end.cluster_id
                url_of[end.document_id] = event.url
            else:
                cluster_of |= {member[0]: member[1] for member in end.members}
    clusters: dict[str, set[str]] = {}
    for document, cluster in cluster_of.items():
        clusters.setdefault(cluster, set()).add(url_of[document])
    shared = {frozenset(pages) for pages in clusters.values() if len(pages) > 1}
    assert shared == set(build_expected(EDITIONS).clusters)
