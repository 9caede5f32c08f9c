"""One file per subcommand; `logsumexp.cli.app` registers them."""
