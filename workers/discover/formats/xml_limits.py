"""What XML may hold before a parser of a third party gets it: feedparser looks each attribute up
among all others of its element and each name among all prefixes, and expat begins a long token anew
with each piece of it."""

import re

from workers.discover.links import BadFeedError

MAX_ATTRIBUTES = 300  # of an element; the root of a feed has some 30, most of them prefixes
MAX_PREFIXES = 200
MAX_NAME_LENGTH = 1_000
MAX_TOKEN_LENGTH = 1_000_000  # a tag, with the text after it
MAX_ELEMENTS = 500_000  # of a feed
MAX_ENTRIES = 4_000_000  # elements of a sitemap: 50,000 pages with 1,000 pictures are too many
# elements that no link is read from, by their local names: feeds are mostly these
_UNUSED = frozenset(
    b"author content contributor copyright creator description encoded info managingeditor owner "
    b"publisher rights subtitle summary tagline webmaster".split()
)
_MARKUP = re.compile(
    rb"<(?:(!--|\?|!\[CDATA\[|!)"
    rb"|(/?)([^\s<>/!?\"'=][^\s<>/]*+)((?:[^>\"']++|\"[^\"]*+\"|'[^']*+')*+)(>?))"
)
_END_OF = {b"!--": b"-->", b"?": b"?>", b"![CDATA[": b"]]>"}
_ATTRIBUTE = re.compile(rb"[^\s=/\"']++(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s\"'>]++))?+")
_PREFIX = re.compile(rb"xmlns:([^\s=\"'>]+)", re.IGNORECASE)
_LONG_TOKEN = re.compile(rb"<[^<]{%d}" % MAX_TOKEN_LENGTH)
_XML_DECLARATION = re.compile(rb"<\?xml\s")


def check_size(xml: bytes) -> None:
    """Check that a sitemap's XML can be parsed in a time that grows with its size alone.

    Raises:
        BadFeedError: it cannot.
    """
    if xml.count(b"<") > MAX_ENTRIES:
        raise BadFeedError(f"has more than {MAX_ENTRIES:,} elements")
    for begin, end in ((b"<!--", b"-->"), (b"<?", b"?>")):
        position = xml.find(begin)
        while position >= 0:
            close = xml.find(end, position + len(begin))
            if (close if close >= 0 else len(xml)) - position > MAX_TOKEN_LENGTH:
                raise BadFeedError(f"has a comment of more than {MAX_TOKEN_LENGTH:,} bytes")
            position = xml.find(begin, close) if close >= 0 else -1
    _check_tokens(xml)


def reduce_feed(xml: bytes) -> bytes:
    """Return the XML of a feed, in UTF-8, without comments and without the texts and authors that
    no link is read from.

    Raises:
        BadFeedError: it has more elements, attributes, prefixes or longer names than any feed.
    """
    reduced = _Reduction(xml).run()
    _check_tokens(reduced)
    return reduced


def _check_tokens(xml: bytes) -> None:
    """Check that no token is too long.

    Raises:
        BadFeedError: something in `xml` is so long that reading it piece by piece takes too long.
    """
    if _LONG_TOKEN.search(xml):
        raise BadFeedError(f"has a tag or a text of more than {MAX_TOKEN_LENGTH:,} bytes")


class _Reduction:
    """One pass over a feed; each byte of it is looked at a bounded number of times."""

    def __init__(self, xml: bytes) -> None:
        self._xml = xml
        self._kept: list[bytes] = []
        self._start = 0  # of what is not kept yet
        self._elements = 0
        self._prefixes: set[bytes] = set()
        self._never_ends: set[bytes] = set()  # what has no end from here on

    def run(self) -> bytes:
        """Return what is left.

        Raises:
            BadFeedError: a limit is exceeded.
        """
        position = 0
        while found := _MARKUP.search(self._xml, position):
            if found[1] is not None:
                position = self._pass_special(found)
            elif found[2] or not found[5]:
                position = found.end()
            else:
                position = self._pass_element(found)
        self._kept.append(self._xml[self._start :])
        return b"".join(self._kept)

    def _pass_special(self, found: re.Match[bytes]) -> int:
        """Return where a comment, an instruction or a CDATA section ends; the first two are left
        out, other than the XML declaration."""
        end = self._find_end(_END_OF.get(found[1], b""), found.end())
        if end < 0 or found[1] == b"![CDATA[":
            return max(end, found.end())
        if not _XML_DECLARATION.match(self._xml, found.start()):
            self._leave_out(found.start(), end)
        return end

    def _find_end(self, mark: bytes, position: int) -> int:
        """Return where the next `mark` ends, or -1 if there is none."""
        if not mark or mark in self._never_ends:
            return -1
        end = self._xml.find(mark, position)
        if end < 0:
            self._never_ends.add(mark)
            return -1
        return end + len(mark)

    def _pass_element(self, found: re.Match[bytes]) -> int:
        """Return where to go on after a start tag: of an unused element, its end tag.

        Raises:
            BadFeedError: a limit is exceeded.
        """
        name, attributes = found[3], found[4]
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise BadFeedError(f"has more than {MAX_ELEMENTS:,} elements")
        if len(name) > MAX_NAME_LENGTH:
            raise BadFeedError(f"has a name of more than {MAX_NAME_LENGTH:,} bytes")
        self._check_attributes(attributes)
        if attributes.endswith(b"/") or name.lower().rpartition(b":")[2] not in _UNUSED:
            return found.end()
        end = self._find_end_tag(name, found.end())
        if end > found.end():
            self._leave_out(found.end(), end)
        return end

    def _check_attributes(self, attributes: bytes) -> None:
        """Check how many there are.

        Raises:
            BadFeedError: there are too many, or too many prefixes.
        """
        many = attributes.count(b"=") > MAX_ATTRIBUTES
        if many and len(_ATTRIBUTE.findall(attributes)) > MAX_ATTRIBUTES:
            raise BadFeedError(f"has an element with more than {MAX_ATTRIBUTES} attributes")
        if b"xmlns:" in attributes.lower():
            self._prefixes.update(_PREFIX.findall(attributes))
            if len(self._prefixes) > MAX_PREFIXES:
                raise BadFeedError(f"declares more than {MAX_PREFIXES} prefixes")

    def _find_end_tag(self, name: bytes, position: int) -> int:
        """Return where the end tag of an element begins whose content is at `position`;
        `position` itself if it has none. A CDATA section may hold the text of such a tag."""
        if name in self._never_ends:
            return position
        marks = re.compile(rb"<!\[CDATA\[|</%b\s*>" % re.escape(name), re.IGNORECASE)
        begin = position
        while found := marks.search(self._xml, begin):
            if found[0].startswith(b"</"):
                return found.start()
            end = self._find_end(_END_OF[b"![CDATA["], found.end())
            begin = end if end >= 0 else found.end()
        self._never_ends.add(name)
        return position

    def _leave_out(self, start: int, end: int) -> None:
        self._kept.append(self._xml[self._start : start])
        self._start = end
