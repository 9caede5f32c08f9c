"""The benchmark's own machinery: it judges, so it is shown to be able to say no."""
