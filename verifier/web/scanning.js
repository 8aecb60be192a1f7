// Scanning, on the start page and the verdict page: the camera, a photo, a picture dropped or pasted. All that reads symbols is
// loaded at the first use.

import { beginQuestion } from "./current_question.js";
import { enableHandingOver, kindOf, sendByForm } from "./handed_over.js";

const opener = document.querySelector("[data-scanner-open]");
const chooser = document.querySelector("[data-picture]");
let isOpen = false;

opener?.addEventListener("click", openScanner);
chooser?.addEventListener("change", () => takeChosen(chooser));
enableHandingOver(takeFiles);
if (opener !== null) opener.hidden = false;

async function openScanner() {
  if (isOpen) return;
  isOpen = true;
  try {
    const { scan } = await import("./scanner.js");
    const text = await scan(() => chooser.click());
    if (text === null) opener.focus();
    else await present(text, beginQuestion());
  } catch {
    await tell("reader-failed", beginQuestion());
  } finally {
    isOpen = false;
  }
}

async function takeChosen(input) {
  const files = [...input.files];
  // The same file may be chosen again.
  input.value = "";
  if (files.length > 0) await takeFiles(files);
}

/** Take what was chosen, dropped or pasted: a picture is read here, a PDF goes to the service. */
export async function takeFiles(files) {
  const question = beginQuestion(); // whatever was asked before is over
  if (files.length > 1) {
    await tell("one-at-a-time", question);
    return;
  }
  const kind = await kindOf(files[0]);
  if (question.signal.aborted) return;
  if (kind === "picture") await takePicture(files[0], question);
  else if (kind === "unknown") await tell("neither-picture-nor-pdf", question);
  else if (!sendByForm(files[0])) await tell("no-file-check", question);
}

// Read the symbol of a picture in this browser, and present its record.
async function takePicture(file, question) {
  try {
    const { showReading } = await question.still(import("./picture_answer.js"));
    showReading();
    const { recordInPicture } = await question.still(import("./picture.js"));
    const { text, code } = await question.still(recordInPicture(file));
    await (text === null ? tell(code, question) : present(text, question));
  } catch {
    await tell("reader-failed", question);
  }
}

async function present(text, question) {
  const { presentable } = await import("./scanned.js");
  if (question.signal.aborted) return;
  const fragment = `#${presentable(text)}`;
  // The record stays in the fragment, which no browser sends; a record that stands there already is checked anew.
  const address = new URL(`/v${fragment}`, location.origin);
  if (address.href === location.href) location.reload();
  else location.assign(address);
}

async function tell(code, question) {
  const { showNoRecord } = await import("./picture_answer.js");
  if (question.signal.aborted) return;
  showNoRecord(code);
}
