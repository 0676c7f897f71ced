from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from schemas.page import StoredPage
from schemas.reasons import Reason
from workers.exceptions import PermanentFailure, Refusal, TryAgain
from workers.fetch import challenges, response_checks

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
URL = "https://www.gazette.example/news/bridge"
ARTICLE = b"<title>Bridge</title>" + 9 * b"<p>The council votes for a new bridge.</p>"


def answer(status=200, body=ARTICLE, headers=(), final_url=URL):
    return StoredPage(URL, final_url, status, headers, body, NOON)


def test_a_page_is_to_be_read_and_an_unchanged_one_is_not():
    assert response_checks.check_response(answer())
    assert not response_checks.check_response(answer(304, b""))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, Reason.FORBIDDEN),
        (401, Reason.FORBIDDEN),
        (403, Reason.FORBIDDEN),
        (404, Reason.NOT_FOUND),
        (410, Reason.GONE),
        (451, Reason.FORBIDDEN),
        (204, Reason.BAD_RESPONSE),
        (302, Reason.BAD_RESPONSE),
        (501, Reason.BAD_RESPONSE),
        (999, Reason.BAD_RESPONSE),
    ],
)
def test_a_status_for_good_ends_the_page(status, reason):
    with pytest.raises(PermanentFailure) as end:
        response_checks.check_response(answer(status))
    assert end.value.reason is reason


@pytest.mark.parametrize(("status", "reason"), [(403, "forbidden"), (404, "not_found")])
def test_what_may_be_the_hosts_state_is_a_refusal(status, reason):
    with pytest.raises(Refusal) as refusal:
        response_checks.check_response(answer(status))
    assert refusal.value.reason == reason
    assert response_checks.is_refusal(status, {}, ARTICLE) == (status == 403)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 504, 520, 525, 530])
def test_a_status_that_may_pass_is_tried_again(status):
    with pytest.raises(TryAgain, match=str(status)):
        response_checks.check_response(answer(status))


@pytest.mark.parametrize("place", ["https://www.gazette.example/", "https://m.gazette.example/404"])
def test_an_article_that_leads_to_the_first_page_or_an_error_page_is_missing(place):
    with pytest.raises(PermanentFailure) as end:
        response_checks.check_response(answer(final_url=place))
    assert end.value.reason is Reason.ERROR_PAGE


@pytest.mark.parametrize(
    "place", [URL + "/", "https://m.gazette.example/news/bridge", "https://gazette.example/?p=7"]
)
def test_an_article_that_only_moved_is_a_page(place):
    assert response_checks.check_response(answer(final_url=place))


@pytest.mark.parametrize("kind", ["*/*", "unknown/unknown", "html", "text/html:charset=utf-8"])
def test_where_the_header_says_nothing_the_body_does(kind):
    headers = (("content-type", kind),)
    response_checks.check_head(200, dict(headers))
    assert response_checks.check_response(answer(headers=headers))
    for body in (b"Just words, no markup.", b"{}"):
        with pytest.raises(PermanentFailure) as end:
            response_checks.check_response(answer(body=body, headers=headers))
        assert end.value.reason is Reason.NOT_HTML


def test_a_body_that_broke_off_is_asked_for_again():
    with pytest.raises(TryAgain) as later:
        response_checks.check_response(replace(answer(), is_cut=True))
    assert later.value.reason is Reason.BAD_RESPONSE


@pytest.mark.parametrize(
    "kind", ["text/html", "TEXT/HTML; charset=utf-8", "application/xhtml+xml", ""]
)
def test_html_is_downloaded(kind):
    response_checks.check_head(200, {"content-type": kind})


@pytest.mark.parametrize("kind", ["application/pdf", "image/png", "application/json", "video/mp4"])
def test_other_kinds_are_not_downloaded_unless_they_explain_an_error(kind):
    response_checks.check_head(500, {"content-type": kind})
    with pytest.raises(PermanentFailure) as end:
        response_checks.check_head(200, {"content-type": kind})
    assert end.value.reason is Reason.NOT_HTML


