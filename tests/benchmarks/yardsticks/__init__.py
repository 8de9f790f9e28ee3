"""What the service is compared with: other ways to write the same rows, and to read them."""
