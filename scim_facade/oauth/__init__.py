"""OAuth 2.0 for SCIM clients: the token endpoint, what it issues, how clients prove themselves."""
