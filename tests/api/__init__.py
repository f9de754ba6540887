"""What runs: a package, for those in it whose servers end with their last test."""
