"""What can be changed: one command for each field, its payload read anew."""
