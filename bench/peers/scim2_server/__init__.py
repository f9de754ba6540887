"""scim2-server with a PostgreSQL storage; runs in an environment of its own."""
