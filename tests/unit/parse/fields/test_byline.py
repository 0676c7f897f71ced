"""Who wrote the story: the authors in the head, and the byline on the page."""

import pytest

from workers.parse import extract
from workers.parse.fields import people

URL = "https://www.northernpost.example/2024/03/12/bridge"


@pytest.fixture
def printed(story, text_of):
    """Returns the authors of a page with some lines between headline and text."""

    def read(lines: str, head: str = "") -> tuple[str, ...]:
        return extract.read(story(lines + text_of(6), head), URL).article.authors

    return read


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ([{"@type": "Person", "name": "Ada Lind"}, {"name": "Bo Ek"}], ("Ada Lind", "Bo Ek")),
        ("Ada Lind and Bo Ek, dpa", ("Ada Lind", "Bo Ek", "dpa")),
        ({"name": "By Ada Lind"}, ("Ada Lind",)),
        ({"name": "Ada Lind (al)"}, ("Ada Lind",)),
        ("Ada Lind, MS, R.D.N. and Bo Ek, Ph.D.", ("Ada Lind", "Bo Ek")),
        ([{"name": ["Ada Lind", "Bo Ek"]}], ("Ada Lind", "Bo Ek")),
        ({"name": "Ада Линд"}, ("Ада Линд",)),
        ({"name": "東野 花子"}, ("東野 花子",)),
    ],
)
def test_authors_of_json_ld_are_single_names(story, article_script, author, expected):
    assert extract.read(story(head=article_script(author=author)), URL).article.authors == expected


@pytest.mark.parametrize(
    "line",
    [
        "<div class='byline'>By Ada Lind and Bo Ek</div>",
        (
            "<p class='article-author'><span>Von </span><a href='/autor/a'>Ada Lind</a>, "
            "<a href='/autor/b'>Bo Ek</a></p>"
        ),
        "<div>Por <a rel='author' href='/x'>Ada Lind</a> y <a rel='author'>Bo Ek</a></div>",
        "<p><strong>By Ada Lind &amp; Bo Ek</strong></p>",
    ],
)
def test_printed_bylines_are_read_where_the_head_names_the_site_only(
    story, article_script, text_of, line
):
    head = article_script(author={"name": "Northern Post"}, publisher={"name": "Northern Post"})
    article = extract.read(story(line + text_of(5), head), URL).article
    assert article.authors == ("Ada Lind", "Bo Ek")


@pytest.mark.parametrize("text", ["Read more", "12 March 2024", "Share on Facebook", "the council"])
def test_other_lines_are_not_names(text):
    assert not people.is_name(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Lind, Bo Ek, and Cy Orr", ("Ada Lind", "Bo Ek", "Cy Orr")),
        ("Ada Lind, Bo Ek, und Cy Orr", ("Ada Lind", "Bo Ek", "Cy Orr")),
        ("Lind, Ada", ("Ada Lind",)),
        ("Lind, A. B.", ("A. B. Lind",)),
        ("Ada Lind, Chief Political Correspondent", ("Ada Lind",)),
        ("Ada Lind, Redakteurin", ("Ada Lind",)),
        ("Ada Lind, journaliste, et Bo Ek", ("Ada Lind", "Bo Ek")),
        ("By Ada Lind, Penrow", ("Ada Lind",)),
        ("By Ada Lind for The Daily Post", ("Ada Lind",)),
        ("Von Ada Lind und Bo Ek in Berlin", ("Ada Lind", "Bo Ek")),
        ("Por Ada Lind — São Paulo", ("Ada Lind",)),
        ("By Ada Lind - Staff Writer", ("Ada Lind",)),
        ("By Dr. Ada Lind, PhD", ("Ada Lind",)),
        ("Analysis by Ada Lind", ("Ada Lind",)),
        ("記者王小明／台北報導", ("王小明",)),
        ("作者：王小明", ("王小明",)),
        ("文・田中宏昌", ("田中宏昌",)),
        ("लेखक: राजेश शर्मा", ("राजेश शर्मा",)),
        ("نویسنده: علی رضایی", ("علی رضایی",)),
        ("For Immediate Release", ()),
        ("Sign in", ()),
    ],
)
def test_people_without_jobs_places_outlets_and_labels(text, expected):
    assert people.find_people([text], set()) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "<p class='byline'><span>By</span><a href='/p'>Ada Lind</a><span>Reporter</span></p>",
            ("Ada Lind",),
        ),
        (
            "<p class='autor'><span>Von</span><span>Ada Lind</span><span>Redakteurin</span></p>",
            ("Ada Lind",),
        ),
        (
            "<div class='byline'><a rel='author'><span>Par</span><span>Ada Lind</span></a></div>",
            ("Ada Lind",),
        ),
        ("<div>Tuesday March 12, 2024 9:40 pm by <a href='/u/1'>Ada Lind</a></div>", ("Ada Lind",)),
        ("<p>2024年03月12日 来源：北方日报 作者：王小明</p>", ("王小明",)),
        ("<p>लेखक: राजेश शर्मा | प्रकाशित: १२ मार्च २०२४</p>", ("राजेश शर्मा",)),
        ("<p>Autor: Ada Lind | 12 de marzo de 2024</p>", ("Ada Lind",)),
        ("<b>Oslo/ New Bergen:</b>", ()),
        ("<p>12 March 2024</p><p>From the section <a href='/c'>US &amp; Canada</a></p>", ()),
        ("<p>For Immediate Release</p><p>12 March 2024</p>", ()),
        ("<a href='https://x.example/auth/login'><span>LOGIN</span></a>", ()),
    ],
)
def test_lines_beside_the_headline(story, text_of, line, expected):
    assert extract.read(story(line + text_of(5)), URL).article.authors == expected


