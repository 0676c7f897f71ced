"""Parts captions of pictures from the credits of photographers and agencies."""

import re
from typing import Final

_WORDS: Final = (
    r"photograph(?:s|er|y)?|photos?|foto(?:s|grafie|grafía|grafia)?|im[aá]gen(?:es)?|imagem|immagine|"
    r"images?|bild(?:er|quelle|nachweis|rechte)?|pictures?|credits?|cr[ée]dit[os]?s?|quelle|source|"
    r"fuente|fonte|bron|beeld|fot\.?|kuva|zdjęcie|kép|görsel|kaynak|ảnh|fotó|illustration|copyright|"
    r"фото(?:графия)?|источник|джерело|снимка|φωτογραφία|πηγή|"
    r"写真|画像|出典|图片来源|圖片來源|图片|圖片|图源|图|圖|摄影|攝影|来源|來源|사진|출처"
)
_QUALIFIER: Final = (
    r"(?:\s(?:photos?|fotos?|images?|credit|courtesy(?: of)?|de (?:la )?foto|d[e'’]?\s?image))?"
)
_AGENCIES: Final = (
    r"REUTERS|Reuters|EFE|AFP|AP Photo|AP|DPA|dpa|ANSA|EPA|PA Wire|PA|Getty Images|Getty|"
    r"Xinhua|TASS|"
    r"picture[ -]alliance|imago(?: images)?|IMAGO|APA|Keystone|KEYSTONE|LUSA|Belga|ANP|"
    r"TT|NTB|Ritzau|"
    r"Lehtikuva|PAP|ČTK|MTI|Kyodo|Yonhap|新华社|中新社|共同|時事"
)
PREFIX: Final = re.compile(
    rf"^\W*(?:(?:{_WORDS}){_QUALIFIER}(?![^\W_])\s*(?:by|von|de|di|par|av|:|：|/|／|©)?\s*[:：/／©]?\s*"
    r"|(?:courtesy|提供|©|\(c\))\s*(?:of\b)?\s*[:：]?\s*)",
    re.IGNORECASE,
)
_AT_END: Final = re.compile(
    r"[\s|—–-]*[(（\[【]?\s*(?P<credit>"
    rf"(?i:(?<!\w)(?:{_WORDS}){_QUALIFIER}\s*[:：/／]\s*[^()（）\[\]]{{2,80}})"
    r"|(?i:(?<!\w)(?:photo(?:graph)?s?|pictures?|images?) (?:by|courtesy(?: of)?) )[^()\[\].]{2,60}"
    r"|(?<!\w)(?i:fot)\. ?[^()\[\]]{2,60}"
    rf"|(?<!\w)(?:{_AGENCIES})\s?[/|]\s?[^()（）\[\]]{{2,60}}"
    rf"|(?<=[(（\[])(?:{_AGENCIES})"
    r"|[^\W\d][^()（）\[\]./]{1,40}"
    r"/(?:AP|AFP|Reuters|REUTERS|EPA|EFE|Getty Images|dpa|PA)\b[^()]{0,20}"
    r"|©[^()\[\]]{2,80}"
    r"|(?:新华社|中新社)?记者\s?[一-鿿]{2,4}\s?摄"
    r")\s*[)）\]】]?\.?\s*$"
)
_LABELLED: Final = re.compile(rf"(?i)^\W*(?:{_WORDS}){_QUALIFIER}\s*[:：/／]|^©|^\(c\)")
_EDGES: Final = " \t|—–-()[]（）【】"


def split(text: str) -> tuple[str, str]:
    """Return the caption, and the credit at its end; each is empty if there is none."""
    match = _AT_END.search(text)
    if match is None or _is_word_of_sentence(text, match.start("credit")):
        return text, ""
    return text[: match.start()].rstrip(" |—–-(（[＝="), clean(match["credit"])


def _is_word_of_sentence(text: str, start: int) -> bool:
    """Return True for a word in lower case behind another one: "the source: …"."""
    return text[start].islower() and text[:start].rstrip()[-1:].isalnum() and text[start] != "("


def clean(text: str) -> str:
    """Return a credit without words such as "Photo:" before it; the text itself if that is all."""
    return PREFIX.sub("", text).strip(_EDGES) or text.strip(_EDGES)


def is_labelled(text: str) -> bool:
    """Return True for a text that begins with a word for credits and a colon."""
    return _LABELLED.match(text) is not None
