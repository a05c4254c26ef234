"""A worker: the model, its SAEs, and one way to ask it anything, with replies in plain types."""

from __future__ import annotations

import gc
import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from appkit.gpu_errors import is_out_of_memory, is_poisoned

from .attention import Patterns
from .backend import Loaded, ModelFacts, Reply
from .cache import LruCache
from .chat import Chat
from .errors import Failure, InterpretError, out_of_memory
from .features import Features
from .fetch import is_fetched
from .generate import Generation, check_context
from .hooks import width_at
from .language_model import DTYPES, LanguageModel
from .lens import Lens
from .outputs import outputs_for
from .raw import Raw
from .sae_math import Sae
from .settings import InterpSettings
from .source import Source
from .source_catalogue import catalogue
from .steering import Steering, make_steering
from .store import SaeStore, memory_budget
from .tokens import Tokens

Payload = dict[str, Any]
STEERED = ("steer", "steer_chat")
T = TypeVar("T")
log = logging.getLogger(__name__)


@dataclass
class Engine:
    """
    Parameters:
        settings: of one model.
    """

    settings: InterpSettings

    def __post_init__(self) -> None:
        settings = self.settings
        self.model = LanguageModel(
            settings.checkpoint,
            settings.model_revision,
            settings.dtype,
            token_limit=settings.token_limit,
            all_fetched=lambda: is_fetched(self.sources),
        )
        self.poisoned = False
        self._lock = threading.Lock()  # one forward pass at a time; completions take turns

    def load(self) -> None:
        """Reads the model without a CUDA call; see `TorchWorker`."""
        self.sources = self._catalogue()
        self.model.load()

    def to_device(self) -> None:
        """Moves the model to the GPU and finds out how much room is left for SAEs."""
        self.model.to_device()
        self._open_store()

    def resume(self) -> None:
        """In place of `to_device` after a restore that brought the GPU's memory back too."""
        self.model.resume()
        self._open_store()

    def _catalogue(self) -> dict[str, Source]:
        settings = self.settings
        return catalogue(settings.sets, settings.sae_path, settings.sae_revision, settings.sae_models)

    def _open_store(self) -> None:
        # Read again: a snapshot may be older than what now lies on the volume.
        self.sources = self._catalogue()
        cache: LruCache[Sae] = LruCache(memory_budget(self.model.device), self.settings.max_loaded_saes)
        dtype = DTYPES[self.settings.sae_dtype]
        self.store = SaeStore(
            sources=self.sources,
            width_of=lambda hook: width_at(self.model.model, hook, self.model.d_model),
            dtype=dtype,
            device=self.model.device,
            cache=cache,
            unit_rows=self.settings.speaks_neuronpedia,
        )
        log.info(
            "SAEs may take %.1f MiB, at most %d of %d",
            cache.budget_bytes / 2**20,
            cache.max_items,
            len(self.sources),
        )
        like = self.settings.speaks_neuronpedia
        features, raw = Features(self.model, self.store, like), Raw(self.model, self.store, like)
        chat = Chat(self.model)
        self._operations: dict[str, Callable[[Payload], Any]] = {
            "single": features.single,
            "all": features.all,
            "topk_by_token": features.topk_by_token,
            "source": features.source,
            "raw": raw.raw,
            "tokenize": raw.tokenize,
            "vector": raw.vector,
            "neighbours": raw.neighbours,
            "attention": Patterns(self.model).pattern,
            "chat_template": chat.template,
            "lens": Lens(self.model).read,
            "describe": lambda _: {},
        }

    def call(self, name: str, payload: Payload) -> Reply:
        """
        Runs an operation. What is wrong with a request, and too little memory, is in the reply.

        Raises:
            Exception: a fault of the app.
        """
        start = time.perf_counter()
        try:
            result = self._complete(payload) if name in STEERED else self._operate(name, payload)
        except Exception as error:
            return self._reply(None, self._failure(error), start)
        return self._reply(result, None, start)

    def stream(self, payload: Payload) -> Iterator[Reply]:
        """The steps of a completion; a failure is the last reply."""
        start = time.perf_counter()
        try:
            for step in self._steps(payload):
                yield self._reply(step, None, start)
        except Exception as error:
            yield self._reply(None, self._failure(error), start)

    def run_inference(self, prompts: list[str], sets: list[str], num_results: int = 25) -> list[Payload]:
        """
        The features that fire most on each prompt, for programs that call the worker without HTTP.

        Parameters:
            sets: empty for all that are served.

        Returns:
            for each prompt its tokens, and by set what `/activation/all` answers, with names in snake case.

        Raises:
            ValueError: an unknown set, or a prompt that is too long.
            RuntimeError: too little memory, or a number that is none.
        """
        found: list[Payload] = [{"prompt": prompt, "tokens": [], "sets": {}} for prompt in prompts]
        for name in sets or self.settings.sets:
            payload: Payload = {"source_set": name, "selected_sources": [], "sort_by_token_indexes": []}
            payload |= {"prompts": prompts, "ignore_bos": True, "num_results": num_results}
            reply = self.call("all", payload)
            if error := reply["error"]:
                raise (ValueError if error["status"] < 500 else RuntimeError)(error["message"])
            for item, result in zip(found, reply["result"], strict=True):
                item["tokens"] = result["tokens"]
                item["sets"][name] = result["activations"]
        return found

    def _operate(self, name: str, payload: Payload) -> Any:
        return self._retried(lambda: self._operations[name](payload))

    def _complete(self, payload: Payload) -> Payload:
        outputs = outputs_for(payload)
        for step in self._steps(payload):
            outputs.add(step)
        return outputs.body()

    def _steps(self, payload: Payload) -> Iterator[Any]:
        """STEERED and DEFAULT one after the other, each from the same seed."""
        tokens, opening = self._prompt(payload)
        check_context(self.model, tokens, payload["n_completion_tokens"])
        steering: Steering = self._retried(lambda: make_steering(self.model, self.store, payload))
        for kind in payload["types"]:
            chosen = steering if kind == "STEERED" else None
            generation = Generation(
                self.model,
                payload,
                tokens,
                kind,
                chosen,
                first_pass=self._retried,
                next_pass=self._locked,
                skipped=opening,
            )
            for number, step in enumerate(generation.steps()):
                if number == 0 and isinstance(payload["prompt"], list):
                    step["prompt"] = self.model.reader.text(tokens.ids)
                yield step

    def _prompt(self, payload: Payload) -> tuple[Tokens, int]:
        """The prompt, and how many of its tokens are left out of the completion."""
        if isinstance(payload["prompt"], list):
            tokens = Chat(self.model).render(payload["prompt"])
            return tokens, len(tokens.ids)
        tokens = self.model.reader.read(payload["prompt"])
        return tokens, len(tokens.ids) if self.settings.speaks_neuronpedia else int(tokens.has_bos)

    def _locked(self, work: Callable[[], T]) -> T:
        with self._lock:
            return work()

    def _retried(self, work: Callable[[], T]) -> T:
        """
        Runs work alone. When memory is short all SAEs are given up, and it is tried once more.

        Raises:
            InterpretError: 503 `out_of_memory`, after the second try.
        """
        with self._lock:
            try:
                return work()
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
            # Outside of the handler: the exception holds the frames whose tensors fill the memory.
            self._free_memory()
            return work()

    def _free_memory(self) -> None:
        log.warning("out of memory; the SAEs are given up and it is tried once more")
        self.store.cache.clear()
        gc.collect()
        if self.model.device == "cuda":
            torch.cuda.empty_cache()

    def _failure(self, error: Exception) -> Failure:
        """
        Raises:
            Exception: the error itself, when it is a fault of the app.
        """
        if isinstance(error, InterpretError):
            return error.failure
        if is_out_of_memory(error):
            log.error("out of memory again: %s", error)
            return out_of_memory("The GPU has too little memory for this request.").failure
        if is_poisoned(error):
            self.poisoned = True
            log.error("the GPU failed; this container ends: %s", error)
            return InterpretError(503, "gpu_error", "The GPU failed. Another container takes over.").failure
        raise error

    def _reply(self, result: Any, error: Failure | None, start: float) -> Reply:
        report = self.model.report()
        self.model.first_call = False
        return Reply(
            result=result,
            error=error,
            model_s=time.perf_counter() - start,
            worker=report,
            loaded=Loaded(
                sources=self.store.by_set(),
                in_memory=self.store.cache.keys,
                model=ModelFacts(layers=self.model.layers, context=self.model.context),
            ),
        )
