"""What is timed for this repository, with which targets; `python -m bench --help`."""
