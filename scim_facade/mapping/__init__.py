"""Between SCIM resources and the domain's words."""
