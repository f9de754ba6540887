"""Lists members whom no identity provider knows.

    python members_without_external_id.py ORGANIZATION

Wants GRAPHQL_URL and ACCESS_TOKEN (scope MEMBERS_READ). Prints e-mail, status and role, with tabs.
"""

import argparse
import os
import sys

from gql import Client, gql
from gql.transport.exceptions import TransportError, TransportQueryError
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


def variable(name: str) -> str:
    """What the environment says, or one line that it says nothing."""
    return os.environ.get(name) or sys.exit(f"Set {name}, for instance by rollcall env.")


def main(slug: str) -> None:
    """Print page after page."""
    transport = HTTPXTransport(
        url=variable("GRAPHQL_URL"),
        headers={"Authorization": f"Bearer {variable('ACCESS_TOKEN')}"},
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
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("organization", help="its slug")
    given = parser.parse_args()
    try:
        main(given.organization)
    except TransportQueryError as error:
        sys.exit(str(error.errors[0]["message"] if error.errors else error))
    except TransportError as error:
        sys.exit(str(error))
