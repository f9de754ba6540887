"""This server, as far as a page must know it that nobody is signed in to."""

from __future__ import annotations

import strawberry

from graphql_schema.fields import shown
from graphql_schema.services import ServerFacts
from graphql_schema.types.references import shows


@shows(ServerFacts)
@strawberry.type(description="This server, as its sign-in page must know it.")
class Server:
    row: strawberry.Private[ServerFacts]

    version: str = shown()
    embedded_database: bool = shown()
    development_mailbox: bool = shown()
