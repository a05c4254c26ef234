"""Which features of sparse autoencoders fire on a text, and what steering them does. Never imports modal."""
