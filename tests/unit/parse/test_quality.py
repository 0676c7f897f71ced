"""Coverage of an outlet's fields, and what got worse."""

from schemas.article import Article, Block
from workers.parse import quality
from workers.parse.fields.extraction_result import ExtractionResult


def result(words: int = 300, **fields) -> ExtractionResult:
    blocks = (Block("paragraph", "word " * words),)
    article = Article(url="https://a.example/x", title="Bridge closed", blocks=blocks, **fields)
    return ExtractionResult(article, {"title": "h1"})


def test_coverage_is_the_part_of_the_pages_with_the_field():
    coverage = quality.measure_coverage([result(section="World"), result()])
    assert coverage.fields["section"] == 0.5
    assert coverage.fields["title"] == 1.0


def test_lost_fields_and_shrunken_texts_are_reported():
    before = quality.measure_coverage([result(section="World")] * 6)
    now = quality.measure_coverage([result(words=40)] * 6)
    lines = quality.describe_drift(before, now)
    assert any(line.startswith("section was read on 100%") for line in lines)
    assert any("words" in line for line in lines)


def test_nothing_is_said_of_a_few_pages_or_of_no_change():
    few = quality.measure_coverage([result()] * 2)
    same = quality.measure_coverage([result()] * 6)
    assert quality.describe_drift(few, same) == ()
    assert quality.describe_drift(same, same) == ()
    assert quality.measure_coverage([]).pages == 0
