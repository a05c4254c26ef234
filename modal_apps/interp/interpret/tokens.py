"""Prompts to tokens, as all routes do it: a beginning-of-sequence token comes first wherever a model has one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .errors import InterpretError


@dataclass(frozen=True)
class Tokens:
    """
    A prompt in tokens.

    Parameters:
        has_bos: whether the first one begins the sequence and is not content.
        begins: whether each is the one that begins a sequence.
    """

    ids: list[int]
    strings: list[str]
    special: list[bool]
    has_bos: bool
    begins: list[bool]


@dataclass(frozen=True)
class TokenReader:
    """
    Parameters:
        tokenizer: of transformers.
        limit: tokens of a prompt, above which it is refused.
    """

    tokenizer: Any
    limit: int

    @property
    def special_ids(self) -> set[int]:
        """Tokens that stand for no text: begin, end, padding, marks of a chat."""
        return set(self.tokenizer.all_special_ids)

    def read(self, prompt: str, param: str = "prompt", prepend_bos: bool | None = None) -> Tokens:
        """
        Parameters:
            prepend_bos: None does what the model expects.

        Raises:
            InterpretError: 413 `too_many_tokens`.
        """
        ids: list[int] = self.tokenizer(prompt, add_special_tokens=False, verbose=False)["input_ids"]
        bos = self.tokenizer.bos_token_id
        if bos is not None and prepend_bos is not False and ids[:1] != [bos]:
            ids = [bos, *ids]
        return self.of_ids(ids, param)

    def read_as_tokenized(self, prompt: str, param: str = "prompt") -> Tokens:
        """
        With the special tokens that the tokenizer adds by itself, and no others.

        Raises:
            InterpretError: 413 `too_many_tokens`; 422 `empty_prompt`.
        """
        ids: list[int] = self.tokenizer(prompt, verbose=False)["input_ids"]
        if not ids:
            raise InterpretError(422, "empty_prompt", "The prompt has no token.", param)
        return self.of_ids(ids, param)

    def of_ids(self, ids: list[int], param: str = "prompt") -> Tokens:
        """
        Raises:
            InterpretError: 413 `too_many_tokens`.
        """
        if len(ids) > self.limit:
            message = f"Text too long: {len(ids)} tokens, max is {self.limit}"
            raise InterpretError(413, "too_many_tokens", message, param)
        special, bos = self.special_ids, self.tokenizer.bos_token_id
        begins = [bos is not None and token == bos for token in ids]
        return Tokens(
            ids,
            [self.text([token]) for token in ids],
            [token in special for token in ids],
            begins[:1] == [True],
            begins,
        )

    def text(self, ids: list[int]) -> str:
        """The text of tokens, special ones included."""
        return self.tokenizer.decode(ids, clean_up_tokenization_spaces=False)
