// Historical records: asked for by number, name and last four characters. Only the server can answer, and it is answered as
// on the verdict page, whatever stands behind the number.

import { currentSubject } from "./current_question.js";
import { enableDownload, enableDownloads } from "./download.js";
import { fill, part } from "./elements.js";
import { enableLanguageSwitch } from "./language.js";
import { lastFourIn } from "./last_four.js";
import { readWords } from "./page_words.js";
import { enableAskingAgain, showBroken } from "./pursuing.js";
import { ServiceAnswers } from "./service_answers.js";
import { enableSuspicion } from "./suspicion.js";

const form = part("[data-historical]");
const offerReports = enableDownloads("[data-report]", "[data-signed-verdict]");
const offerStatement = enableDownload(part("[data-statement]"));

enableLanguageSwitch();
enableAskingAgain();
const words = await readWords().catch(() => null);
if (words === null) showBroken();
else begin();

function begin() {
  const answers = new ServiceAnswers({ address: form.dataset.historical, words, offer, suspect: enableSuspicion() });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const question = questionIn(words.asking.refused);
    if (question !== null) answers.ask(question);
  });
  part("[data-place-select]").addEventListener("change", (event) => currentSubject().choosePlace?.(event.target.value || null));
}

// Of a historical record there is a statement, of a certificate a report.
function offer(question, verdict) {
  const isHistorical = verdict?.status === "historical";
  offerReports(question !== null && verdict.certificate !== null ? question : null);
  offerStatement(question !== null && isHistorical ? question : null);
}

// What is there, or null after saying what is missing.
function questionIn(refused) {
  const given = { number: part("#number").value.trim(), holder: part("#holder").value.trim(), last4: lastFourIn(part("#last4").value) };
  const missing = Object.keys(given).filter((name) => !given[name]);
  for (const name of Object.keys(given)) complain(name, missing.includes(name) ? refused[name === "holder" ? "name" : name] : null);
  if (missing.length === 0) return { number: given.number, name: given.holder, id_last4: given.last4 };
  part(`#${missing[0]}`).focus();
  return null;
}

function complain(name, texts) {
  part(`#${name}`).setAttribute("aria-invalid", String(texts !== null));
  fill(`#${name}-complaint`, texts);
}
