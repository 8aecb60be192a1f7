// The answer on top of the page for a picture or file that gave no record.

import { showAnswer } from "./render.js";
import { PICTURE_ANSWERS } from "./scanner_words.js";

const UNDETERMINED = { zh: "无法判定", en: "Cannot tell" };
const READING = {
  verdict: { zh: "正在识别图片", en: "Reading the picture" },
  text: { zh: "在本机识别，图片不上传。", en: "On this device; the picture is not uploaded." },
};
// What belongs to an answer before this one.
const EARLIER = ["place", "decision", "record", "comparison", "basis", "retry", "report", "report-result", "causes", "suspicion", "test-banner"];

/** A picture is being read. */
export function showReading() {
  clear();
  showAnswer("loading", "loading", READING.verdict, null, READING.text, null);
}

/** No record; `code` is a key of PICTURE_ANSWERS. */
export async function showNoRecord(code) {
  clear();
  const { label, text, next } = PICTURE_ANSWERS[code];
  showAnswer("undetermined", "unreadable", UNDETERMINED, label, text, next);
  document.querySelector("[data-answer]").dataset.code = code;
  document.querySelector("[data-verdict]").focus();
}

function clear() {
  // An answer to what was shown before must not be taken for one to this.
  history.replaceState(null, "", location.pathname);
  for (const name of EARLIER) for (const section of document.querySelectorAll(`[data-${name}]`)) section.hidden = true;
  for (const section of document.querySelectorAll("[data-result]")) section.hidden = false;
  delete document.querySelector("[data-answer]").dataset.code;
}
