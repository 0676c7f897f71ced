"""Text of strangers, made safe for a terminal."""

from rich.text import Text

from workers.search.results import Segments


def terminal_safe(text: str) -> str:
    """Return `text` with a space for each character that is not printable, as such characters can
    control a terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def highlight(segments: Segments, style: str = "bold yellow") -> Text:
    """Return the text with what matched in `style`."""
    text = Text()
    for segment in segments:
        text.append(terminal_safe(segment.text), style if segment.is_hit else None)
    return text
