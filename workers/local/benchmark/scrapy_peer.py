"""The peer: Scrapy, trafilatura and Elasticsearch's bulk helper on the bench's site.

Run by a Python that has scrapy, trafilatura, lxml_html_clean and elasticsearch 8; it imports
nothing of ours: PYTHON scrapy_peer.py ELASTICSEARCH_URL INDEX HOST:PORT[,HOST:PORT…]
Prints the number of articles and the seconds, the refresh included.
"""

import sys
import time
from typing import Any

import scrapy
import trafilatura
from elasticsearch import Elasticsearch, helpers
from scrapy.crawler import CrawlerProcess

BULK = 200
SETTINGS = {
    "LOG_LEVEL": "ERROR",
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 64,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False,
}


class Peer(scrapy.spiders.SitemapSpider):  # type: ignore[misc]
    """Reads the sitemaps that each robots.txt names."""

    name = "peer"

    def __init__(self, client: Elasticsearch, index: str, hosts: list[str]) -> None:
        super().__init__()
        self.sitemap_urls = [f"http://{host}/robots.txt" for host in hosts]
        self.client, self.index = client, index
        self.found: list[dict[str, Any]] = []

    def parse(self, response: Any) -> None:  # noqa: ANN401  Scrapy's
        """Extract one page; index when there are many."""
        document = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if document is None:
            return
        fields = document.as_dict()
        self.found.append(
            {
                "_index": self.index,
                "_id": response.url,
                "title": fields["title"],
                "body": fields["text"],
                "published": fields["date"],
                "authors": fields["author"],
            }
        )
        if len(self.found) >= BULK:
            helpers.bulk(self.client, self.found)
            self.found.clear()

    def closed(self, _reason: str) -> None:
        """Index the rest."""
        helpers.bulk(self.client, self.found)


def main(url: str, index: str, hosts: str) -> None:
    """Crawl the hosts."""
    client = Elasticsearch(url)
    client.indices.create(index=index, settings={"number_of_replicas": 0})
    start = time.monotonic()
    process = CrawlerProcess(SETTINGS)
    process.crawl(Peer, client, index, hosts.split(","))
    process.start()
    client.indices.refresh(index=index)
    print(client.count(index=index)["count"], time.monotonic() - start)  # noqa: T201  its result


if __name__ == "__main__":
    main(*sys.argv[1:])
