"""Clusters for programs: what is asked of one article agrees with what all of them say."""

import re
from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def add(clusters, name, words, minutes=0, outlet=""):
    published = (NOON + timedelta(minutes=minutes)).isoformat()
    return clusters.add(name, "", " ".join(words), published, outlet or name)[0]


def test_the_cluster_of_an_article_follows_the_merges_after_it(clusters, newswire):
    text = newswire.text(newswire.dice("merge"), 600)
    add(clusters, "front", text[:250])
    assert add(clusters, "back", text[350:], 1) == "back"

    assert clusters.cluster_of("back") == "back"
    add(clusters, "whole", text, 2)

    assert [clusters.cluster_of(name) for name in ("front", "back", "whole")] == ["front"] * 3


def test_the_cluster_of_an_article_is_the_one_that_all_say(clusters, newswire):
    for row in newswire.stories("all", 8):
        clusters.add(*row)

    everything = clusters.clusters()

    assert len(everything) == 48
    assert {name: clusters.cluster_of(name) for name in everything} == everything


def test_an_article_that_nobody_added_has_no_cluster(clusters, newswire):
    add(clusters, "a", newswire.text(newswire.dice("one"), 200))

    assert clusters.cluster_of("b") is None


def test_versions_in_other_words_are_found_and_joined(clusters, newswire):
    rng = newswire.dice("versions")
    text = newswire.text(rng, 400)
    misread = [re.sub("e", "c", word) if rng.random() < 0.4 else word for word in text]
    add(clusters, "story", text, outlet="gazette")

    add(clusters, "misread", misread, 90)
    add(clusters, "update", [*newswire.text(rng, 150), *text[:280]], 60, outlet="gazette")
    add(clusters, "days later", [*newswire.text(rng, 300), *text[:90]], 4_000, outlet="gazette")

    assert clusters.cluster_of("misread") == clusters.cluster_of("update") == "story"
    assert clusters.cluster_of("days later") == "days later"
