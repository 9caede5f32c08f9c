"""The house rules that a compiler does not check: who uses whom, and that the pages still hold."""
