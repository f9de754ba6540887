"""Tracing: spans of requests, commands, statements, mails and background work, sent by OTLP."""
