"""What the tests share: an oracle, a distance, rows, implementations of the state, a scoreboard."""
