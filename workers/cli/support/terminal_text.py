"""Text of strangers on a terminal."""

from rich.text import Text

from workers.search.results import Segments


def terminal_safe(text: str) -> str:
    """Return `text` without characters that control a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def highlight(pieces: Segments, style: str = "bold yellow") -> Text:
    """Return the text with its matches in `style`."""
    text = Text()
    for piece in pieces:
        text.append(terminal_safe(piece.text), style if piece.is_hit else None)
    return text
