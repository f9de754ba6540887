"""The keys of the handshake, in JOSE forms: made, locked, wrapped and told apart. No I/O."""
