"""Request bodies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from appkit.errors import ApiError
from pydantic import BaseModel, ConfigDict, Field, model_validator

from .page_ranges import PATTERN
from .preprocess import LEAST_PIXELS, MOST_PIXELS
from .reading import ReadOptions
from .rendering import Drawing, TextLayerUse
from .schema_limits import BadSchema
from .structured import check_schema_bounded
from .token_budget import DEFAULT_PIXELS

MOST_DOCUMENTS = 500
Name = Annotated[str, Field(min_length=1, max_length=255)]
Url = Annotated[str, Field(min_length=1, max_length=4096)]
Base64 = Annotated[str, Field(description="Strict base64; a data: prefix is accepted.")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=False)


class Opts(_Strict):
    """How to read. All optional."""

    format: Literal["markdown", "text", "html", "json"] = "markdown"
    json_schema: Annotated[
        Any, Field(alias="schema", description="A JSON Schema that the answer follows; only with json.")
    ] = None
    prompt: Annotated[str, Field(max_length=4000, description="In place of the built-in instruction.")] = ""
    pages: Annotated[
        str, Field(max_length=1000, pattern=rf"^({PATTERN})?$", description="Such as 1-3,7; '' for all.")
    ] = ""
    dpi: Annotated[int, Field(ge=72, le=300, description="Of PDF pages.")] = 150
    max_pixels: Annotated[
        int,
        Field(
            ge=LEAST_PIXELS,
            le=MOST_PIXELS,
            description="Larger pages are scaled down to this. 1,024 of them are a token, and APP_MAX_MODEL_LEN has to "
            "have room for them.",
        ),
    ] = DEFAULT_PIXELS
    max_tokens: Annotated[int, Field(ge=16, le=16_384, description="Of the answer for one page.")] = 4096
    temperature: Annotated[float, Field(ge=0, le=2)] = 0.0
    language: Annotated[str, Field(max_length=40, description="Of the documents, such as German.")] = ""
    text_layer: Annotated[
        TextLayerUse | None,
        Field(
            description="The text that a PDF's page has of its own. auto: the answer for format text where it is all "
            "that can be seen; otherwise the model's numbers are compared with it. only: no model is asked. "
            "off: it is not looked at. As APP_TEXT_LAYER says when left out."
        ),
    ] = None
    turn: Annotated[bool, Field(description="Turn scans that lie on their side or upside down.")] = True

    async def checked_options(self) -> ReadOptions:
        """
        What a worker needs of this, when the schema is one that can be used.

        Raises:
            ApiError: 422 `schema_needs_json` or `bad_schema`.
        """
        if self.json_schema is not None:
            if self.format != "json":
                raise ApiError(422, "schema_needs_json", "A schema needs format json.", param="schema")
            try:
                await check_schema_bounded(self.json_schema)
            except BadSchema as error:
                raise ApiError(422, "bad_schema", str(error), param="schema") from error
        return self.read_options()

    def read_options(self) -> ReadOptions:
        """What a worker needs of this; the schema is not looked at."""
        return ReadOptions(
            format=self.format,
            schema=self.json_schema,
            prompt=self.prompt,
            language=self.language,
            max_tokens=self.max_tokens,
            temperature=self.temperature,
        )

    def drawing(self) -> Drawing:
        """What is needed to draw the pages."""
        return Drawing(
            pages=self.pages,
            dpi=self.dpi,
            max_pixels=self.max_pixels,
            text_layer=self.text_layer or "auto",
            turn=self.turn,
            form=self.format,
            own_words=not self.prompt and self.json_schema is None,
        )


class DocumentIn(_Strict):
    """A file: png, jpeg, webp, tiff, bmp, gif, heic, avif, pdf or docx, told apart by its content."""

    name: Name
    content_b64: Base64


class ExtractIn(Opts):
    """One document and how to read it."""

    document: DocumentIn


class ExtractUrlIn(Opts):
    """One document by its URL, which is given as `url` or as `image_url`."""

    url: Url | None = None
    image_url: Url | None = None

    @model_validator(mode="after")
    def _one_url(self) -> ExtractUrlIn:
        if (self.url is None) == (self.image_url is None):
            raise ValueError("give one of url and image_url")
        return self


class BatchDocumentIn(_Strict):
    """A file, or the URL of one."""

    name: Name
    content_b64: Base64 | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _one_source(self) -> BatchDocumentIn:
        if (self.content_b64 is None) == (self.url is None):
            raise ValueError("give one of content_b64 and url")
        return self


class BatchIn(Opts):
    """Many documents, read one way."""

    documents: Annotated[list[BatchDocumentIn], Field(min_length=1, max_length=MOST_DOCUMENTS)]
    callback_url: Annotated[
        Url | None, Field(description="Gets the finished job in a POST, signed with the app's key.")
    ] = None
