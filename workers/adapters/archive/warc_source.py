"""The bytes of a WARC file, unpacked piece by piece, with the place in the file that each is from.
What is damaged is passed over: the next record begins where it can be recognised."""

import re
import zlib
from typing import BinaryIO, Protocol

import zstandard

PIECE_BYTES = 1 << 16
MAX_LINE_BYTES = 1 << 16
# what of a gzip member is searched for its next record, before the next member is
MAX_SEARCH_BYTES = 1 << 26
MAX_DICTIONARY_BYTES = 1 << 24
_GZIP, _GZIP_MAGIC = 31, b"\x1f\x8b\x08"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
# a frame that decompressors skip; zstd files of records start with one where there is a dictionary
_DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
# the first line of a record of WARC, or of ARC: address, IP address, time, type, length
_RECORD = re.compile(
    rb"WARC/\d|(?:https?|filedesc)://\S+ [\d.:a-fA-F]+ \d{8,14} \S+ \d+\s*(?:\n|\Z)"
)
_HEAD_BYTES = 4096


class DamagedFileError(ValueError):
    """A file is damaged or cut short; `offset` is that of the gzip member, if it is one."""

    def __init__(self, reason: str, offset: int | None = None) -> None:
        super().__init__(reason)
        self.offset = offset


class Pieces(Protocol):
    """What a file holds, unpacked."""

    def next(self) -> tuple[int, bytes]:
        """Return the next piece with its offset, or an empty one at the end; raises
        DamagedFileError."""

    def skip_damage(self) -> bool:
        """Go on at the next place where a record begins; False if there is none."""


class WarcSource:
    """Reads the unpacked bytes of a file in order; no more than a piece of it is in memory."""

    def __init__(self, file: BinaryIO, start: int = 0) -> None:
        """`file` is at its start; it is read from the offset `start` on, which was that of a
        record.

        Raises:
            DamagedFileError: its dictionary cannot be read, or what comes before `start` in a zstd
                file.
        """
        first = file.read(4)
        file.seek(0)
        self.is_gzip = first.startswith(_GZIP_MAGIC[:2])
        self._pieces: Pieces
        if self.is_gzip:
            self._pieces = _GzipPieces(file, start)
        elif first in {_ZSTD_MAGIC, _DICTIONARY_MAGIC}:
            self._pieces = _ZstdPieces(file)
        else:
            self._pieces = _PlainPieces(file, start)
        self._piece = b""
        self._position = 0
        self._piece_offset = 0
        # where the last line began: of a gzip file its member, of a zstd file in the unpacked one
        self.offset = 0
        if isinstance(self._pieces, _ZstdPieces):
            self.skip(start)

    def read(self, number: int) -> bytes:
        """Return the next `number` bytes, or less; none only at the end.

        Raises:
            DamagedFileError: the file is damaged or cut short here.
        """
        if self._position >= len(self._piece):
            self._piece, self._position = b"", 0
            self._piece_offset, self._piece = self._pieces.next()
        data = self._piece[self._position : self._position + number]
        self._position += len(data)
        return data

    def read_all(self, number: int) -> bytes:
        """Return the next `number` bytes.

        Raises:
            DamagedFileError: there are less, or the file is damaged.
        """
        parts = []
        while number and (data := self.read(number)):
            parts.append(data)
            number -= len(data)
        if number:
            raise DamagedFileError("the file is cut short")
        return b"".join(parts)

    def read_line(self, limit: int = MAX_LINE_BYTES, *, in_member: bool = False) -> bytes:
        """Return the next line with its end, or the first `limit` bytes of it; nothing at the end.
        With `in_member` a line also ends where its gzip member does.

        Raises:
            DamagedFileError: the file is damaged or cut short here.
        """
        line = b""
        while len(line) < limit and not line.endswith(b"\n"):
            if in_member and line and self._position >= len(self._piece):
                break
            room = limit - len(line)
            end = self._piece.find(b"\n", self._position, self._position + room) + 1
            is_read = self._position >= len(self._piece)
            data = self.read(1 if is_read else end - self._position if end else room)
            if not data:
                break
            if not line:
                self.offset = self._piece_offset
                self.offset += 0 if self.is_gzip else self._position - len(data)
            line += data
        return line

    def skip(self, number: int) -> None:
        """Pass `number` bytes over.

        Raises:
            DamagedFileError: there are less, or the file is damaged.
        """
        while number and (data := self.read(min(number, PIECE_BYTES))):
            number -= len(data)
        if number:
            raise DamagedFileError("the file is cut short")

    def find_record(self) -> bytes:
        """Return the first line of the next record that is recognised, or nothing."""
        searched = 0
        while not self.is_gzip or searched < MAX_SEARCH_BYTES:
            try:
                line = self.read_line(in_member=True)
            except DamagedFileError:
                break
            if not line or _RECORD.match(line):
                return line
            searched += len(line)
        return self.find_record_after_damage()

    def find_record_after_damage(self) -> bytes:
        """Return the first line of the next record in another place of the packed file, or
        nothing."""
        self._piece, self._position = b"", 0
        while self._pieces.skip_damage():
            try:
                return self.read_line()
            except DamagedFileError:
                continue
        return b""


