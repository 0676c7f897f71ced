"""Who wrote the story: the authors in the head, and the byline on the page."""

import msgspec
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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("By Ada Lind Special to The Courier", ("Ada Lind",)),
        ("By Ada Lind Published 6 Feb 2024 Updated 7 Feb 2024", ("Ada Lind",)),
        ("By Ada Lind 3 min read", ("Ada Lind",)),
        ("By Ada Lind Follow", ("Ada Lind",)),
        ("By Ada Lind@alind", ("Ada Lind",)),
        ("By Ada Lind alind@post.example", ("Ada Lind",)),
        ("By Sir Ada Lind OBE", ("Ada Lind",)),
        ("Ada Lind and Bo Ek report", ("Ada Lind", "Bo Ek")),
        ("Ada Lind, Associated Press", ("Ada Lind",)),
        ("Por Ada Lind, TV Globo — Brasília", ("Ada Lind",)),
        ("Opinion: Ada Lind", ("Ada Lind",)),
        ("Photographs by Bo Ek<br>Words by Ada Lind", ("Ada Lind",)),
        ("Text: Ada Lind, Fotos: Bo Ek", ("Ada Lind",)),
    ],
)
def test_what_follows_a_name_on_its_line_is_no_part_of_it(printed, line, expected):
    assert printed(f"<p class='byline'>{line}</p>") == expected


@pytest.mark.parametrize(
    "line",
    [
        "Von unserem Redakteur Ada Lind",
        "Aus Paris berichtet Ada Lind",
        "Eine Reportage von Ada Lind",
        "Rédigé par Ada Lind",
        "De notre correspondante à Rome, Ada Lind",
        "Dalla nostra inviata Ada Lind",
        "Escrito por Ada Lind",
        "Texto de Ada Lind",
        "Door onze verslaggever Ada Lind",
        "Opracowała: Ada Lind",
        "<span>Dec 17, 2025</span><span>Ada Lind</span>",
        "Ada Lind <time datetime='2024-02-06'>Feb 6, 2024</time>",
    ],
)
def test_printed_forms_of_bylines(printed, line):
    assert printed(f"<p>{line}</p>") == ("Ada Lind",)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("记者 王小明 报道", ("王小明",)),
        ("新华社记者王小明", ("王小明",)),
        ("〔記者王小明／台北報導〕", ("王小明",)),
        ("文／王小明", ("王小明",)),
        ("取材・文／田中宏昌", ("田中宏昌",)),
        ("編集委員 田中宏昌", ("田中宏昌",)),
        ("홍길동 기자 hong@x.example", ("홍길동",)),
        ("[서울=홍길동 기자]", ("홍길동",)),
        ("글 홍길동 기자, 사진 김철수 기자", ("홍길동",)),
        ("홍길동 특파원", ("홍길동",)),
        ("كتب أحمد علي", ("أحمد علي",)),
        ("إعداد: أحمد علي", ("أحمد علي",)),
    ],
)
def test_bylines_in_scripts_without_capitals(printed, line, expected):
    assert printed(f"<p>{line}</p>") == expected


@pytest.mark.parametrize("label", ["Written by", "Author(s)", "Par", "Escrito por:"])
def test_a_label_alone_speaks_of_the_next_line(printed, label):
    assert printed(f"<p>{label}</p><p>Ada Lind and Bo Ek</p>") == ("Ada Lind", "Bo Ek")
    assert printed("<p>DE</p><p>Contrast High</p>") == ()


def test_a_byline_below_the_text_counts_if_it_says_so(story, text_of):
    def read(line):
        return extract.read(story(f"{text_of(6)}<p>{line}</p>"), URL).article.authors

    assert read("Posted by Ada Lind at December 16, 2025 11:15 AM") == ("Ada Lind",)
    assert read("Ada Lind") == ()


def test_the_author_on_a_card_of_links_is_read(printed):
    head = (
        "<meta name='twitter:label1' content='{}'><meta name='twitter:data1' content='{}'>"
        "<meta name='twitter:label2' content='Time to read'>"
        "<meta name='twitter:data2' content='3 minutes'>"
    )
    assert printed("", head.format("Written by", "Ada Lind")) == ("Ada Lind",)
    assert printed("", head.format("Geschrieben von", "Ada Lind")) == ("Ada Lind",)
    assert printed("", head.format("Price", "Ada Lind")) == ()
    assert printed("", head.format("Written by", "admin")) == ()


