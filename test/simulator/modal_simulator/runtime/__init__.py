"""What runs deployed code: containers as local processes, and the queue of inputs in front of them."""
