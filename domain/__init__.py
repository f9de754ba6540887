"""Organization membership: rules, data, commands and queries. Knows no HTTP, no SCIM, no GraphQL."""
