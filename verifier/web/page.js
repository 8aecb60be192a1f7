// Start page and verdict page: takes what is shown, typed or handed over, has it checked, and shows the one answer.

import { enableAsking, setTyped } from "./asking.js";
import { withoutPrefix } from "./base43.js";
import { beginQuestion, currentSubject } from "./current_question.js";
import { enableDownloads } from "./download.js";
import { part } from "./elements.js";
import { enableLanguageSwitch } from "./language.js";
import { ManualCodeRefused, decodeManualCode, grouped, isMeantAsCode } from "./manual_code.js";
import { readWords } from "./page_words.js";
import { PresentedRecord } from "./presented_record.js";
import { enableAskingAgain, pursue, showBroken } from "./pursuing.js";
import { showChecking, showEmpty } from "./render.js";
import { askReport, showReport } from "./report_code.js";
import { ServiceAnswers, readTables } from "./service_answers.js";
import { enableSuspicion } from "./suspicion.js";
import { showTold, showUntold } from "./told.js";
import { enableFiles } from "./upload.js";

const select = part("[data-place-select]");
const service = part("[data-decision]").dataset.decisionFrom ?? null;
const anchor = part("[data-trust-anchor]")?.dataset.trustAnchor ?? null;
const offer = enableDownloads("[data-report]", "[data-signed-verdict]");
const suspect = enableSuspicion();
const onStart = part("[data-start]") !== null;

enableLanguageSwitch();
enableAskingAgain();
const words = await readWords().catch(() => null);
if (words === null) showBroken();
else begin();

function begin() {
  const answers = new ServiceAnswers({ address: service, words, offer, suspect });
  const byService = { code: presentText, number: (question) => answers.ask(question), report: askByReport, share: presentShare };
  enableAsking(words, { record: presentText, ...(service === null ? {} : byService) });
  enableFiles(words, { begin: forget, picture: async (file) => (await import("./scanning.js")).takeFiles([file]) });
  select.addEventListener("change", () => currentSubject().choosePlace?.(select.value || null));
  part("[data-skip]").addEventListener("click", (event) => {
    // The fragment is the record: the link must not replace it.
    event.preventDefault();
    part("#main").focus();
  });
  addEventListener("hashchange", () => {
    if (!onStart) leaveFor(() => location.reload());
  });
  addEventListener("online", () => currentSubject().askAgainQuietly?.());
  checkPresented(answers);
}

/** Check the text of a QR symbol, or a manual code: it goes to the verdict page as its fragment, which stays in the browser. */
function presentText(text) {
  const carried = withoutOwnAddress(text);
  if (onStart) leaveFor(() => location.assign(`/v#${carried}`));
  else if (location.hash === `#${carried}`) leaveFor(() => location.reload());
  else leaveFor(() => (location.hash = carried));
}

// The code of a share grant goes to its page as the fragment, which no server sees.
function presentShare(code) {
  leaveFor(() => location.assign(`/share#${encodeURIComponent(code)}`));
}

// No answer may come into the page that is being left.
function leaveFor(another) {
  beginQuestion();
  another();
}

// A foreign address before the record is kept: it is to be warned of.
function withoutOwnAddress(text) {
  return text.startsWith(`${location.origin}/v#`) ? withoutPrefix(text) : text;
}

function checkPresented(answers) {
  const text = onStart ? "" : location.hash.slice(1);
  if (text === "") {
    if (!onStart) showEmpty();
  } else if (service !== null && isMeantAsCode(text)) {
    askByCode(text, answers);
  } else {
    new PresentedRecord({ text, words, anchor, service, offer, suspect }).check();
  }
}

// A code holds nothing to check: only the service knows the record that belongs to it, and it sends no names.
function askByCode(text, answers) {
  setTyped(text);
  const code = decoded(text);
  if (code !== null) {
    answers.ask({ code });
    return;
  }
  showUntold("mistyped", words);
  part("[data-verdict]").focus();
}

function decoded(text) {
  try {
    return grouped(decodeManualCode(text));
  } catch (error) {
    if (error instanceof ManualCodeRefused) return null;
    throw error;
  }
}

// What the report said stands beside the verdict of now; its code enters no address either.
function askByReport(typed) {
  return pursue(async (question) => {
    question.subject = { askAgain: () => askByReport(typed) };
    forget();
    showChecking(words.asking.checking);
    const { told, reason } = await question.still(askReport(part("[data-report-told]").dataset.reportToldFrom, typed, question.signal));
    if (told === null) {
      showUntold(reason, words);
    } else {
      const tables = await question.still(readTables(question.signal));
      showTold(told.now, words, told.report.place, tables, "masked");
      showReport(told, words);
      part("[data-place]").hidden = true; // it was asked for the report's own place
      part("[data-retry]").hidden = true;
    }
    part("[data-verdict]").focus();
  });
}

function forget() {
  select.replaceChildren();
  offer(null);
  suspect(null);
}
