"""Appends what is new in the history to a file.

    python export_history.py ORGANIZATION-SLUG FILE

Wants GRAPHQL_URL and ACCESS_TOKEN (scope AUDIT_READ). Where to go on is kept beside the file, in
FILE.cursor, and written after the lines: a run that is cut short repeats at most one page.
"""

import json
import os
import sys
from pathlib import Path

from gql import Client, gql
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


def main(slug: str, file: Path) -> None:
    """Write page after page, oldest first."""
    kept = file.with_name(f"{file.name}.cursor")
    cursor = kept.read_text().strip() if kept.exists() else None
    transport = HTTPXTransport(
        url=os.environ["GRAPHQL_URL"],
        headers={"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"},
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
    main(sys.argv[1], Path(sys.argv[2]))