def test_tags_and_sections_beside_a_date_are_no_authors(printed):
    tags = "<span><a rel='tag'>Wedding Lists</a>, <a rel='tag'>Big Days</a></span>"
    assert printed(f"<div class='author-box'>{tags}</div>") == ()
    assert printed("<p>6 Feb 2024 | <a href='/c/mental'>Mental Health</a></p>") == ()


@pytest.mark.parametrize(
    "lines",
    [
        "<p class='byline'><a href='/author/h'>History</a></p><p class='byline'>By Ada Lind</p>",
        "<p class='autor'>Von Ada Lind</p><p class='autor'><a href='/autor/m'>Meinung</a></p>",
        "<p class='byline'>Par Ada Lind</p><p><a rel='author' href='/p'>Politique</a></p>",
    ],
)
def test_a_single_word_beside_a_whole_name_is_no_author(printed, lines):
    assert printed(lines) == ("Ada Lind",)


def test_an_agency_and_a_name_without_capitals_stay_beside_a_whole_name():
    lines = [("Ada Lind",), ("dpa",), ("王小明",), ("Meinung",)]
    assert people.without_single_words(lines) == ("Ada Lind", "dpa", "王小明")
    assert people.without_single_words([("Olga",)]) == ("Olga",)


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Sukarno and Ada Lind", ("Sukarno", "Ada Lind")),
        ("Von Björk und Ada Lind", ("Björk", "Ada Lind")),
        ("Par Stromae et Ada Lind", ("Stromae", "Ada Lind")),
    ],
)
def test_who_has_one_name_and_shares_a_line_is_an_author(printed, line, names):
    assert printed(f"<p class='byline'>{line}</p>") == names


@pytest.mark.parametrize(
    "item",
    [
        "<li><strong>Noise Cancelling Headphones</strong></li>",
        "<li><b>Rote Grütze Hamburg</b></li>",
        "<li><p><strong>Chauffage Central Collectif</strong></p></li>",
    ],
)
def test_an_emphasised_item_of_a_list_is_no_author(printed, item):
    assert printed(f"<ul>{item}</ul>") == ()


@pytest.mark.parametrize(
    "name",
    [
        "Centre for Drug Evaluation and Research",
        "Bundesinstitut für Arzneimittel und Forschung",
        "Direction générale de la santé et Solidarités",
    ],
)
def test_a_body_named_with_and_is_not_cut_to_its_last_word(story, article_script, name):
    head = article_script(author={"@type": "Organization", "name": name})
    assert extract.read(story(head=head), URL).article.authors == (name,)


@pytest.mark.parametrize("account", ["ada.lind.1232", "Site Admin", "No Author", "lind87"])
def test_a_name_of_an_account_in_the_head_is_no_author(printed, account):
    assert printed("", f"<meta name='author' content='{account}'>") == ()


@pytest.mark.parametrize(
    "line",
    [
        "This post was written by Ada Lind, Head of Marketing and Community",
        "Cet article a été écrit par Ada Lind, directrice de la rédaction",
        "Este artículo fue escrito por Ada Lind, directora de comunicación",
        "Dieser Artikel wurde verfasst von Ada Lind, Leiterin des Ressorts",
    ],
)
def test_a_sentence_that_names_the_author_below_the_text_is_read(story, text_of, line):
    page = story(text_of(6) + f"<div>{line}</div>")
    assert extract.read(page, URL).article.authors == ("Ada Lind",)


def test_a_byline_behind_a_date_may_name_a_long_job(printed):
    line = "<div><time>03/01/2017</time> by Ada Lind, Representative to the {} Committee</div>"
    assert printed(line.format("Regional Council's Candidate Liaison")) == ("Ada Lind",)


