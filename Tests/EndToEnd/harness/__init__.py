"""What the end-to-end tests stand on, one module per role."""
