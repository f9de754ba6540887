"""Of the ways in which people sign in."""

SIGN_IN = {
    "OidcProvider.name": "What people read where they choose how to sign in.",
    "OidcProvider.issuer": "The provider's address, exactly as it names itself.",
    "OidcProvider.clientId": "What the provider calls this server.",
    "OidcProvider.trustEmail": (
        "Whether an address counts as verified although the provider does not say so."
    ),
    "DeleteOidcProviderInput.oidcProviderId": "Which provider.",
    "UpdateOidcProviderInput.oidcProviderId": "Which provider.",
    "SignInProvider.name": "What people read where they choose how to sign in.",
    "CreateOidcProviderInput.name": "What people read where they choose how to sign in.",
    "CreateOidcProviderInput.issuer": (
        "The provider's address, exactly as it names itself; `https`. It is asked for"
        " `/.well-known/openid-configuration` below it when somebody signs in."
    ),
    "CreateOidcProviderInput.clientId": "What the provider calls this server.",
    "CreateOidcProviderInput.clientSecret": "Kept encrypted, and never shown again.",
    "CreateOidcProviderInput.trustEmail": (
        "Count an address as verified although the provider does not say so. Only where people"
        " cannot choose it themselves, as with Entra ID."
    ),
    "UpdateOidcProviderInput.name": "What people read where they choose how to sign in.",
    "UpdateOidcProviderInput.clientId": "What the provider calls this server.",
    "UpdateOidcProviderInput.clientSecret": "Kept encrypted, and never shown again.",
    "UpdateOidcProviderInput.trustEmail": (
        "Count an address as verified although the provider does not say so."
    ),
    "DeleteOidcProviderPayload.deletedOidcProviderId": (
        "Which provider is gone; `null` when refused."
    ),
    "Query.signInProviders(organization)": "The organization's slug.",
}