class _PlainPieces:
    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._file.seek(start)

    def next(self) -> tuple[int, bytes]:
        return self._file.tell(), self._file.read(PIECE_BYTES)

    def skip_damage(self) -> bool:
        return False


class _GzipPieces:
    """Members one after the other; the offset of a piece is that of its member."""

    def __init__(self, file: BinaryIO, start: int) -> None:
        self._file = file
        self._file.seek(start)
        self._raw = b""  # read, and not unpacked
        self._read_to = start
        self._member = start
        self._inflater: zlib._Decompress | None = None

    def next(self) -> tuple[int, bytes]:
        """Return the next piece, which is of one member.

        Raises:
            DamagedFileError: the member is damaged or cut short.
        """
        while self._load():
            if self._inflater is None:
                self._member = self._read_to - len(self._raw)
                self._inflater = zlib.decompressobj(_GZIP)
            if data := self._inflate(self._inflater):
                return self._member, data
        if self._inflater is not None:
            self._inflater = None
            raise DamagedFileError("the file is cut short", self._member)
        return self._read_to, b""

    def _load(self) -> bool:
        """Have raw bytes at hand; between members, without the zeros that fill a block of a tape.

        Returns:
            False at the end of the file.
        """
        while True:
            if not self._raw:
                self._raw = self._file.read(PIECE_BYTES)
                self._read_to += len(self._raw)
                if not self._raw:
                    return False
            if self._inflater is None:
                self._raw = self._raw.lstrip(b"\0")
            if self._raw:
                return True

    def _inflate(self, inflater: "zlib._Decompress") -> bytes:
        """Return what comes of the raw bytes, at most a piece.

        Raises:
            DamagedFileError: they are damaged.
        """
        try:
            data = inflater.decompress(self._raw, PIECE_BYTES)
        except zlib.error as error:
            self._inflater = None
            reason = f"the packing is damaged: {error}"
            raise DamagedFileError(reason, self._member) from error
        self._raw = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
        if inflater.eof:
            self._inflater = None
        return data

    def skip_damage(self) -> bool:
        """Go on at the next member that begins like a record.

        Returns:
            False if there is none.
        """
        position = self._member + 1
        while (position := self._find_magic(position)) >= 0:
            if self._is_record_at(position):
                self._file.seek(position)
                self._raw, self._read_to, self._inflater = b"", position, None
                self._member = position
                return True
            position += 1
        return False

    def _find_magic(self, position: int) -> int:
        """Return where the next member may begin, from `position` on; -1 if nowhere."""
        self._file.seek(position)
        tail = b""
        while data := self._file.read(PIECE_BYTES):
            found = (tail + data).find(_GZIP_MAGIC)
            if found >= 0:
                return position - len(tail) + found
            position += len(data)
            tail = (tail + data)[-len(_GZIP_MAGIC) + 1 :]
        return -1

    def _is_record_at(self, position: int) -> bool:
        self._file.seek(position)
        try:
            head = zlib.decompressobj(_GZIP).decompress(self._file.read(_HEAD_BYTES), _HEAD_BYTES)
        except zlib.error:
            return False
        return bool(_RECORD.match(head))


class _ZstdPieces:
    def __init__(self, file: BinaryIO) -> None:
        unpacker = zstandard.ZstdDecompressor(dict_data=_read_dictionary(file))
        self._stream = unpacker.stream_reader(file, read_across_frames=True)
        self._offset = 0

    def next(self) -> tuple[int, bytes]:
        """Return the next piece.

        Raises:
            DamagedFileError: the file is damaged.
        """
        try:
            data = self._stream.read(PIECE_BYTES)
        except zstandard.ZstdError as error:
            raise DamagedFileError(f"the packing is damaged: {error}") from error
        offset, self._offset = self._offset, self._offset + len(data)
        return offset, data

    def skip_damage(self) -> bool:
        return False


def _read_dictionary(file: BinaryIO) -> zstandard.ZstdCompressionDict | None:
    """Return the dictionary in front of the records, which may be packed itself, or None.

    Raises:
        DamagedFileError: it cannot be read.
    """
    head = file.read(8)
    if head[:4] != _DICTIONARY_MAGIC:
        file.seek(0)
        return None
    data = file.read(min(int.from_bytes(head[4:], "little"), MAX_DICTIONARY_BYTES))
    try:
        if data.startswith(_ZSTD_MAGIC):
            with zstandard.ZstdDecompressor().stream_reader(data) as stream:
                data = stream.read(MAX_DICTIONARY_BYTES)
        return zstandard.ZstdCompressionDict(data)
    except (zstandard.ZstdError, MemoryError) as error:
        raise DamagedFileError(f"the dictionary cannot be read: {error}") from error
