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
