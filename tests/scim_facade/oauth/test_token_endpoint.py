"""The token endpoint: what it grants, how it refuses, and that refusals tell nothing."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

import pytest

from domain.ids import new_id
from scim_facade.oauth.form import ASSERTION_TYPE, MAX_BODY
from tests.support.oauth import GRANT, Client, Door, basic, oauth_client, users_with

if TYPE_CHECKING:
    from tests.support.scim import Served
    from tests.support.scim_call import ScimAnswer


def refused(answer: ScimAnswer) -> tuple[int, str]:
    """Status and error of a refusal, after a look at its form (RFC 6749 §5.2)."""
    assert set(answer.json) == {"error", "error_description"}
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    description = answer["error_description"]
    assert description
    assert all(" " <= each <= "~" and each not in '"\\' for each in description)
    return answer.status, answer["error"]


async def test_credentials_in_the_body_get_a_token(door: Door, client: Client) -> None:
    answer = await door.ask(client.post)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["pragma"] == "no-cache"
    token = answer["access_token"]
    assert answer.json == {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "scim",
    }
    assert await users_with(client.organization, token) == 200
    used = (client.organization.organization_id, client.credential_id)
    assert client.organization.world.used[-2:] == [used, used]


@pytest.mark.parametrize("spelling", ["Basic", "basic", "BASIC "])
async def test_credentials_in_the_header_get_a_token(
    door: Door, client: Client, spelling: str
) -> None:
    encoded = client.basic["authorization"].removeprefix("Basic ")

    answer = await door.ask(GRANT, {"authorization": f"{spelling} {encoded}"})

    assert answer.status == 200
    assert await users_with(client.organization, answer["access_token"]) == 200


async def test_credentials_in_the_header_are_decoded_as_forms_are(
    door: Door, client: Client
) -> None:
    spelled = "".join(f"%{ord(each):02X}" for each in client.id)
    pair = b64encode(f"{spelled}:{client.secret}".encode()).decode()

    answer = await door.ask(GRANT, {"authorization": f"Basic {pair}"})

    assert answer.status == 200


async def test_the_client_id_may_come_twice_when_it_is_the_same(
    door: Door, client: Client, acme: Served
) -> None:
    other = await oauth_client(acme)

    same = await door.ask(GRANT | {"client_id": client.id}, {**client.basic})
    another = await door.ask(GRANT | {"client_id": other.id}, {**client.basic})

    assert same.status == 200
    assert refused(another) == (400, "invalid_request")


async def test_whoever_is_not_proven_the_refusal_is_the_same(
    door: Door, client: Client, acme: Served
) -> None:
    # given everything that proves nobody
    other = await oauth_client(acme)
    stranger = await acme.world.organization()
    strange = await oauth_client(stranger)
    unknown = f"{acme.organization_id}.{new_id()}"
    secret = client.secret
    wrong = secret[:-4] + ("AAAA" if secret[-4:] != "AAAA" else "BBBB")
    pairs = [
        (client.id, wrong),
        (client.id, other.secret),
        (client.id, strange.secret),
        (client.id, acme.key),
        (client.id, "nonsense"),
        (unknown, secret),
        (strange.id, secret),
        (f"{stranger.organization_id}.{client.credential_id}", secret),
        (f"{new_id()}.{client.credential_id}", secret),
        (f"{acme.organization_id}.{acme.credential_id}", acme.key),
        (f"{acme.organization_id}.{acme.credential_id}", secret),
        (str(client.credential_id), secret),
        ("nonsense", secret),
        ("é\x00", secret),
    ]

    # when each of them asks, in both ways
    asked = [GRANT | {"client_id": name, "client_secret": text} for name, text in pairs]
    answers = [await door.ask(form) for form in asked]
    answers += [await door.ask(GRANT, {"authorization": basic(name, text)}) for name, text in pairs]
    answers += [
        await door.ask(GRANT, {"authorization": header})
        for header in ("Basic", "Basic !", "Basic bm9jb2xvbg==", "Basic w7/DvzrDvw", "Basic //8=")
    ]
    answers.append(await door.ask(GRANT, {"authorization": f"Bearer {acme.key}"}))
    answers.append(await door.ask(GRANT | {"client_id": client.id}))
    answers.append(await door.ask(GRANT))

    # then nobody can tell which it was
    assert refused(answers[0]) == (401, "invalid_client")
    assert (
        answers[0]
        .headers["www-authenticate"]
        .startswith('Basic realm="oauth", error="invalid_client"')
    )
    assert {(a.status, a.body, tuple(sorted(a.headers.items()))) for a in answers} == {
        (401, answers[0].body, tuple(sorted(answers[0].headers.items())))
    }
    assert (await door.ask(client.post)).status == 200


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": 'authorization_code"é'}, "unsupported_grant_type"),
        ({"grant_type": "Client_Credentials"}, "unsupported_grant_type"),
        ({"scope": "admin"}, "invalid_scope"),
        ({"scope": "scim admin"}, "invalid_scope"),
        ({"scope": 'é"'}, "invalid_scope"),
        ({"client_assertion": "x", "client_assertion_type": ASSERTION_TYPE}, "invalid_request"),
        ({"client_assertion": "x"}, "invalid_request"),
        ({"client_assertion_type": ASSERTION_TYPE}, "invalid_request"),
        ({"client_assertion": "x", "client_assertion_type": "saml"}, "invalid_request"),
    ],
)
async def test_wrong_parameters_are_named(
    door: Door, client: Client, change: dict[str, str], error: str
) -> None:
    assert refused(await door.ask(client.post | change)) == (400, error)


@pytest.mark.parametrize("scope", ["scim", "scim scim", ""])
async def test_the_one_scope_may_be_asked_for(door: Door, client: Client, scope: str) -> None:
    answer = await door.ask(client.post | {"scope": scope})

    assert (answer.status, answer["scope"]) == (200, "scim")


async def test_a_missing_grant_type_is_an_invalid_request(door: Door, client: Client) -> None:
    form = {name: value for name, value in client.post.items() if name != "grant_type"}

    assert refused(await door.ask(form)) == (400, "invalid_request")


async def test_credentials_come_in_one_way_only(door: Door, client: Client) -> None:
    both = await door.ask(client.post, {**client.basic})

    assert refused(both) == (400, "invalid_request")


@pytest.mark.parametrize("name", ["grant_type", "client_id", "client_secret", "unknown", "é"])
async def test_a_parameter_that_comes_twice_is_refused(
    door: Door, client: Client, name: str
) -> None:
    from urllib.parse import urlencode

    pairs = [*client.post.items(), (name, client.post.get(name, "x")), (name, "")]

    answer = await door.ask(urlencode(pairs).encode())

    assert refused(answer) == (400, "invalid_request")
    assert client.secret not in answer.body.decode()


async def test_unknown_parameters_and_those_in_the_address_mean_nothing(
    door: Door, client: Client
) -> None:
    known = await door.ask(client.post | {"resource": "https://elsewhere.example"})
    in_address = await door.ask(
        GRANT, path=f"/oauth/token?client_id={client.id}&client_secret={client.secret}"
    )

    assert known.status == 200
    assert refused(in_address) == (401, "invalid_client")


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"grant_type": "client_credentials"}'),
        ("multipart/form-data; boundary=x", b"--x--"),
        (None, b"grant_type=client_credentials"),
        ("application/x-www-form-urlencoded", b"grant_type=\xff"),
        ("application/x-www-form-urlencoded", b"grant_type=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % i for i in range(51))),
        ("application/x-www-form-urlencoded", b""),
    ],
)
async def test_a_body_that_is_no_form_is_refused(
    door: Door, content_type: str | None, body: bytes
) -> None:
    answer = await door.ask(body, {"content-type": content_type})

    assert refused(answer) == (400, "invalid_request")
    assert "application/x-www-form-urlencoded" in answer["error_description"] or not body


async def test_a_long_body_is_refused(door: Door, client: Client) -> None:
    form = client.post | {"padding": "x" * MAX_BODY}

    announced = await door.ask(form)
    unannounced = await door.ask(form, {"content-length": None})

    assert refused(announced) == refused(unannounced) == (413, "invalid_request")


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
async def test_other_methods_are_not_allowed(door: Door, method: str) -> None:
    answer = await door.ask(b"", method=method)

    assert (answer.status, answer.headers["allow"]) == (405, "OPTIONS, POST")
    assert answer["error"] == "invalid_request"


async def test_options_says_what_is_allowed(door: Door) -> None:
    answer = await door.ask(b"", method="OPTIONS")

    assert (answer.status, answer.headers["allow"], answer.body) == (204, "OPTIONS, POST", b"")
