"""The GraphQL admin API over the domain: types, mutations, limits, callers."""
