// The page of bulk checks: a list goes in, what was understood is shown, and the job is followed by the token in the fragment.

import { begin, preview, remove, results, standing, table } from "./batch_jobs.js";
import { basisOf, findingRow, firstRow, resultRow } from "./batch_rows.js";
import {
  COPIED, COPY_BY_HAND, DELETE, DELETED, EMPTY_FILE, GONE, NONE_YET, NOT_DELETED, NO_ANSWER, NO_RESULTS, NO_ROWS, OFFLINE, SURE, TITLES, TOO_LARGE, TOO_MANY,
  columnsFound, ends, findingsTold, number, progress, understood,
} from "./batch_words.js";
import { bothLanguages, enableLanguageSwitch } from "./language.js";

const MAX_BYTES = 8 * 1024 * 1024;
const ON_A_PAGE = 50;
const SOON_MS = 1_000;
const LATER_MS = 5_000;
const SAY_EVERY = 10; // per cent that pass between two announcements
const KEPT_URL_MS = 60_000;

let chosen = null; // the list that is previewed
let token = null;
let finished = false;
let said = null; // the announcement made last
let pages = [0]; // the positions behind which the pages up to the shown one begin
let turned = 0; // how often a page or a choice of rows was asked for by hand: what was asked for before is not shown any more
let shown = false; // whether the results of the finished job are shown
let following = 0; // of several, the newest alone goes on

enableLanguageSwitch();
enableIntake();
part("[data-begin]").addEventListener("click", beginChosen);
part("[data-again]").addEventListener("click", () => { chosen = null; location.hash === "" ? showIntake() : (location.hash = ""); });
part("[data-copy]").addEventListener("click", copyAddress);
part("[data-delete]").addEventListener("click", deleteJob);
part("[data-only]").addEventListener("change", () => turn([0]));
part("[data-previous]").addEventListener("click", () => turn(pages.slice(0, -1)));
part("[data-next]").addEventListener("click", (event) => turn([...pages, Number(event.currentTarget.dataset.after)]));
document.querySelectorAll("[data-save]").forEach((button) => button.addEventListener("click", () => save(button)));
part("[data-skip]").addEventListener("click", (event) => {
  // The fragment is the token: the link must not replace it.
  event.preventDefault();
  part("#main").focus();
});
addEventListener("hashchange", open);
addEventListener("online", () => token !== null && follow());
open();

function open() {
  token = location.hash.slice(1) || null;
  finished = false;
  shown = false;
  said = null;
  pages = [0];
  trouble(null);
  if (token === null) showIntake();
  else follow();
}

function showIntake() {
  following += 1;
  show({ intake: true });
}

function enableIntake() {
  const form = part("[data-file-form]");
  const input = part("#file");
  input.addEventListener("change", () => input.files.length && read(input.files[0], input.files[0].name));
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const kind of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      if (kind === "dragover") form.dataset.over = "";
      else delete form.dataset.over;
      if (kind === "drop" && event.dataTransfer.files.length) read(event.dataTransfer.files[0], event.dataTransfer.files[0].name);
    });
  }
  part("[data-paste-form]").addEventListener("submit", (event) => {
    event.preventDefault();
    read(new Blob([part("#pasted").value], { type: "text/csv" }), null);
  });
}

async function read(file, name) {
  chosen = null;
  trouble(null);
  if (name !== null) part("[data-file-name]").replaceChildren(name);
  if (file.size > MAX_BYTES) return trouble(TOO_LARGE);
  part("[data-reading]").hidden = false;
  try {
    const { status, told } = await preview(file);
    if (status === 200) showPreview(file, told);
    else trouble(refusal(status, told));
  } catch {
    trouble(NO_ANSWER);
  } finally {
    part("[data-reading]").hidden = true;
    part("#file").value = "";
  }
}

function showPreview(file, told) {
  const usable = told.understood > 0;
  chosen = usable ? file : null;
  fill("[data-understood]", usable ? understood(told.rows, told.understood) : EMPTY_FILE);
  part("[data-columns]").hidden = told.columns.length === 0;
  fill("[data-columns]", columnsFound(told.columns.map(({ heading }) => heading)));
  part("[data-first]").hidden = !usable;
  part("[data-first-rows]").replaceChildren(...told.first.map(firstRow));
  part("[data-findings]").hidden = told.findings.length === 0;
  part("[data-findings-told]").hidden = !usable;
  fill("[data-findings-told]", findingsTold(told.findings.length, told.more_findings));
  part("[data-findings-rows]").replaceChildren(...told.findings.map(findingRow));
  part("[data-begin]").hidden = !usable;
  show({ preview: true });
  part("#preview-title").focus();
}

async function beginChosen() {
  if (chosen === null) return;
  const button = part("[data-begin]");
  button.disabled = true;
  trouble(null);
  try {
    const { status, told } = await begin(chosen);
    if (status === 202) {
      chosen = null;
      part("#pasted").value = "";
      location.hash = told.job;
    } else {
      trouble(refusal(status, told));
    }
  } catch {
    trouble(NO_ANSWER);
  } finally {
    button.disabled = false;
  }
}

// Asks how the job stands until it is done; off line it goes on asking, less often.
async function follow() {
  const own = ++following;
  const first = part("[data-job]").hidden;
  while (own === following && !(finished && shown)) {
    const wait = await look(own);
    if (first && own === following && said === null && !part("[data-job]").hidden) part("#job-title").focus();
    if (wait === null) return;
    await new Promise((resolve) => { setTimeout(resolve, wait); });
  }
}

