// A signed file of the service, asked for by a button and saved: the question goes in the body, never into an address.

import { bothLanguages } from "./language.js";
import { reasonOf, sentenceOf } from "./no_answer.js";
import { post } from "./posting.js";

const TIMEOUT_MS = 30_000;
const FILE_NAME = /filename="([A-Za-z0-9-]{1,80}\.(?:pdf|json))"/;
const BUSY = { zh: "正在出具，请稍候……", en: "It is being made, please wait…" };
const SAVED = { zh: "已出具，请在浏览器的下载内容中查看。", en: "It was made: see the downloads of your browser." };
const REFUSED_EN = "It cannot be made now; the reason is given in Chinese:";
const TOLD = new Set([404, 409]);

/**
 * Let the button of a part of the page ask for a file and save it.
 * @param part element with `data-download-from`, a button, and `[data-download-told]` for what came of it; null: there is none.
 * @returns {(question: ?Object) => void} offers the file for a question as docs/api.md has it; for null it is not offered.
 */
export function enableDownload(part) {
  let offered = null;
  if (part === null) return () => {};
  const button = part.querySelector("button");
  button.addEventListener("click", async () => {
    const question = offered;
    tell(part, BUSY);
    button.disabled = true;
    part.setAttribute("aria-busy", "true");
    const told = await download(part.dataset.downloadFrom, question);
    part.setAttribute("aria-busy", "false");
    button.disabled = false;
    if (question === offered) tell(part, told);
  });
  return (question) => {
    offered = question;
    part.hidden = question === null;
    tell(part, null);
  };
}

/** The same for several parts that are offered for one question, by their selectors. */
export function enableDownloads(...selectors) {
  const offers = selectors.map((selector) => enableDownload(document.querySelector(selector)));
  return (question) => offers.forEach((offer) => offer(question));
}

/** Ask and save; the sentence that says what came of it. */
async function download(address, question) {
  try {
    const response = await post(address, question, TIMEOUT_MS);
    if (!response.ok) return await refusal(response);
    const name = FILE_NAME.exec(response.headers.get("Content-Disposition") ?? "")?.[1] ?? "document.pdf";
    save(await response.blob(), name);
    return SAVED;
  } catch {
    // Off line, refused, timed out, broken off.
    return sentenceOf("network");
  }
}

async function refusal(response) {
  const { detail } = TOLD.has(response.status) ? await response.json() : {};
  return typeof detail === "string" ? { zh: detail, en: `${REFUSED_EN} ${detail}` } : sentenceOf(reasonOf(response));
}

function save(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TIMEOUT_MS);
}

function tell(part, texts) {
  const place = part.querySelector("[data-download-told]");
  place.hidden = texts === null;
  place.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
}
