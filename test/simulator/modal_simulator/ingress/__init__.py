"""Web functions on loopback ports: HTTP in, inputs of functions out."""