/** One look; after how many milliseconds the next one is due, null: never. */
async function look(own) {
  try {
    const { status, told } = await standing(token);
    if (own !== following) return null;
    if (status === 404) return lose(GONE);
    if (status !== 200) return LATER_MS;
    trouble(null);
    shown = await showStanding(told);
    if (finished && shown) return null;
    return shown ? SOON_MS : LATER_MS;
  } catch {
    if (own === following) trouble(OFFLINE);
    return LATER_MS;
  }
}

function lose(texts) {
  show({ intake: true });
  trouble(texts);
  return null;
}

/** How the job stands, with its first results; whether these could be had, where they are to be shown. */
async function showStanding(told) {
  const begun = part("[data-results]").hidden;
  finished = told.status === "finished";
  show({ job: true, results: told.done > 0 });
  fill("[data-job-title]", TITLES[told.status]);
  part("[data-bar]").value = told.percentage;
  const sentence = progress(told.done, told.rows, told.percentage);
  fill("[data-done]", sentence);
  for (const [outcome, count] of Object.entries(told.outcomes)) part(`[data-count="${outcome}"]`).textContent = number(count);
  fill("[data-ends]", ends(beijing(told.ends_at)));
  for (const selector of ["[data-ends]", "[data-kept]"]) part(selector).hidden = !finished;
  part("[data-keep]").hidden = finished;
  if (finished || said === null || told.percentage >= said + SAY_EVERY) {
    said = told.percentage;
    fill("[data-announced]", finished ? TITLES.finished : sentence);
  }
  document.querySelectorAll("[data-save]").forEach((button) => { button.disabled = !finished; });
  if (finished || (told.done > 0 && (begun || pages.length === 1))) return showPage(pages);
  return true;
}

async function turn(wanted) {
  turned += 1;
  await showPage(wanted);
}

/** False when there was no answer to show, which is said. */
async function showPage(wanted) {
  const asked = token;
  const at = turned;
  const only = part("[data-only]").value;
  try {
    const { status, told } = await results(asked, wanted.at(-1), ON_A_PAGE, only);
    if (asked !== token || at !== turned) return true;
    if (status !== 200) {
      trouble(status === 404 ? GONE : status === 429 ? TOO_MANY : NO_RESULTS);
      return false;
    }
    pages = wanted;
    part("[data-rows]").replaceChildren(...told.results.map(resultRow));
    part("[data-basis]").replaceChildren(...basisOf(told.results));
    part("[data-table]").hidden = told.results.length === 0;
    part("[data-none]").hidden = told.results.length > 0;
    fill("[data-none]", finished ? NO_ROWS : NONE_YET);
    part("[data-previous]").disabled = pages.length === 1;
    part("[data-next]").disabled = told.next_after === null;
    part("[data-next]").dataset.after = told.next_after ?? "";
    return true;
  } catch {
    if (asked === token && at === turned) trouble(NO_ANSWER);
    return asked !== token || at !== turned;
  }
}

async function save(button) {
  button.disabled = true;
  trouble(null);
  try {
    const content = await table(token, button.dataset.save, part("[data-only]").value);
    if (content === null) trouble(NO_ANSWER);
    else saveAs(content, `verification-results.${button.dataset.save}`);
  } catch {
    trouble(NO_ANSWER);
  } finally {
    button.disabled = false;
  }
}

function saveAs(content, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), KEPT_URL_MS);
}

async function copyAddress(event) {
  const button = event.currentTarget;
  try {
    await navigator.clipboard.writeText(location.href);
    button.replaceChildren(...bothLanguages(COPIED));
  } catch {
    button.replaceChildren(...bothLanguages(COPY_BY_HAND));
  }
}

async function deleteJob(event) {
  const button = event.currentTarget;
  if (button.dataset.sure === undefined) {
    button.dataset.sure = "";
    button.replaceChildren(...bothLanguages(SURE));
    return;
  }
  try {
    const { status } = await remove(token);
    if (status !== 204 && status !== 404) return trouble(status === 429 ? TOO_MANY : NOT_DELETED);
    history.replaceState(null, "", location.pathname);
    token = null;
    following += 1;
    lose(DELETED);
  } catch {
    trouble(NO_ANSWER);
  } finally {
    delete button.dataset.sure;
    button.replaceChildren(...bothLanguages(DELETE));
  }
}

function refusal(status, told) {
  if (status === 429) return TOO_MANY;
  if (status === 413) return TOO_LARGE;
  return typeof told.detail === "string" ? { zh: told.detail, en: told.detail } : NO_ANSWER;
}

function show({ intake = false, preview: previewed = false, job = false, results: listed = false }) {
  part("[data-intro]").hidden = !intake && !previewed;
  part("[data-intake]").hidden = !intake;
  part("[data-preview]").hidden = !previewed;
  part("[data-job]").hidden = !job;
  part("[data-results]").hidden = !listed;
}

function trouble(texts) {
  part("[data-trouble]").hidden = texts === null;
  part("[data-trouble]").replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
}

function beijing(instant) {
  return new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString().slice(0, 16).replace("T", " ");
}

function part(selector) {
  return document.querySelector(selector);
}

function fill(selector, texts) {
  part(selector).replaceChildren(...bothLanguages(texts));
}
