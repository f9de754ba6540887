"""From end to end: a package, so that its servers end with the last test that asks them."""
