"""The two steps of a sign-in: the browser is sent to a provider, and comes back from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest
from time import time
from typing import TYPE_CHECKING

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from api.careful_fetch import fetch_key_set
from api.oidc.attempt import Attempt, read_attempt
from api.oidc.exchange import Client, redeem_code, vouched_address
from api.oidc.id_token import Expected, verified_claims
from api.oidc.metadata import Discovery
from api.oidc.problems import Problem, SignInFailed
from domain.commands import SignInByOidc, client_secret_purpose, provider_caller
from domain.errors import Invalid, NotFound
from domain.queries.oidc_providers import find_oidc_client
from domain.sealing import CannotOpen
from graphql_schema.types.oidc_provider import CALLBACK_PATH
from scim_facade.oauth.signing_keys import SigningKeys

if TYPE_CHECKING:
    from collections.abc import Mapping

    from domain.application import Application
    from domain.ids import UUID
    from domain.queries.oidc_providers import OidcClientRow
    from domain.queries.reader import Reader
    from domain.sealing import SealingKey

SCOPES = "openid email profile"
LONGEST_PARAMETER = 4096


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose browser it is, as far as that can be known."""

    ip: str | None
    user_agent: str | None


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it must bring back."""

    url: str
    sealed_attempt: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the browser goes, with the secret of its new session."""

    then: str
    session: str = field(repr=False)


@dataclass(slots=True)
class OidcFlow:
    """Both steps. `attempts` seals what the browser keeps; the rest is what tests look at."""

    application: Application
    reader: Reader
    public_url: str
    attempts: SealingKey
    discovery: Discovery = field(default_factory=Discovery)
    keys: SigningKeys = field(default_factory=lambda: SigningKeys(fetch_key_set))
    clock: Callable[[], float] = time

    @property
    def redirect_uri(self) -> str:
        """Where every provider sends people back to."""
        return self.public_url + CALLBACK_PATH

    async def depart(self, organization_id: UUID, provider_id: UUID, then: str) -> Departure:
        """The way to the provider. Raises SignInFailed."""
        try:
            provider = await self._provider(organization_id, provider_id)
            metadata = await self.discovery.find(provider.issuer)
        except SignInFailed as error:
            error.provider_id = provider_id
            raise
        attempt = Attempt.of(organization_id, provider_id, then, self.clock())
        url = prepare_grant_uri(
            metadata.authorization_endpoint,
            provider.client_id,
            "code",
            redirect_uri=self.redirect_uri,
            scope=SCOPES,
            state=attempt.state,
            nonce=attempt.nonce,
            code_challenge=create_s256_code_challenge(attempt.verifier),
            code_challenge_method="S256",
        )
        return Departure(url, attempt.sealed(self.attempts))

    async def arrive(
        self, sealed_attempt: str | None, answer: Mapping[str, str], visitor: Visitor
    ) -> Arrival:
        """The session of whoever the provider vouches for. Raises SignInFailed."""
        attempt = read_attempt(sealed_attempt or "", self.attempts, self.clock())
        if attempt is None:
            raise SignInFailed(Problem.EXPIRED, "the browser brought no attempt that still counts")
        # Compared before anything else is believed (RFC 6749 §10.12).
        if not compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignInFailed(Problem.OTHER_ATTEMPT, "the state is another than this browser's")
        try:
            return Arrival(attempt.then, await self._signed_in(attempt, answer, visitor))
        except SignInFailed as error:
            error.provider_id = attempt.provider_id
            raise

    async def _signed_in(
        self, attempt: Attempt, answer: Mapping[str, str], visitor: Visitor
    ) -> str:
        """The secret of the new session."""
        provider = await self._provider(attempt.organization_id, attempt.provider_id)
        email = await self._vouched_address(provider, attempt, answer)
        command = SignInByOidc(
            provider.organization_id, provider.id, email, user_agent=visitor.user_agent
        )
        caller = provider_caller(provider.organization_id, provider.id, visitor.ip)
        try:
            outcome = await self.application.execute(command, caller)
        except NotFound as error:
            known = error.kind == "member"
            problem = Problem.NOT_A_MEMBER if known else Problem.UNKNOWN_PROVIDER
            raise SignInFailed(problem) from error
        except Invalid as error:
            raise SignInFailed(Problem.EMAIL_MISSING, "the address is too long") from error
        return outcome.value

    async def _vouched_address(
        self, provider: OidcClientRow, attempt: Attempt, answer: Mapping[str, str]
    ) -> str:
        metadata = await self.discovery.find(provider.issuer)
        issuer = answer.get("iss")
        if issuer != metadata.issuer if issuer is not None else metadata.names_issuer:
            # RFC 9207 §2.4: another provider answered in this one's place.
            raise SignInFailed(Problem.PROVIDER_REFUSED, "the answer is of another issuer (iss)")
        code = _code(answer)
        client = Client(provider.client_id, self._secret_of(provider), self.redirect_uri)
        tokens = await redeem_code(metadata, client, code, attempt.verifier)
        expected = Expected(provider.client_id, attempt.nonce, tokens.access_token)
        claims = await verified_claims(tokens.id_token, metadata, self.keys, expected, self.clock())
        return await vouched_address(claims, metadata, tokens, trust_email=provider.trust_email)

    async def _provider(self, organization_id: UUID, provider_id: UUID) -> OidcClientRow:
        provider = await find_oidc_client(self.reader, organization_id, provider_id)
        if provider is None:
            raise SignInFailed(Problem.UNKNOWN_PROVIDER)
        return provider

    def _secret_of(self, provider: OidcClientRow) -> str:
        purpose = client_secret_purpose(provider.organization_id, provider.issuer)
        try:
            key = self.application.sign_in.client_secrets
            return key.open(provider.sealed_client_secret, purpose)
        except CannotOpen as error:
            reason = "the client secret was sealed with another ROLLCALL_SECRET_KEY; enter it again"
            raise SignInFailed(Problem.FAILED, reason) from error


def _code(answer: Mapping[str, str]) -> str:
    """The code of a provider's answer (RFC 6749 §4.1.2). Raises SignInFailed."""
    error, code = answer.get("error"), answer.get("code", "")
    if error == "access_denied":
        raise SignInFailed(Problem.DENIED)
    if error is not None:
        said = error if error.isascii() and error.replace("_", "").isalpha() else "an error"
        raise SignInFailed(Problem.PROVIDER_REFUSED, f"it answered {said[:64]}")
    if not 0 < len(code) <= LONGEST_PARAMETER:
        raise SignInFailed(Problem.PROVIDER_REFUSED, "it answered no code")
    return code
