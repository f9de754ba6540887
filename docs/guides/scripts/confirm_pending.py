"""Confirms everyone who has accepted.

    python confirm_pending.py ORGANIZATION-SLUG

Wants GRAPHQL_URL and ACCESS_TOKEN (scopes MEMBERS_READ and MEMBERS_CONFIRM). May be run as often as
wanted: who is confirmed already stays so. Exit code 1 when somebody could not be confirmed.
"""

import os
import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

PENDING = gql("""
query Pending($slug: String!, $after: String) {
  organization(by: {slug: $slug}) {
    id
    pendingConfirmations(first: 100, after: $after) {
      nodes { member { id email version } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
""")
CONFIRM = gql("""
mutation Confirm($input: BulkConfirmMembersInput!) {
  bulkConfirmMembers(input: $input) {
    results { memberId changed errors { message } }
    errors { message }
  }
}
""")


def main(slug: str) -> int:
    """Confirm page after page; how many could not be confirmed."""
    transport = HTTPXTransport(
        url=os.environ["GRAPHQL_URL"],
        headers={"Authorization": f"Bearer {os.environ['ACCESS_TOKEN']}"},
        timeout=60,
    )
    failed, after = 0, None
    with Client(transport=transport) as session:
        while True:
            PENDING.variable_values = {"slug": slug, "after": after}
            organization = session.execute(PENDING)["organization"]
            if organization is None:
                sys.exit(f"There is no organization {slug} that this token may see.")
            page = organization["pendingConfirmations"]
            waiting = {node["member"]["id"]: node["member"] for node in page["nodes"]}
            if waiting:
                # The version makes sure that nobody is confirmed who has changed since.
                members = [
                    {"memberId": member["id"], "expectedVersion": member["version"]}
                    for member in waiting.values()
                ]
                CONFIRM.variable_values = {
                    "input": {"organizationId": organization["id"], "members": members}
                }
                done = session.execute(CONFIRM)["bulkConfirmMembers"]
                for error in done["errors"]:
                    sys.exit(error["message"])
                for result in done["results"]:
                    email = waiting[result["memberId"]]["email"]
                    for error in result["errors"]:
                        print(f"{email}: {error['message']}", file=sys.stderr)
                    failed += bool(result["errors"])
                    if result["changed"]:
                        print(f"{email}: confirmed")
            if not page["pageInfo"]["hasNextPage"]:
                return failed
            after = page["pageInfo"]["endCursor"]


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1]) else 0)
