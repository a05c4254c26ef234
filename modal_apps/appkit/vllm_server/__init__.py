"""`vllm serve` as a child process on loopback: its command line, its start and its end."""
