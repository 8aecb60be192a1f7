// The answer on top of the page for a picture or file that gave no record.

import { showAnswer, showAsking, showChecking } from "./render.js";
import { PICTURE_ANSWERS } from "./scanner_words.js";

const UNDETERMINED = { zh: "无法判定", en: "Cannot tell" };
const READING = {
  verdict: { zh: "正在识别图片", en: "Reading the picture" },
  text: { zh: "在本机识别，图片不上传。", en: "On this device; the picture is not uploaded." },
};
// Offers for the record shown before, which the answer itself does not clear.
const OFFERS = ["report", "signed-verdict", "suspicion", "test-banner"];

/** A picture is being read. */
export function showReading() {
  forget();
  showChecking(READING);
}

/** No record; `code` is a key of PICTURE_ANSWERS. All ways of asking stay open below. */
export function showNoRecord(code) {
  forget();
  const { label, text, next } = PICTURE_ANSWERS[code];
  showAnswer("undetermined", "unreadable", UNDETERMINED, label, text, next);
  document.querySelector("[data-answer]").dataset.code = code;
  showAsking(true);
  document.querySelector("[data-verdict]").focus();
}

// A record that was shown before must not be taken for this one, nor be checked again.
function forget() {
  history.replaceState(null, "", location.pathname);
  for (const name of OFFERS) for (const section of document.querySelectorAll(`[data-${name}]`)) section.hidden = true;
  delete document.querySelector("[data-answer]").dataset.code;
}
