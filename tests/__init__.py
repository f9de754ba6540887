"""Our tests: a package, as Canaille installs one of this name, which would hide a mere folder."""
