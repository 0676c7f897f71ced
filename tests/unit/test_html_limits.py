"""What pages may hold before their trees are built."""

from datetime import UTC, datetime

import pytest

from workers import html_limits
from workers.discover import sections
from workers.discover.links import BadFeedError
from workers.exceptions import PermanentFailure
from workers.parse import extract

NUMBERS = range(1_001)


@pytest.mark.parametrize(
    "page",
    [
        "<p " + " ".join(f'a{n}="1"' for n in NUMBERS) + ">",
        "<p " + "".join(f"a{n}='>'" for n in NUMBERS) + ">",
        "<body><body " + "/".join(f"a{n}" for n in NUMBERS) + ">",
        "<P\n" + "\n".join(f"<{n}" for n in NUMBERS),
        "<script>x</script><p " + "\f".join(f"a{n}= 1" for n in NUMBERS) + ">",
        "<p " + " ".join(f"a{n}" for n in NUMBERS) + ">",
        "<i title='a > b' " + "".join(f"""="{n}" a{n}=">" """ for n in NUMBERS),
        "<p /" + "/ ".join(f"a{n} = '<b>'" for n in NUMBERS) + ">",
        "<b class=x>" * 99 + "<p x='" + "w" * 9_000 + "'" + "".join(f'a{n}="<i>"' for n in NUMBERS),
        "<textarea " + " ".join(f"a{n}" for n in NUMBERS) + ">",
        "<a<a" * 9_000 + ">" + "<p " + " ".join(f"a{n}" for n in NUMBERS) + ">",
        *(
            before + "<p " + " ".join(f"a{n}" for n in NUMBERS) + ">"
            for before in ("<!-->", "<!--->", "<!-- x --!>", "<b title='<!--'>", "<b x='<style>'>")
        ),
        "<select>" + "<option>" * 5_001,
        "<SELECT>" + "<OPTION>x</OPTION>" * 5_001,
        "<select>" + "<optgroup/>" * 5_001,
        "<div>" * 3_001,
    ],
    ids=lambda page: page[:12],
)
def test_a_page_that_would_take_long_is_refused_by_every_reader(page):
    assert html_limits.find_excess(page)
    for read in (sections.find_feeds, sections.read_section):
        with pytest.raises(BadFeedError):
            read(page, "https://www.gazette.example/")
    with pytest.raises(PermanentFailure):
        extract.read(page.encode(), "https://a.example/x", (), "", datetime(2026, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "page",
    [
        "<script>if (a <b " + "word " * 2_000 + ")</script><p class=x>Text",
        "<!-- <p " + "word " * 2_000 + "> --><p>Text",
        "<p " + " ".join(f"a{n}=1" for n in range(900)) + ">Text " + "word " * 2_000,
        "<p>1 < 2 " + "word " * 2_000,
        ("<p " + " ".join(f"a{n}='>'" for n in range(600)) + ">") * 3,
        "<div><p>x</p></div>" * 4_000,
        "<select>" + "<option>x" * 4_000 + "</select>",
    ],
    ids=lambda page: page[:12],
)
def test_what_only_looks_excessive_is_not_refused(page):
    assert not html_limits.find_excess(page)


@pytest.mark.parametrize(
    "part",
    ["<a", "<a/x=", '<a"', "<a'", "<option", "<a=<", "<script", "<a/x=<", "<b<b-", "\"'"],
)
@pytest.mark.timeout(60)
def test_a_tag_that_does_not_end_is_read_in_time_that_grows_with_its_length(part):
    page = "<p>Text</p><a" + part * (500_000 // len(part))
    assert not html_limits.find_excess(page)
