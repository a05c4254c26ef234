"""The engine's routes that the gateway can let through, in groups that APP_ROUTES opens."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """
    Parameters:
        routes: summary by path; all are POST.
        takes_files: whether bodies are forms with a file, which only the engine reads.
    """

    routes: dict[str, str]
    takes_files: bool = False


GROUPS = {
    "chat": Group(
        {
            "/v1/chat/completions": "Chat, as JSON or as a stream",
            "/v1/completions": "Completion of a text, as JSON or as a stream",
            "/v1/responses": "OpenAI's Responses API",
        }
    ),
    "messages": Group(
        {
            "/v1/messages": "Anthropic's Messages API",
            "/v1/messages/count_tokens": "Tokens of a request of the Messages API",
        }
    ),
    "embed": Group({"/v1/embeddings": "Embeddings, when the model gives them"}),
    "rank": Group(
        {
            "/v1/rerank": "Documents by how well they fit a query, when the model ranks",
            "/v2/rerank": "The same, as Cohere's client asks",
            "/v1/score": "How well pairs of texts fit, when the model ranks",
        }
    ),
    "pool": Group(
        {
            "/classify": "Classes of texts, when the model classifies",
            "/pooling": "What the model's pooling gives, when it has one",
        }
    ),
    "tokens": Group({"/tokenize": "Tokens of a text", "/detokenize": "Text of tokens"}),
    # Closed unless named: the engine decodes whatever sound file a caller sends.
    "audio": Group(
        {
            "/v1/audio/transcriptions": "Text of a recording, when the model hears",
            "/v1/audio/translations": "English text of a recording, when the model hears",
        },
        takes_files=True,
    ),
}
OPEN_BY_DEFAULT = "chat,messages,embed,rank,pool,tokens"


def opened(groups: list[str]) -> dict[str, Group]:
    """The group of each path that is let through."""
    return {path: GROUPS[name] for name in groups for path in GROUPS[name].routes}
