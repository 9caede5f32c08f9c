"""Reading and writing arrays in files: one module per format, one table of suffixes."""
