"""Word documents to HTML, Markdown or text, by mammoth and markdownify. No model is asked, and no picture is read."""

from __future__ import annotations

import io
import zipfile
from typing import Literal

import mammoth
from bs4 import BeautifulSoup
from markdownify import ATX, markdownify

from .errors import DocumentError
from .word_limits import MAIN_PART, check_size, damaged, parts_of

Written = Literal["markdown", "text", "html"]
PICTURES_LEFT_OUT = "Pictures in the document were left out; what is written in them is not read."
MARGINS_LEFT_OUT = "Headers and footers of the document were left out."
# Names of parts that tell what else a zip file is.
OTHERS = {
    "xl/workbook.xml": "an Excel workbook: save it as PDF",
    "ppt/presentation.xml": "a PowerPoint presentation: save it as PDF",
    "Index/Document.iwa": "a Pages, Numbers or Keynote document: export it as PDF or Word",
    "index.xml": "a Pages document: export it as PDF or Word",
    "content.xml": "an OpenDocument file: save it as PDF or Word (.docx)",
    "META-INF/container.xml": "an e-book: convert it to PDF",
}


def check_docx(name: str, data: bytes) -> None:
    """
    Looks into a zip file.

    Raises:
        DocumentError: `unsupported_type` for what is no Word document, `bad_docx` for a damaged one,
            `document_too_large` for one that would unpack to more than is read.
    """
    names = parts_of(name, data)
    if any(MAIN_PART.fullmatch(part) for part in names):
        check_size(name, data)
        return
    what = next((words for part, words in OTHERS.items() if part in names), "a zip file: unpack it first")
    raise DocumentError("unsupported_type", f"{name} is {what}.")


def refuse_ole(name: str, data: bytes) -> DocumentError:
    """Why an older file of Office is not read: Word's own before 2007, or a newer one behind a password."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        message = f"{name} is protected by a password. Save it without one and send it again."
        return DocumentError("encrypted_document", message)
    if "WordDocument".encode("utf-16-le") in data:
        message = f"{name} is a Word document from before 2007 (.doc). Save it as .docx or PDF."
        return DocumentError("unsupported_type", message)
    return DocumentError("unsupported_type", f"{name} is an older Office file. Save it as PDF.")


def read_docx(name: str, data: bytes, form: Written) -> tuple[str, list[str]]:
    """
    Returns:
        the text, and warnings.

    Raises:
        DocumentError: `bad_docx`.
    """
    left_out: list[object] = []

    def without_picture(picture: object) -> list[object]:
        left_out.append(picture)
        return []

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(data), convert_image=without_picture, external_file_access=False
        )
    except MemoryError:
        raise
    except Exception as error:  # mammoth has no error of its own for a document that is not as it should be
        raise damaged(name) from error
    warnings = [PICTURES_LEFT_OUT] if left_out else []
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if any(part.startswith(("word/header", "word/footer")) for part in parts.namelist()):
            warnings.append(MARGINS_LEFT_OUT)
    if form == "html":
        return made.value, warnings
    if form == "markdown":
        return _tidy(
            markdownify(made.value, heading_style=ATX, bullets="-", table_infer_header=True)
        ), warnings
    return _plain(made.value), warnings


def _plain(html: str) -> str:
    """Paragraphs as lines, cells of a row with tabs between."""
    soup = BeautifulSoup(html, "html.parser")
    for line_break in soup.find_all("br"):
        line_break.replace_with("\n")
    for row in soup.find_all("tr"):
        cells = [" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"], recursive=False)]
        row.replace_with("\t".join(cells) + "\n")
    for block in soup.find_all(["p", "h1", "h2", "h3", "h4", "h5", "h6", "li"]):
        block.append("\n")
    return _tidy(soup.get_text())


def _tidy(text: str) -> str:
    """Without spaces at the ends of lines, and with one empty line at most in a row."""
    kept: list[str] = []
    for line in (line.rstrip() for line in text.splitlines()):
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip()