@pytest.mark.parametrize("house", ["Northern Publishing Ltd", "Lind & Söhne", "Verlag Nord GmbH"])
def test_a_printed_person_beats_a_publishing_house(story, text_of, house):
    head = f'<meta name="author" content="{house}">'
    line = "<p class='byline'>By Ada Lind</p>"
    assert extract.read(story(line + text_of(5), head), URL).article.authors == ("Ada Lind",)
    assert extract.read(story(text_of(5), head), URL).article.authors == (house,)


@pytest.mark.parametrize(
    "author",
    [
        {"@type": "Person", "name": {"@type": "Person", "name": "Ada Lind"}},
        {"@type": "Person", "givenName": "Ada", "familyName": "Lind"},
        [{"@type": "Person", "name": [{"name": "Ada Lind"}]}],
    ],
)
def test_names_of_json_ld_in_parts_and_nested(story, article_script, author):
    page = story(head=article_script(author=author))
    assert extract.read(page, URL).article.authors == ("Ada Lind",)


@pytest.mark.parametrize(
    "line",
    [
        "Edited by Bo Ek",
        "Medically reviewed by Bo Ek",
        "Redigiert von Bo Ek",
        "Fotos: Bo Ek",
        "Traduit par Bo Ek",
        "Revisado por Bo Ek",
        "攝影 Bo Ek",
    ],
)
def test_who_only_edited_or_took_pictures_is_no_author(printed, line):
    assert printed(f"<p class='byline'>By Ada Lind</p><p class='byline'>{line}</p>") == (
        "Ada Lind",
    )


def test_a_label_of_others_alone_speaks_of_the_next_line(printed):
    lines = "<p class='byline'>By Ada Lind</p><p class='byline'>Reviewed by</p>"
    assert printed(lines + "<p class='byline'>Bo Ek</p>") == ("Ada Lind",)


def test_others_on_the_same_line_are_left_out(printed):
    assert printed("<p class='byline'>By Ada Lind. Reviewed by Bo Ek</p>") == ("Ada Lind",)


@pytest.mark.parametrize("job", ["Marketing Director", "Founder", "Chefredakteurin", "Directora"])
def test_a_job_below_the_name_is_no_author(printed, job):
    lines = f"<p class='byline'>Ada Lind</p><p class='byline'>{job}</p>"
    assert printed(lines) == ("Ada Lind",)


@pytest.mark.parametrize("line", ["In This Article", "How Many Ferries", "Die Letzte Fähre"])
def test_an_emphasised_line_of_common_words_is_no_author(printed, line):
    assert printed(f"<p><b>{line}</b></p>") == ()


def test_a_number_in_the_head_is_no_author(printed):
    assert printed("", "<meta name='article:author' content='262588213843476'>") == ()
