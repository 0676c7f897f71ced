"""The marks of an article's hits, numbered so that a reader can go from one to the next."""

from markupsafe import Markup, escape

from workers.search.response import parse_segments


class HitMarks:
    """Writes texts with their marks; `count` is how many there were so far."""

    def __init__(self) -> None:
        self.count = 0

    def show(self, text: str) -> Markup:
        """Return a text as HTML: escaped, its marks with the ids `hit-1`, `hit-2` …"""
        return Markup("").join(
            self._mark(segment.text) if segment.is_hit else escape(segment.text)
            for segment in parse_segments(text)
        )

    def _mark(self, text: str) -> Markup:
        self.count += 1
        return Markup('<mark id="hit-{}">{}</mark>').format(self.count, text)
