"""What a server keeps, and the ways in which a secret could stand in it."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode

from tests.support.house import House


def dump(house: House) -> bytes:
    """Every row of every table, as text: a line for each, which begins with the table's name."""
    run, pool = house.blocking.run, house.blocking.app.pool
    tables = run(
        pool.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p')"
        )
    )
    parts = [
        f"{table}: {row[0]}"
        for (table,) in tables
        for row in run(pool.fetch(f'SELECT t::text || to_jsonb(t)::text FROM "{table}" AS t'))
    ]
    return "\n".join(["", *parts]).encode()


def end_of(secret: str) -> bytes:
    """The part of a link, key or token that nobody else knows."""
    return secret.strip().rpartition("_")[2].encode() if secret.count("_") == 1 else _tail(secret)


def _tail(secret: str) -> bytes:
    # The secret itself may have underscores: it is what follows the ids, 43 characters.
    return secret.strip()[-43:].encode()


def forms_of(secret: bytes) -> set[bytes]:
    """The ways in which these bytes may stand in a text."""
    raw = {secret}
    if len(secret) == 43:
        raw.add(urlsafe_b64decode(secret + b"="))
    forms = set(raw)
    for value in raw:
        forms |= {
            urlsafe_b64encode(value).rstrip(b"="),
            b64encode(value).rstrip(b"="),
            value.hex().encode(),
        }
    return {form for form in forms if len(form) >= 16}
