"""The document that a parsed article belongs to, by its address and by its text."""

from collections.abc import Sequence

from msgspec.structs import replace

from schemas.fingerprints import EarlierAddress
from workers.dedupe.identity import document_id, story_keys
from workers.dedupe.matching import is_same_article
from workers.dedupe.ports import Fingerprints
from workers.dedupe.record import DocumentMetadata, Record, build_record, decode, encode
from workers.dedupe.signature import Signature


async def resolve_document(
    url: str, metadata: DocumentMetadata, signature: Signature, fingerprints: Fingerprints
) -> str:
    """Return the id of the document that the article known by `url` (`own_url`) belongs to.

    It is made of that address, unless an article with the same story number and the same text came
    under another address before: then it is that one's. May be repeated, and any number of workers
    agree: of two addresses at once, the second to register sees the first.
    """
    own = document_id(url, None)
    keys = story_keys(url)
    if not keys:
        return own
    record = build_record(replace(metadata, document_id=own), signature)
    stored, _ = encode(record)
    registered = await fingerprints.register_address(own, keys, stored)
    if registered.document_id:
        return registered.document_id
    found = _document_of(own, decode(stored, b""), registered.earlier)
    return await fingerprints.settle_address(own, keys, found)


async def restore_address(
    url: str, metadata: DocumentMetadata, signature: Signature, fingerprints: Fingerprints
) -> None:
    """Register the address of an article that is in the index under `metadata.document_id`, so that
    it is that document's wherever its slug is moved to."""
    own = document_id(url, None)
    if keys := story_keys(url):
        stored, _ = encode(build_record(replace(metadata, document_id=own), signature))
        await fingerprints.register_address(own, keys, stored)
        await fingerprints.settle_address(own, keys, metadata.document_id)


def _document_of(own: str, record: Record, earlier: Sequence[EarlierAddress]) -> str:
    """Return the document of the first of the `earlier` addresses with the same text, else `own`.

    A worker may not have settled that address yet: its document is found in the same way, among
    those before it.
    """
    for at, each in enumerate(earlier):
        other = decode(each.record, b"")
        if is_same_article(record, other):
            return each.document_id or _document_of(each.address_id, other, earlier[:at])
    return own
