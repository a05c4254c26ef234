"""An OpenAI-compatible server: the vLLM engine as a child on loopback, and a gateway that lets only its API through."""
