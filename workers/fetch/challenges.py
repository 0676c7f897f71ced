"""Pages that ask whether one is human: told by what their makers send, never answered."""

from collections.abc import Mapping

# header → part of its value that tells ("" = any) → whose it is
_HEADERS = (
    ("cf-mitigated", "challenge", "Cloudflare"),
    ("x-amzn-waf-action", "", "AWS WAF"),
    ("x-datadome", "protected", "DataDome"),
    ("x-vercel-mitigated", "challenge", "Vercel"),
    ("x-sucuri-block", "", "Sucuri"),
    ("x-kpsdk-ct", "", "Kasada"),
)
# part of the body → whose it is; each stands in the page's code, not in its words
_BODIES = (
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
# a whole article may carry such a script too, and is no challenge
MAX_BYTES = 60_000
_CHALLENGE_STATUS = frozenset({401, 403, 405, 429, 503})


def challenge_of(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """Whose challenge the answer is; empty if it is none."""
    for name, sign, maker in _HEADERS:
        value = headers.get(name)
        if value is not None and sign in value.lower() and _is_barred(status, body):
            return f"a challenge of {maker}"
    if _is_barred(status, body):
        return next((f"a challenge of {maker}" for sign, maker in _BODIES if sign in body), "")
    return ""


def _is_barred(status: int, body: bytes) -> bool:
    return status in _CHALLENGE_STATUS or (len(body) <= MAX_BYTES and body.count(b"<p") < 4)  # noqa: PLR2004  an article has paragraphs
