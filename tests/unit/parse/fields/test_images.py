"""The pictures of a story: their addresses, captions and credits."""

import time

import pytest

from workers.parse import extract
from workers.parse.fields import photo_credits
from workers.parse.fields.image_sources import largest_of_srcset

URL = "https://www.northernpost.example/2024/03/12/bridge"
GREY = "data:image/gif;base64,R0lGODlhAQABAAAAACw="
SMALL, LARGE = "https://i.example/a-320.jpg", "https://i.example/a-1600.jpg"


@pytest.fixture
def images(story, text_of):
    """Returns the pictures of a page with some markup amid its text."""

    def read(markup: str, head: str = ""):
        page = story(text_of(2) + markup + text_of(4), head)
        return extract.read(page, URL).article.images

    return read


@pytest.mark.parametrize(
    "markup",
    [
        f"<img src='{SMALL}' srcset='{SMALL} 320w, {LARGE} 1600w'>",
        f"<img src='{SMALL}' srcset='{LARGE} 1600w, {SMALL} 320w'>",
        f"<img srcset='{SMALL} 320w, {LARGE} 1600w'>",
        f"<img src='/static/grey.gif' data-srcset='{SMALL} 320w, {LARGE} 1600w'>",
        f"<img src='/img/placeholder.png' data-lazy-srcset='{SMALL} 320w, {LARGE} 1600w'>",
        f"<picture><source srcset='{SMALL} 320w, {LARGE} 1600w'><img src='{GREY}'></picture>",
        f"<picture><source data-srcset='{LARGE}'><img alt='x'></picture>",
        f"<img class='lazy'><noscript><img src='{LARGE}'></noscript>",
        f"<picture><img src='{GREY}'></picture><noscript><img src='{LARGE}'></noscript>",
        f"<a href='{LARGE}'><img src='{SMALL}'></a>",
        f"<img src='{GREY}' data-nv-src='{LARGE}'>",
        f"<img src='{SMALL}' data-full='{LARGE}'>",
        "<img src='/1x1.gif' data-src='{\"default\":\"https:\\/\\/i.example\\/a-1600.jpg\"}'>",
        "<img data-src='https://i.example/a-{width}.jpg' data-widths='[320, 640, 1600]'>",
        f"<img src='{SMALL}' srcset='{SMALL}, {LARGE} 2x'>",
        f"<img src='{GREY}' data-echo='{LARGE}'>",
        f"<img src='{GREY}' nitro-lazy-src='{LARGE}'>",
        f"<img src='{GREY}' data-src-mobile='{SMALL}' data-src-desktop='{LARGE}'>",
        f"<img src='{GREY}' data-img-thumb='{SMALL}' data-img-url='{LARGE}'>",
        f"<img src='{GREY}' data-interchange='[{SMALL}, small], [{LARGE}, large]'>",
        f'<img src=\'{GREY}\' data-sources=\'[{{"url":"{SMALL}"}},{{"url":"{LARGE}"}}]\'>',
        f"<img src='{SMALL}' data-zoom-image='{LARGE}'>",
        f"<noscript><img src='{LARGE}'></noscript>",
        f"<div style=\"background-image: url('{LARGE}')\" role='img'></div>",
        f"<div class='lazy' data-bg='{LARGE}'></div>",
        f"<video poster='{LARGE}' src='https://i.example/film.mp4'></video>",
    ],
)
def test_the_largest_real_picture_is_taken(images, markup):
    found = images(f"<figure>{markup}<figcaption>The bridge</figcaption></figure>")
    assert [(image.url, image.caption) for image in found] == [(LARGE, "The bridge")]


@pytest.mark.parametrize(
    "markup",
    [
        f"<img src='{GREY}'>",
        "<img src='/static/spacer.gif'>",
        "<img src='/img/logo-400.png'>",
        "<img class='siteLogo' src='/img/brand.png'>",
        "<img class='avatar' src='/img/lind.jpg'>",
        "<div class='byline'><img src='/img/lind.jpg'>By Ada Lind</div>",
    ],
)
def test_placeholders_logos_and_portraits_are_no_pictures(images, markup):
    assert images(markup) == ()


def test_words_within_names_are_no_logos(images):
    (image,) = images("<figure><img src='https://i.example/silicon-logistics.jpg'></figure>")
    assert image.url == "https://i.example/silicon-logistics.jpg"


@pytest.mark.parametrize("name", ["share-logo-1200x630.png", "site_icon.png", "default-avatar.jpg"])
def test_a_preview_of_the_site_is_no_lead(images, name):
    head = f'<meta property="og:image" content="https://x.example/static/{name}">'
    assert images("", head) == ()


