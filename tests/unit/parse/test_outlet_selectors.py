"""Fields that an outlet's own selectors name."""

from datetime import date

from schemas.outlet import OutletLayout
from workers.parse import extract

URL = "https://www.northernpost.example/2024/03/12/bridge"


def test_an_outlet_s_selectors_win_and_broken_ones_become_notes(story, text_of):
    body = f"<div class='x'>{text_of(3)}</div><b class='who'>Ada Lind</b>{text_of(4)}"
    selectors = {"body": "div.x", "authors": "b.who", "section": "p[[", "tags": "i.none"}
    result = extract.read(story(body), URL, (OutletLayout(selectors=selectors),))
    assert result.article.body.count("paragraph number") == 3
    assert result.article.authors == ("Ada Lind",)
    assert result.origins["authors"] == "selector b.who"
    assert len(result.article.notes) == 2


def test_the_layout_in_force_at_publication_is_used(story, text_of):
    old = OutletLayout(selectors={"section": "i.old"}, until=date(2024, 6, 1))
    new = OutletLayout(selectors={"section": "i.new"})
    body = f"<i class='old'>Then</i><i class='new'>Now</i>{text_of(5)}"
    then = extract.read(story(body), URL, (new, old)).article
    now = extract.read(story(body), URL.replace("2024", "2025"), (new, old)).article
    assert (then.section, now.section) == ("Then", "Now")
