"""The aggregates: one file each, holding its tables and its pure rules."""