@pytest.mark.parametrize(
    ("status", "headers", "body", "maker"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        (503, {}, b"<script>window._cf_chl_opt={}</script>", "Cloudflare"),
        (200, {}, b"<script src='https://geo.captcha-delivery.com/x'>", "DataDome"),
        (405, {"x-amzn-waf-action": "captcha"}, b"", "AWS WAF"),
        (403, {}, b"<div id='px-captcha'>", "HUMAN"),
        (200, {}, b"<iframe src='/_Incapsula_Resource?x'>", "Imperva"),
    ],
)
def test_challenges_are_told_by_their_makers_marks(status, headers, body, maker):
    assert maker in challenges.find_challenge(status, headers, body)


def test_an_article_with_a_makers_script_is_no_challenge():
    body = b"<script src='/cdn-cgi/challenge-platform/h/b/x.js'></script>" + ARTICLE
    assert challenges.find_challenge(200, {"cf-ray": "1"}, body) == ""
    assert challenges.find_challenge(404, {}, b"<p>Not here") == ""


REJECTED = (
    b"<html><head><title>Request Rejected</title></head><body>The requested URL was rejected. "
    b"Please consult with your administrator.<br><br>Your support ID is: 8472658341<br></body>"
)
DENIED = (
    b"<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have "
    b"permission to access this page.<P>Reference&#32;&#35;18&#46;8f3d4a17&#46;17</BODY></HTML>"
)
UNSUCCESSFUL = b"<p>Request unsuccessful. Incapsula incident ID: 877000-123</p>"
BLOCKED = (
    b"<title>Attention Required! | Cloudflare</title><h1>Sorry, you have been blocked</h1>"
    b"<p>Cloudflare Ray ID: <strong>8a1b2c3d</strong></p>"
)
LIMITED = b"<title>Blocked</title><h1>Your access to this site has been limited by the owner</h1>"


@pytest.mark.parametrize("body", [REJECTED, DENIED, UNSUCCESSFUL, BLOCKED, LIMITED])
def test_a_block_page_that_says_200_is_none_of_the_outlets(body):
    with pytest.raises(Refusal) as refusal:
        response_checks.check_response(answer(body=body))
    assert refusal.value.reason is Reason.BOT_CHALLENGE


@pytest.mark.parametrize(
    "body",
    [
        b"<title>Council's request rejected</title><p>The court has rejected it.",
        b"<title>Request rejected</title><p>"
        + 40 * b"The minister's request was rejected by the court. "
        + b"Case number: 12",
        b"<title>Access denied</title>" + 30 * b"<p>Reporters were denied access: session 5.",
        b"<title>News</title><script src='/cdn-cgi/challenge-platform/h/b/x.js'></script><p>Open.",
        b"<script>__CF$cv$params={};a='/cdn-cgi/challenge-platform/scripts/jsd/main.js'</script>",
        b"<script>window._pxAppId='PX1'</script><title>Short</title><p>Open.",
    ],
)
def test_a_short_page_with_a_passive_script_or_such_words_is_a_page(body):
    headers = (("content-type", "text/html"), ("x-datadome", "protected"), ("x-kpsdk-ct", "1"))
    assert response_checks.check_response(answer(body=body, headers=headers))


@pytest.mark.parametrize("status", [403, 429, 503])
def test_with_a_refusal_a_passive_sign_says_whose_it_is(status):
    body = b"<script src='/cdn-cgi/challenge-platform/h/b/x.js'></script>"
    assert "Cloudflare" in challenges.find_challenge(status, {}, body)
    assert "DataDome" in challenges.find_challenge(status, {"x-datadome": "protected"}, b"")


@pytest.mark.parametrize("asked", ["/?p=123", "/index.php?id=4", "/news/7"])
def test_an_address_by_number_that_leads_to_the_first_page_is_missing(asked):
    home = "https://www.gazette.example/"
    page = replace(answer(final_url=home), url=home.rstrip("/") + asked)
    with pytest.raises(PermanentFailure) as end:
        response_checks.check_response(page)
    assert end.value.reason is Reason.ERROR_PAGE
    assert response_checks.check_response(replace(page, final_url=page.url))
    assert response_checks.check_response(replace(page, url=home))
