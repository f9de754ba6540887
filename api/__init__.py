"""What runs: settings, the embedded database, the server, its workers and the command line."""
