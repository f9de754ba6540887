"""Single sign-on: OpenID Connect by authorization code, PKCE and nonce."""
