"""Makes a new SCIM key and lets the old ones end a day later.

    python rotate_scim_key.py ORGANIZATION

Wants GRAPHQL_URL and ACCESS_TOKEN (scopes PROVISIONING_READ and SCIM_ADMIN). The new key goes to
standard output and nowhere else; both keys work until the old one ends, so nothing is refused while
you paste the new one into the identity provider.
"""

import argparse
import os
import sys
import uuid

from gql import Client, gql
from gql.transport.exceptions import TransportError, TransportQueryError
from gql.transport.httpx import HTTPXTransport

ORGANIZATION = gql("query Find($slug: String!) { organization(by: {slug: $slug}) { id } }")
ROTATE = gql("""
mutation Rotate($input: RotateScimApiKeyInput!) {
  rotateScimApiKey(input: $input) { apiKey previousKeyExpiresAt errors { message } }
}
""")


def variable(name: str) -> str:
    """What the environment says, or one line that it says nothing."""
    return os.environ.get(name) or sys.exit(f"Set {name}, for instance by rollcall env.")


def main(slug: str) -> None:
    """Rotate, and say until when the old keys work."""
    transport = HTTPXTransport(
        url=variable("GRAPHQL_URL"),
        headers={"Authorization": f"Bearer {variable('ACCESS_TOKEN')}"},
        timeout=60,
    )
    with Client(transport=transport) as session:
        ORGANIZATION.variable_values = {"slug": slug}
        organization = session.execute(ORGANIZATION)["organization"]
        if organization is None:
            sys.exit(f"There is no organization {slug} that this token may see.")
        ROTATE.variable_values = {
            "input": {
                "organizationId": organization["id"],
                "overlapSeconds": 86400,
                "idempotencyKey": str(uuid.uuid4()),
            }
        }
        rotated = session.execute(ROTATE)["rotateScimApiKey"]
    for error in rotated["errors"]:
        sys.exit(error["message"])
    print(rotated["apiKey"])
    print(f"Older keys work until {rotated['previousKeyExpiresAt']}.", file=sys.stderr)


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
