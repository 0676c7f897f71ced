"""JSON-LD, also where it is broken."""

import pytest

from workers.parse.html import jsonld


@pytest.mark.parametrize(
    "raw",
    [
        '{"headline": "A", }',
        '<!-- {"headline": "A"} -->',
        '//<![CDATA[\n{"headline": "A"}\n//]]>',
        '{"headline": "A"};',
        '{"headline": "A", "description": "two\nlines"}',
        '{"headline": "A"}{"headline": "B"}',
        "{&quot;headline&quot;: &quot;A&quot;}",
    ],
)
def test_json_ld_with_common_faults_is_repaired(raw):
    assert jsonld.parse_scripts([raw])[0]["headline"] == "A"
