"""Pages that test whether a visitor is human. We recognize them and never answer them."""

from collections.abc import Mapping
from http import HTTPStatus

# header, text in its value ("" = any value), vendor
_HEADER_SIGNS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-datadome", "protected", "DataDome"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-kpsdk-ct", "", "Kasada"),
)
# text in the page's code (never in its prose), vendor
_BODY_SIGNS = (
    (b"/cdn-cgi/challenge-platform/h/", "Cloudflare"),
    (b"window._cf_chl_opt", "Cloudflare"),
    (b"captcha-delivery.com/", "DataDome"),
    (b"_Incapsula_Resource?", "Imperva"),
    (b"window._pxAppId", "HUMAN"),
    (b"px-captcha", "HUMAN"),
    (b"awsWafCookieDomainList", "AWS WAF"),
    (b"/.within.website/x/cmd/anubis/", "Anubis"),
    (b"sec-if-cpt-container", "Akamai"),
    (b"sucuri_cloudproxy_js", "Sucuri"),
)
# A whole article may carry such a script, too, and is no challenge: a challenge is short.
MAX_BYTES = 60_000
MAX_PARAGRAPHS = 3
_CHALLENGE_STATUSES = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


def find_challenge(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Return "a challenge of" its vendor, or an empty string if the response is no challenge."""
    if not _may_be_challenge(status, body):
        return ""
    for name, sign, vendor in _HEADER_SIGNS:
        value = headers.get(name)
        if value is not None and sign in value.lower():
            return f"a challenge of {vendor}"
    return next((f"a challenge of {vendor}" for sign, vendor in _BODY_SIGNS if sign in body), "")


def _may_be_challenge(status: int, body: bytes) -> bool:
    is_short = len(body) <= MAX_BYTES and body.count(b"<p") <= MAX_PARAGRAPHS
    return status in _CHALLENGE_STATUSES or is_short