def test_the_largest_of_a_srcset():
    assert largest_of_srcset("/a.jpg 1x, /a2.jpg 2x") == ("/a2.jpg", 0.0)
    assert largest_of_srcset("/a,w_1.jpg 100w,/b.jpg 200w") == ("/b.jpg", 200.0)
    assert largest_of_srcset("") == ("", 0.0)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The bridge at dusk. Photograph: Ada Lind/The Post", None, "Ada Lind/The Post"),
        ("The bridge at dusk. Photo by Ada Lind", None, "Ada Lind"),
        ("The bridge at dusk. REUTERS/Ada Lind", None, "REUTERS/Ada Lind"),
        ("The bridge at dusk. (AP Photo/Ada Lind)", None, "AP Photo/Ada Lind"),
        ("The bridge at dusk. Ada Lind/Getty Images", None, "Ada Lind/Getty Images"),
        ("Die Brücke am Abend. | Bild: picture alliance", "Die Brücke am Abend.", None),
        ("Die Brücke am Abend (Foto: dpa)", "Die Brücke am Abend", "dpa"),
        ("Le pont au soir. Crédit photo : Ada Lind", "Le pont au soir.", "Ada Lind"),
        ("El puente al anochecer (EFE/Ada Lind)", "El puente al anochecer", "EFE/Ada Lind"),
        ("Most o zmierzchu. Fot. Ada Lind", "Most o zmierzchu.", "Ada Lind"),
        ("A ponte ao anoitecer — Foto: Ada Lind/G1", "A ponte ao anoitecer", "Ada Lind/G1"),
        ("傍晚的大桥。图片来源：新华社", "傍晚的大桥。", "新华社"),
        ("傍晚的大橋。（圖／王小明）", "傍晚的大橋。", "王小明"),
        ("夕暮れの橋＝写真：田中宏昌", "夕暮れの橋", "田中宏昌"),
        ("夕暮れの橋＝田中宏昌撮影", "夕暮れの橋", "田中宏昌撮影"),
        ("해질녘 다리 /사진=연합뉴스", "해질녘 다리", "연합뉴스"),
        ("해질녘 다리. ⓒ연합뉴스", "해질녘 다리.", "연합뉴스"),
        ("الجسر عند الغسق. (رويترز)", "الجسر عند الغسق.", "رويترز"),
        ("الجسر عند الغسق - تصوير: أحمد علي", "الجسر عند الغسق", "أحمد علي"),
        ("The bridge at dusk. (Ada Lind/The Northern Post)", None, "Ada Lind/The Northern Post"),
        ("The bridge at dusk. (ABC News: Ada Lind)", None, "ABC News: Ada Lind"),
        ("The bridge at dusk. Credit…Ada Lind for The Post", None, "Ada Lind for The Post"),
        ("The bridge at dusk. Courtesy of Ada Lind", None, "Ada Lind"),
        ("The bridge at dusk. File photo: Ada Lind", None, "Ada Lind"),
        ("The bridge at dusk — Ada Lind/EPA", "The bridge at dusk", "Ada Lind/EPA"),
        ("The bridge at dusk. ADA LIND / AFP", None, "ADA LIND / AFP"),
        ("Image source, Getty Images Image caption, The bridge at dusk.", None, "Getty Images"),
        ("Le pont au soir. Photo Ada Lind", "Le pont au soir.", "Ada Lind"),
        ("El puente al anochecer | Ada Lind (EFE)", "El puente al anochecer", "Ada Lind (EFE)"),
        ("Il ponte di sera (foto Ansa)", "Il ponte di sera", "Ansa"),
        ("Il ponte di sera. Foto di Ada Lind", "Il ponte di sera.", "Ada Lind"),
        ("Most o zmierzchu. Źródło: PAP", "Most o zmierzchu.", "PAP"),
        ("Akşam köprü. Fotoğraf: AA", "Akşam köprü.", "AA"),
    ],
)
def test_captions_are_parted_from_credits(text, caption, credit):
    expected = (caption or "The bridge at dusk.", credit or "picture alliance")
    assert photo_credits.split(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The mayor named the source: a clerk of the harbour board.",
        "She keeps a picture of the old bridge by her bed.",
        "Die Quelle des Flusses liegt im Norden.",
        "The Photo Wall Opens in May.",
        "Visitors of the exhibition (Men and Women).",
        "The bridge (Marrow / Penrow) at noon.",
        "Ada Lind (left) with Bo Ek.",
        "Ada Lind and Bo Ek, 2019 | The Northern Post",
    ],
)
def test_a_caption_without_credit_stays_whole(text):
    assert photo_credits.split(text) == (text, "")


@pytest.mark.parametrize(
    "markup",
    [
        "The bridge.<cite>Ada Lind/The Post</cite>",
        "The bridge.<span aria-hidden='false'>Picture: Ada Lind/The Post</span>",
        "The bridge. <span class='credit'>Photo: Ada Lind/The Post</span>",
        "The bridge.<span itemprop='copyrightHolder'>Ada Lind/The Post</span>",
    ],
)
def test_credits_with_elements_of_their_own(images, markup):
    page = f"<figure><img src='{LARGE}'><figcaption>{markup}</figcaption></figure>"
    (image,) = images(page)
    assert (image.caption, image.credit) == ("The bridge.", "Ada Lind/The Post")


def test_a_film_beside_a_picture_is_no_picture(images):
    markup = f"<img src='{LARGE}'><video poster='{SMALL}'></video>"
    assert [image.url for image in images(f"<figure>{markup}</figure>")] == [LARGE]


@pytest.mark.parametrize("mark", ["/", "-", "|", " - "])
def test_a_caption_of_separators_costs_little(mark):
    text = f"The bridge {mark * 20_000} x"
    start = time.process_time()
    assert photo_credits.split(text) == (text, "")
    assert time.process_time() - start < 1.0
