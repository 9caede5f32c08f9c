"""The tests, one folder a concern; see CONTRIBUTING.md for which is which."""
