"""What each SCIM endpoint does."""
