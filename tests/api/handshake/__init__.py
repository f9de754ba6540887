"""Keys and accepting: a package, so that its server ends with the last test that asks it."""
