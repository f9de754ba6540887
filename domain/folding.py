"""Folding: how names and addresses are compared without regard to case, width or composition."""

from unicodedata import normalize

from domain.errors import Invalid

MAX_KEY_BYTES = 1024


def fold(text: str) -> str:
    """NFKC(casefold(NFKC(text))): the form in which names are stored for comparison.

    Databases are not asked to do this, since what their `lower` does depends on their locale.
    """
    if text.isascii():
        return text.lower()
    return normalize("NFKC", normalize("NFKC", text).casefold())


def folded_key(attribute: str, text: str) -> str:
    """The folded form of `text` as an index key of at most 1,024 bytes.

    Raises Invalid for `attribute` when the key would be longer.
    """
    key = fold(text)
    if len(key) > MAX_KEY_BYTES // 4 and len(key.encode()) > MAX_KEY_BYTES:
        raise Invalid(attribute, "is too long once letter case is folded; shorten it")
    return key
