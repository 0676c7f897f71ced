"""Articles as stories: who is told of as what."""

from schemas.alert import AlertArticle
from workers.alerts.stories import MAX_ALSO, group_stories, show_story, single_articles


def printed(name, cluster="", *, hour=12, outlet=""):
    time = f"2026-03-02T{hour:02}:00:00+00:00"
    url = f"https://news.example/{name}"
    return AlertArticle(name, name, url, outlet=outlet or name, time=time, cluster_id=cluster)


def test_printings_of_a_story_are_one_the_first_first():
    late, early, other = printed("b", "s", hour=14), printed("a", "s", hour=9), printed("c")

    news = group_stories([late, other, early], told=())

    assert news.stories == ((early, late), (other,))
    assert news.ids == ["a", "b", "c"]
    assert news.joined == {}


def test_what_belongs_to_a_told_story_joins_it():
    news = group_stories([printed("a", "s"), printed("b", "t")], told=["s"])

    assert news.ids == ["b"]
    assert news.joined == {"a": "s"}


def test_articles_of_no_cluster_are_stories_of_their_own():
    assert len(group_stories([printed("a"), printed("b")], told=[""]).stories) == 2


def test_each_article_may_ring_for_itself():
    articles = [printed("b", "s"), printed("a", "s")]

    assert single_articles(articles).stories == ((articles[0],), (articles[1],))


def test_a_story_names_its_other_printings_and_counts_what_it_does_not_name():
    story = tuple(printed(f"a{number:02}", "s") for number in range(MAX_ALSO + 4))

    shown = show_story(story)

    assert shown.id == "a00"
    assert [each.outlet for each in shown.also] == [f"a{number:02}" for number in range(1, 21)]
    assert shown.more == 3
