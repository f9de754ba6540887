"""ID tokens that prove nothing: of others, for others, by others, altered."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc.jwk import OctKey

from tests.api.oidc.conftest import Site, back
from tests.support.issuer import rsa_key
from tests.support.openid_provider import CLIENT_ID


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example.com"},
        {"iss": None},
        {"aud": "another client"},
        {"aud": ["another client"]},
        {"aud": None},
        {"aud": []},
        {"aud": [CLIENT_ID, "another client"]},
        {"aud": [CLIENT_ID, "another client"], "azp": "another client"},
        {"azp": "another client"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "tomorrow"},
        {"iat": 4_000_000_000},
        {"iat": None},
        {"nbf": 4_000_000_000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"at_hash": "of another token"},
        {"auth_time": "now"},
    ],
    ids=str,
)
async def test_an_id_token_that_is_about_something_else(
    site: Site, claims: dict[str, object]
) -> None:
    await site.member()
    site.provider.claims |= claims
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "invalid_token"


async def test_an_id_token_for_several_names_us_as_the_party(site: Site) -> None:
    await site.member()
    site.provider.claims |= {"aud": [CLIENT_ID, "another client"], "azp": CLIENT_ID}
    async with site.browser() as browser:
        await site.sign_in(browser)

    assert len(await site.sessions()) == 1


@pytest.mark.parametrize(
    "signing",
    [
        {"key": rsa_key("one")},
        {"key": rsa_key("unknown")},
        {"alg": "none"},
        {"algorithm": "HS256", "alg": "HS256"},
        {"algorithm": "RS384", "alg": "RS384"},
    ],
    ids=["same name", "unknown name", "none", "shared secret", "another algorithm"],
)
async def test_an_id_token_that_another_signed(site: Site, signing: dict[str, Any]) -> None:
    await site.member()
    if signing.get("alg") == "HS256":
        # The public key as a shared secret: who takes the algorithm from the token falls for it.
        public = site.provider.issuer.keys[0].as_pem(private=False)
        signing = signing | {"key": OctKey.import_key(public.replace(b"-----", b""))}
        signing["kid"] = site.provider.issuer.keys[0].kid
    if signing.get("alg") == "none":
        site.provider.token = {"id_token": unsigned(site)}
        signing = {}
    site.provider.signing = signing
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == "invalid_token"


def unsigned(site: Site) -> str:
    """A good ID token but for its signature, which it does without."""
    signed = site.provider.issuer.sign({"sub": "x", "aud": CLIENT_ID} | site.provider.claims)
    return f"eyJhbGciOiJub25lIn0.{signed.split('.')[1]}."


@pytest.mark.parametrize("part", [0, 1, 2])
async def test_a_tampered_id_token(site: Site, part: int) -> None:
    await site.member()
    async with site.browser() as browser:
        url = await back(site, browser)
        (asked,) = site.provider.codes.values()
        claims = {"sub": "x", "aud": CLIENT_ID, "nonce": asked["nonce"]} | site.provider.claims
        parts = site.provider.issuer.sign(claims).split(".")
        other = site.provider.issuer.sign(claims | {"email": "root@example.com"}).split(".")
        parts[part] = other[part] if part else parts[0][:-2] + "AA"
        site.provider.token = {"id_token": ".".join(parts)}

        assert await site.refused(await browser.get(url)) == "invalid_token"


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"id_token": None}, "provider_refused"),
        ({"id_token": 7}, "provider_refused"),
        ({"id_token": ""}, "invalid_token"),
        ({"id_token": "x" * 20_000}, "invalid_token"),
        ({"id_token": "e30.e30.e30"}, "invalid_token"),
    ],
)
async def test_what_is_given_for_a_code_is_no_id_token(
    site: Site, given: dict[str, Any], code: str
) -> None:
    await site.member()
    site.provider.token = given
    async with site.browser() as browser:
        assert await site.refused(await site.sign_in(browser)) == code
