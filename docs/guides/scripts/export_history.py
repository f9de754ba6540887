"""Appends what is new in the history to a file.

    python export_history.py ORGANIZATION FILE

Wants GRAPHQL_URL and ACCESS_TOKEN (scope AUDIT_READ). Where to go on is kept beside the file, in
FILE.cursor, and written after the lines: a run that is cut short repeats at most one page.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from gql import Client, gql
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXTransport

# The list is newest first, so the events just newer than a cursor are the last ones before it.
NEWER = gql("""
query Newer($slug: String!, $cursor: String) {
  organization(by: {slug: $slug}) {
    auditEvents(last: 100, before: $cursor) {
      nodes { position occurredAt action origin summary changes { attribute before after } }
      pageInfo { hasPreviousPage startCursor }
    }
  }
}
""")


def variable(name: str) -> str:
    """What the environment says, or one line that it says nothing."""
    return os.environ.get(name) or sys.exit(f"Set {name}, for instance by rollcall env.")


def main(slug: str, file: Path) -> None:
    """Write page after page, oldest first."""
    kept = file.with_name(f"{file.name}.cursor")
    cursor = kept.read_text().strip() if kept.exists() else None
    transport = HTTPXTransport(
        url=variable("GRAPHQL_URL"),
        headers={"Authorization": f"Bearer {variable('ACCESS_TOKEN')}"},
        timeout=60,
    )
    with Client(transport=transport) as session, file.open("a") as lines:
        while True:
            NEWER.variable_values = {"slug": slug, "cursor": cursor}
            organization = session.execute(NEWER)["organization"]
            if organization is None:
                sys.exit(f"There is no organization {slug} that this token may see.")
            page = organization["auditEvents"]
            for event in reversed(page["nodes"]):
                lines.write(json.dumps(event) + "\n")
            lines.flush()
            if page["nodes"]:
                cursor = page["pageInfo"]["startCursor"]
                kept.write_text(cursor)
            if not page["pageInfo"]["hasPreviousPage"]:
                return


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("organization", help="its slug")
    parser.add_argument("file", type=Path)
    given = parser.parse_args()
    try:
        main(given.organization, given.file)
    except TransportQueryError as error:
        sys.exit(str(error.errors[0]["message"] if error.errors else error))
    except TransportError as error:
        sys.exit(str(error))
