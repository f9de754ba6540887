"""Mail: how an invitation reads, how it gets to a mail server, and a mailbox for development."""
