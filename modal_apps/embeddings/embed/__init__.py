"""Text embeddings: which text a model reads, the vectors it gives, and the HTTP API in front of it."""
