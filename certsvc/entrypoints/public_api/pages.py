"""The HTML pages. None of them depends on who asks or on what is checked: they are made once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from certsvc.adapters.shipped import shipped_folder
from certsvc.domain.announced_document import AnnouncedDocument, AnnouncedScope
from certsvc.domain.unit_notice import PublicNotice


@dataclass(frozen=True)
class ErrorWords:
    """What an error page says, in both languages: what happened, and what to do now."""

    heading: str
    heading_en: str
    sentence: str
    sentence_en: str


_NOT_FOUND = ErrorWords(
    "没有这个页面",
    "No such page",
    "地址可能输错了，或者页面已经移走。核验证书请从首页开始，或直接扫描证书上的二维码。",
    "The address may be mistyped. To check a certificate, begin at the start page or scan its QR code.",
)
_NOT_ALLOWED = ErrorWords(
    "这个地址只供查看",
    "This address is for reading only",
    "请用浏览器直接打开，或从首页重新开始。",
    "Open it in a browser, or begin again at the start page.",
)
_UNAVAILABLE = ErrorWords(
    "服务暂时没有响应",
    "The service does not answer at the moment",
    "不是您的操作有误。请稍后重试；若持续如此，请把下面的编号告诉我们。",
    "Nothing you did was wrong. Try again shortly; if it stays so, tell us the number below.",
)
_WORDS = {404: _NOT_FOUND, 405: _NOT_ALLOWED}


class Pages:
    """The pages, over the assets at one address; with `asks_decision` the verdict page may ask for a failure's reason,
    with `has_notices` the start page leads to the announced results and to the units that are named publicly. The check
    in the browser believes a trust list only when `trust_anchor` (a verifier key line) or its successors signed it.
    Without `keeps_pages` no browser keeps the pages for times without network.
    """

    def __init__(
        self,
        assets_address: str,
        *,
        asks_decision: bool = False,
        has_notices: bool = False,
        trust_anchor: str | None = None,
        keeps_pages: bool = True,
    ) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(shipped_folder("templates/pages")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals["assets"] = assets_address
        self._environment.globals["asks_decision"] = asks_decision
        self._environment.globals["has_notices"] = has_notices
        self._environment.globals["trust_anchor"] = trust_anchor
        self._environment.globals["keeps_pages"] = keeps_pages
        self.start = self._render("start.html.j2")
        self.verdict = self._render("verdict.html.j2")
        self.historical = self._render("historical.html.j2")
        self.batch = self._render("batch.html.j2")
        self.share = self._render("share.html.j2")
        self.suspicion = self._render("suspicion.html.j2")

    def notices(self, notices: Sequence[PublicNotice], number: int, page: int, pages: int) -> bytes:
        """The units that are named publicly: one page of them, and how many there are."""
        return self._render("notices.html.j2", notices=notices, number=number, page=page, pages=pages)

    def announced(
        self,
        documents: Sequence[AnnouncedDocument],
        scope: AnnouncedScope,
        series: Sequence[str],
        page: int,
        pages: int,
    ) -> bytes:
        """The documents that announced results: one page of them, and what they cover."""
        return self._render(
            "announced.html.j2", documents=documents, scope=scope, series=series, page=page, pages=pages
        )

    def error(self, status: int, request_number: str) -> bytes:
        """The page for an HTTP status of 400 and above."""
        words = _WORDS.get(status, _UNAVAILABLE)
        return self._render("error.html.j2", **vars(words), request_number=request_number)

    def service_worker(self, **values: object) -> bytes:
        """The script that keeps the pages for times without network; what it keeps is said in `values`."""
        return self._render("service_worker.js.j2", **values)

    def service_worker_off(self) -> bytes:
        """The script that removes the one of earlier releases, and itself."""
        return self._render("service_worker_off.js.j2")

    def _render(self, name: str, **values: object) -> bytes:
        return self._environment.get_template(name).render(**values).lstrip().encode()
