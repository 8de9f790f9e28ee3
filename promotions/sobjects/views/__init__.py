"""The calls of existing clients; they parse, ask and render, and decide nothing."""
