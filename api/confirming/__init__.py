"""Confirms members from the command line: whom, how many, with which key, once or on and on."""
