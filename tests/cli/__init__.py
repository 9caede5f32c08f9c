"""The command line: every format, every refusal, and runs that end before their time."""
