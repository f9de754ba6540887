"""Organization membership: rules, data, commands and queries, without HTTP, SCIM or GraphQL."""
