"""The SCIM 2.0 protocol as pure functions: grammar, schemas, bodies, PATCH; no input or output."""
