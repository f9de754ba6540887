"""The rules of SCIM: a package, so that their server ends with the last of them."""
