"""Losses, with their gradients: from the same State."""
