"""Pages that test whether a visitor is human. We recognize them and never answer them."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from itertools import chain

# header, text in its value ("" = any value), vendor
_HEADER_SIGNS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-sucuri-block", "", "Sucuri"),
)
# text in the page's code (never in its prose), vendor
_BODY_SIGNS = (
    (b"window._cf_chl_opt", "Cloudflare"),
    (b"captcha-delivery.com/", "DataDome"),
    (b"_Incapsula_Resource?", "Imperva"),
    (b"px-captcha", "HUMAN"),
    (b"awsWafCookieDomainList", "AWS WAF"),
    (b"/.within.website/x/cmd/anubis/", "Anubis"),
    (b"sec-if-cpt-container", "Akamai"),
    (b"sucuri_cloudproxy_js", "Sucuri"),
)
# What a vendor also adds to pages that it lets through: it says something only of a refusal.
_PASSIVE_HEADER_SIGNS = (("x-datadome", "protected", "DataDome"), ("x-kpsdk-ct", "", "Kasada"))
_PASSIVE_BODY_SIGNS = (
    (b"/cdn-cgi/challenge-platform/", "Cloudflare"),
    (b"window._pxAppId", "HUMAN"),
)
# A firewall's own page says with status 200, too, that it blocked the request, and under which
# number its log has it.
_BLOCK = re.compile(
    rb"request (?:url )?(?:was |has been |is )?(?:rejected|blocked|denied|unsuccessful)"
    rb"|requested url was rejected|(?:you have|has) been (?:blocked|limited|denied)"
    rb"|access (?:to this \w+ (?:has been |is |was )?)?denied|web page blocked|attack detected",
    re.IGNORECASE,
)
_BLOCK_NUMBER = re.compile(
    rb"(?:support|incident|event|reference|request|attack|ray|block|session|message)\s*(?:id|#|no\.?|number)?"
    rb"(?:\s+is)?\s*[:#&=]\s*(?:<[^>]*>\s*)*[\w.#;&-]*\d",
    re.IGNORECASE,
)
_BLOCK_TITLE = re.compile(
    rb"<title[^>]*>\s*(?:request (?:rejected|blocked|denied)|access denied|web page blocked"
    rb"|attention required! \| cloudflare|blocked|403 forbidden)\s*</title>",
    re.IGNORECASE,
)
_CODE = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.IGNORECASE | re.DOTALL)
MAX_BLOCK_BYTES = 20_000
MAX_BLOCK_TEXT = 1_000
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
    """Return "a challenge of" its vendor or "a block page", or an empty string if the response is
    neither."""
    is_refusal = status in _CHALLENGE_STATUSES
    if not (is_refusal or _is_short(body)):
        return ""
    passive_headers = _PASSIVE_HEADER_SIGNS if is_refusal else ()
    passive_signs = _PASSIVE_BODY_SIGNS if is_refusal else ()
    for name, sign, vendor in chain(_HEADER_SIGNS, passive_headers):
        value = headers.get(name)
        if value is not None and sign in value.lower():
            return f"a challenge of {vendor}"
    vendors = (vendor for sign, vendor in chain(_BODY_SIGNS, passive_signs) if sign in body)
    if found := next(vendors, ""):
        return f"a challenge of {found}"
    return "a block page" if _is_block_page(body) else ""


def _is_short(body: bytes) -> bool:
    return len(body) <= MAX_BYTES and body.count(b"<p") <= MAX_PARAGRAPHS


def _is_block_page(body: bytes) -> bool:
    """Return whether a firewall says that it has blocked the request: in so many words with the
    number of the case, or as the title of a page that says little else."""
    if len(body) > MAX_BLOCK_BYTES or not _BLOCK.search(body):
        return False
    text = _CODE.sub(b" ", body)
    if len(b" ".join(text.split())) > MAX_BLOCK_TEXT:
        return False
    is_numbered = _BLOCK.search(text) and _BLOCK_NUMBER.search(body)
    return bool(is_numbered or _BLOCK_TITLE.search(body))
