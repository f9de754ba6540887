"""The SCIM 2.0 facade: turns what identity providers send into commands and queries, and back."""
