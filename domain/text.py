"""Texts from outside: how long they may be, and that they can be stored at all."""

from domain.errors import Invalid


def checked_name(name: str, most: int) -> str:
    """A name without blanks around it. Raises Invalid when it is empty, or as `check_text` does."""
    name = name.strip()
    if not name:
        raise Invalid("name", "must not be empty")
    check_text("name", name, most)
    return name


def check_text(attribute: str, text: str | None, most: int) -> None:
    """Raise Invalid when `text` is over `most` characters or holds one that no database stores.

    Those are U+0000 and lone surrogates.
    """
    if text is None:
        return
    if len(text) > most:
        raise Invalid(attribute, f"must be at most {most} characters")
    if text.isascii():
        unstorable = "\0" in text
    else:
        unstorable = any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in text)
    if unstorable:
        raise Invalid(attribute, "holds a character that cannot be stored")
