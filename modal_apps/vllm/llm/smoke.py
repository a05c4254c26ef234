"""What a deployed app must do, checked from outside."""

from __future__ import annotations

from collections.abc import Mapping

from appkit.smoke import Smoke


def check(url: str, environ: Mapping[str, str]) -> None:
    """Runs the checks and ends the command; see `Smoke`."""
    question = [{"role": "user", "content": "What is the capital of France? Answer with one word."}]
    chat = {"model": "llm", "messages": question, "max_tokens": 16}
    smoke = Smoke(url, environ)
    smoke.step("closed without a key", lambda: smoke.closed_without_key("/v1/chat/completions", chat))
    smoke.step("health", lambda: smoke.expect(200, "GET", "/health"))
    smoke.step("a chat", lambda: _answer(smoke, chat))
    smoke.step("a streamed chat", lambda: _stream(smoke, {**chat, "stream": True}))
    smoke.step(
        "another model", lambda: smoke.expect(404, "POST", "/v1/chat/completions", {**chat, "model": "x"})
    )
    smoke.step("no admin routes", lambda: smoke.expect(404, "POST", "/sleep"))
    smoke.finish()


def _answer(smoke: Smoke, chat: object) -> bool:
    reply = smoke.expect(200, "POST", "/v1/chat/completions", chat)
    text = reply.json()["choices"][0]["message"]["content"]
    print(f"  {text!r} after {reply.seconds:.2f} s")
    return bool(text)


def _stream(smoke: Smoke, chat: object) -> bool:
    events = smoke.expect(200, "POST", "/v1/chat/completions", chat).text.strip().split("\n\n")
    return len(events) > 2 and events[-1] == "data: [DONE]"
