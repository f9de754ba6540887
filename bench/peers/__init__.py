"""Other SCIM servers over PostgreSQL, measured in the same run."""
