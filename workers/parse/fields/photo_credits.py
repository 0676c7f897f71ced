"""Parts captions of pictures from the credits of photographers and agencies."""

import re
from typing import Final

_WORDS: Final = (
    r"image source|file (?:photo|picture|image)|"
    r"photograph(?:s|er|y)?|photos?|foto(?:s|grafie|grafía|grafia)?|im[aá]gen(?:es)?|imagem|immagine|"
    r"images?|bild(?:er|quelle|nachweis|rechte)?|pictures?|credits?|cr[ée]dit[os]?s?|quelle|source|"
    r"fuente|fonte|bron|beeld|fot\.?|kuva|zdjęcie|kép|görsel|kaynak|ảnh|fotó|illustration|copyright|"
    r"fotoğraf|źródło|fotógrafo|fotógrafa|fotograf(?:in|ka|e)?|photographe|fotografi|fotogalerie|"
    r"archiv(?:bild|foto)|symbol(?:bild|foto)|"
    r"фото(?:графия|графія)?|источник|джерело|снимка|φωτογραφία|φωτό|πηγή|"
    r"تصوير|الصورة|صورة|المصدر|عکس|צילום|फोटो|तस्वीर|ছবি|ภาพ|ஒளிப்படம்|"
    r"写真|画像|出典|撮影|图片来源|圖片來源|图片|圖片|图源|图|圖|摄影|攝影|来源|來源|사진|출처"
)
_QUALIFIER: Final = (
    r"(?:\s(?:photos?|fotos?|images?|credit|courtesy(?: of)?|de (?:la )?foto|d[e'’]?\s?image))?"
)
_AGENCIES: Final = (
    r"REUTERS|Reuters|EFE|AFP|AP Photo|AP|DPA|dpa|ANSA|EPA|PA Wire|PA|Getty Images|Getty|"
    r"Xinhua|TASS|"
    r"picture[ -]alliance|imago(?: images)?|IMAGO|APA|Keystone|KEYSTONE|LUSA|Belga|ANP|"
    r"TT|NTB|Ritzau|"
    r"Lehtikuva|PAP|ČTK|MTI|Kyodo|Yonhap|新华社|新華社|中新社|中央社|路透社|法新社|美联社|共同|時事|"
    r"ロイター|연합뉴스|뉴시스|로이터|РИА Новости|ТАСС|Рейтер|رويترز|أ ف ب|فرانس برس|الأناضول|"
    r"AA|Anadolu|Antara|Eurokinissi|STT|CP|AAP|PTI|ANI"
)
PREFIX: Final = re.compile(
    rf"^\W*(?:(?:{_WORDS}){_QUALIFIER}(?![^\W_])\s*(?:by|von|de|di|par|av|:|：|/|／|©)?\s*"
    r"[:：/／©…=＝,]?\s*"
    r"|(?:courtesy|提供|[©ⓒⒸ]|\(c\))\s*(?:of\b)?\s*[:：]?\s*)",
    re.IGNORECASE,
)
_CAPITAL: Final = r"(?-i:[^\W\d_a-zà-öø-ÿ])"
# Two to five words with capitals, also "Lena van der Berg".
_WORD_OF_NAME: Final = rf"{_CAPITAL}(?:\.|[^\s()/|.:,]*)"
_NAME: Final = rf"{_WORD_OF_NAME}(?:\s(?:(?:van|der|de|da|von|la)\s)*{_WORD_OF_NAME}){{1,4}}"
_AT_END: Final = re.compile(
    r"[\s|/—–-]*[(（\[【]?\s*(?P<credit>"
    rf"(?i:(?<!\w)(?:{_WORDS}){_QUALIFIER}\s*[:：/／=＝…,](?<!\w,)\s*[^()（）\[\]]{{2,80}})"
    r"|(?i:(?<!\w)image source, )[^()\[\].]{2,60}"
    r"|(?i:(?<!\w)(?:photo(?:graph)?s?|pictures?|images?) (?:by|courtesy(?: of)?) )[^()\[\].]{2,60}"
    rf"|(?<=[(（\[.!?»”])\s?(?i:photos?|fotos?|beeld|bild|imagen) (?:(?:di|de|von|av|af|by) )?"
    rf"(?:{_NAME}|(?:{_AGENCIES})\b)[^()\[\]]{{0,40}}"
    rf"|(?<=[(（\[])(?i:photos?|fotos?) {_CAPITAL}[^()\[\]]{{1,40}}"
    r"|(?<=[.!?»”\"] )(?i:courtesy(?: of|:)? )[^()\[\].]{2,60}"
    r"|(?<!\w)(?i:fot)\. ?[^()\[\]]{2,60}"
    rf"|(?<!\w)(?:{_AGENCIES})\s?[/|]\s?[^()（）\[\]]{{2,60}}"
    rf"|(?:(?<=[(（\[])|(?<=[/|—–] ))(?:{_AGENCIES})"
    rf"|{_NAME}\s?/\s?(?:AP|AFP|Reuters|REUTERS|EPA|EFE|Getty Images|dpa|PA)\b[^()]{{0,20}}"
    rf"|(?<=[(（\[]){_NAME}\s?/\s?{_CAPITAL}[^()\[\]/]{{2,40}}"
    rf"|(?<=[(（\[]){_CAPITAL}[^():\[\]]{{2,30}}: {_NAME}"
    rf"|(?<=\| ){_NAME} \((?:{_AGENCIES})"
    r"|[©ⓒⒸ][^()\[\]]{2,80}"
    r"|(?:新华社|中新社|圖／)?(?:记者|記者)\s?[一-鿿]{2,4}\s?[摄攝]"
    r"|(?<=[＝=（(\s])[一-鿿ぁ-んァ-ヶ々・]{2,12}(?:撮影|提供)"
    r")\s*[)）\]】]?\.?\s*$"
)
_LABELLED: Final = re.compile(rf"(?i)^\W*(?:{_WORDS}){_QUALIFIER}\s*[:：/／]|^©|^\(c\)")
# "Image source, Getty Images Image caption, The loft at dusk."
_SOURCE_FIRST: Final = re.compile(r"^Image source, (.{2,60}?) Image caption, (.+)$", re.DOTALL)
_MAX_CREDIT_CHARS: Final = 200
_EDGES: Final = " \t|—–-()[]（）【】"


def split(text: str) -> tuple[str, str]:
    """Return the caption, and the credit at its end; each is empty if there is none."""
    if labelled := _SOURCE_FIRST.match(text):
        return labelled[2], labelled[1]
    # a row of separators takes the square of its length, and no credit is as long as this
    match = _AT_END.search(text, max(0, len(text) - _MAX_CREDIT_CHARS))
    if match is None or _is_word_of_sentence(text, match.start("credit")):
        return text, ""
    credit = clean(match["credit"])
    is_cut = credit.count("(") > credit.count(")")
    return text[: match.start()].rstrip(" |/—–-(（[＝="), credit + ")" * is_cut


def _is_word_of_sentence(text: str, start: int) -> bool:
    """Return True for a word in lower case behind another one: "the source: …"."""
    return text[start].islower() and text[:start].rstrip()[-1:].isalnum() and text[start] != "("


def clean(text: str) -> str:
    """Return a credit without words such as "Photo:" before it; the text itself if that is all."""
    return PREFIX.sub("", text).strip(_EDGES) or text.strip(_EDGES)


def is_labelled(text: str) -> bool:
    """Return True for a text that begins with a word for credits and a colon."""
    return _LABELLED.match(text) is not None
