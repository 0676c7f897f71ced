"""Text of strangers on a terminal."""

from rich.text import Text

from workers.search.results import Pieces


def terminal_safe(text: str) -> str:
    """Without signs that steer a terminal."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def marked(pieces: Pieces, style: str = "bold yellow") -> Text:
    """With what matched in `style`."""
    text = Text()
    for piece in pieces:
        text.append(terminal_safe(piece.text), style if piece.is_hit else None)
    return text
