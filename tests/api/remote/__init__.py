"""Programs on other machines: a package, so that their server ends with their last test."""
