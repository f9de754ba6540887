"""Lists members whom no identity provider knows.

    python members_without_external_id.py SLUG

Wants GRAPHQL_URL and ACCESS_TOKEN (scope MEMBERS_READ). Prints e-mail, status and role, with tabs.
"""

import os
import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

MEMBERS = gql("""
query Members($slug: String!, $after: String) {
  organization(by: {slug: $slug}) {
    members(
      filter: {hasExternalId: false}
      orderBy: {field: EMAIL, direction: ASC}
      first: 100
      after: $after
    ) {
      nodes { email userName status role }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""")


def main(slug: str) -> None:
    """Print page after page."""
    transport = HTTPXTransport(
        url=os.environ["GRAPHQL_URL"],
        headers={"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"},
        timeout=60,
    )
    after = None
    with Client(transport=transport) as session:
        while True:
            MEMBERS.variable_values = {"slug": slug, "after": after}
            organization = session.execute(MEMBERS)["organization"]
            if organization is None:
                sys.exit(f"There is no organization {slug} that this token may see.")
            for member in organization["members"]["nodes"]:
                name = member["email"] or member["userName"]
                print(name, member["status"], member["role"], sep="\t")
            page = organization["members"]["pageInfo"]
            if not page["hasNextPage"]:
                return
            after = page["endCursor"]


if __name__ == "__main__":
    main(sys.argv[1])
