"""Confirms everyone who has accepted.

    python confirm_pending.py ORGANIZATION

Wants GRAPHQL_URL and ACCESS_TOKEN (scopes MEMBERS_READ and MEMBERS_CONFIRM). Where the organization
hands over a key, ORGANIZATION_KEY_FILE is the file that `rollcall key create --key-file` wrote, and
`pip install joserfc` is needed, too. May be run as often as wanted: who is confirmed already stays
so. Exit code 1 when somebody could not be confirmed. `rollcall confirm` does it day and night, too,
by a policy, or after comparing fingerprints.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from gql import Client, gql
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXTransport

PENDING = gql("""
query Pending($slug: String!, $after: String) {
  organization(by: {slug: $slug}) {
    id
    pendingConfirmations(first: 100, after: $after) {
      nodes { publicKey member { id email version } }
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


def wrapped(key: dict[str, Any], public_key: dict[str, Any]) -> dict[str, str]:
    """The organization key as a JWE that only this member opens, and whose key it is made for."""
    from joserfc import jwe  # noqa: PLC0415 - not needed without a key
    from joserfc.jwk import ECKey  # noqa: PLC0415
    from joserfc.registry import HeaderParameter  # noqa: PLC0415

    member_key = ECKey.import_key(public_key)
    registry = jwe.JWERegistry(
        header_registry={"org": HeaderParameter("", "str"), "ver": HeaderParameter("", "int")},
        algorithms=["ECDH-ES+A256KW", "A256GCM"],
    )
    header = {
        "alg": "ECDH-ES+A256KW",
        "enc": "A256GCM",
        "cty": "jwk+json",
        "kid": member_key.thumbprint(),
        "org": key["org"],
        "ver": key["ver"],
    }
    inside = json.dumps({"kty": "oct", "k": key["k"]})
    text = jwe.encrypt_compact(header, inside, member_key, registry=registry)
    return {"wrappedOrganizationKey": text, "publicKeyThumbprint": member_key.thumbprint()}


def variable(name: str) -> str:
    """What the environment says, or one line that it says nothing."""
    return os.environ.get(name) or sys.exit(f"Set {name}, for instance by rollcall env.")


def main(slug: str) -> int:
    """Confirm page after page; how many could not be confirmed."""
    transport = HTTPXTransport(
        url=variable("GRAPHQL_URL"),
        headers={"Authorization": f"Bearer {variable('ACCESS_TOKEN')}"},
        timeout=60,
    )
    file = os.environ.get("ORGANIZATION_KEY_FILE")
    key = None if file is None else json.loads(Path(file).read_text())
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
                    {"memberId": node["member"]["id"], "expectedVersion": node["member"]["version"]}
                    | (wrapped(key, node["publicKey"]) if key and node["publicKey"] else {})
                    for node in page["nodes"]
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
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("organization", help="its slug")
    given = parser.parse_args()
    try:
        sys.exit(1 if main(given.organization) else 0)
    except TransportQueryError as error:
        sys.exit(str(error.errors[0]["message"] if error.errors else error))
    except TransportError as error:
        sys.exit(str(error))