@pytest.mark.parametrize(
    ("declared", "line"),
    [
        ("KatyS", "<p>by <a rel='author' href='/a'>Ada Lind</a></p>"),
        ("Ada", "<p>Eine Kolumne von Ada Lind</p>"),
        ("Équipe du Littoral", "<p>Par Ada Lind</p>"),
        ("Northern Post Team", "<p>By Ada Lind</p>"),
        ("Redazione Costa", "<p>di Ada Lind</p>"),
    ],
)
def test_a_printed_person_beats_a_login_or_a_team_in_the_head(printed, declared, line):
    head = f"<meta name='author' content='{declared}'>"
    assert printed(line.replace("Eine Kolumne v", "V"), head) == ("Ada Lind",)
    assert printed("", head) == (declared,)
    assert printed("<p class='byline'><a href='/author/h'>History</a></p>", head) == (declared,)


@pytest.mark.parametrize(
    "line",
    [
        "By {a}, DVM. Reviewed by {b}, DVM",
        "Von {a}. Geprüft von {b}",
        "Par {a}. Relu par {b}",
        "Por {a}. Revisado por {b}",
    ],
)
def test_who_reviewed_it_is_no_author_though_linked_alike(printed, line):
    text = line.format(a="<a href='/author/ada'>Ada Lind</a>", b="<a href='/author/bo'>Bo Ek</a>")
    assert printed(f"<p>{text}</p>") == ("Ada Lind",)


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("by inkblot | Apr 21, 2025", "inkblot"),
        ("Veröffentlicht am 12. Juni 2017 von gizmo", "gizmo"),
        ("Verfasst von: tintenfleck | 31. Dezember 2008", "tintenfleck"),
        ("Publié par encrier le 3 mai 2019", "encrier"),
        ("<a rel='author' href='/a'>inkblot</a>", "inkblot"),
        ("Autor: atrament 2 komentarze", "atrament"),
    ],
)
def test_the_one_word_that_an_author_goes_by_is_read_last(printed, line, name):
    assert printed(f"<p>{line}</p>") == (name,)
    assert printed(f"<p>{line}</p>", "<meta name='author' content='Ada Lind'>") == ("Ada Lind",)


@pytest.mark.parametrize(
    "line", ["Por último, el alcalde habló", "by admin | Apr 21", "Stand by itself", "von red"]
)
def test_words_of_a_sentence_and_accounts_of_the_site_are_no_author(printed, line):
    assert printed(f"<p>{line}</p>") == ()


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("Ada Lind is a freelance travel writer in Osthaven and beyond.", ("Ada Lind",)),
        ("Ada Lind ist freie Autorin und lebt in Osthaven am Meer.", ("Ada Lind",)),
        ("Ada Lind est journaliste et vit depuis dix ans à Osthaven.", ("Ada Lind",)),
        ("Ada Lind has been on sale in all of our shops since 1999.", ()),
        ("Bo Ek is a freelance travel writer in Osthaven and beyond.", ()),
    ],
)
def test_a_line_with_a_name_counts_if_a_note_behind_the_text_tells_who_that_is(
    story, text_of, note, names
):
    page = story(f"<p>Ada Lind</p>{text_of(6)}<div>{note}</div>")
    assert extract.read(page, URL).article.authors == names


def test_the_only_person_in_the_data_of_the_page_is_its_author(story):
    def read(*nodes):
        raw = msgspec.json.encode({"@graph": nodes}).decode()
        page = story(head=f"<script type='application/ld+json'>{raw}</script>")
        return extract.read(page, URL).article.authors

    ada = {"@type": ["Person", "Organization"], "name": "Ada Lind"}
    assert read({"@type": "WebPage"}, ada) == ("Ada Lind",)
    assert read(ada, {"@type": "Person", "name": "Bo Ek"}) == ()
    assert read({"@type": "Organization", "name": "Lind", "founder": ada}) == ()


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("By Ada Lind The Associated Press", "Ada Lind"),
        ("Par Ada Lind Agence France-Presse", "Ada Lind"),
        ("Por Ada Lind, Europa Press", "Ada Lind"),
    ],
)
def test_an_agency_behind_a_name_is_no_part_of_it(printed, line, name):
    assert printed(f"<p>{line}</p>") == (name,)


@pytest.mark.parametrize(
    "headline", ["Von Ebbe, Flut und Sturm", "By Land and Sea", "Par Vents et Marées"]
)
def test_the_headline_is_no_byline(text_of, headline):
    page = f"<html><body><main class='author'><h1>{headline}</h1>{text_of(6)}</main></body></html>"
    assert extract.read(page, URL).article.authors == ()
