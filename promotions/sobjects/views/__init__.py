"""The calls over HTTP: they parse, call and render."""
