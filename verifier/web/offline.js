// Off-line use: the service worker, and the panel that says what is kept, how old it is, and fetches or removes it.

import { KEPT_CHANGED, bringForward, forgetHowFar, isForward, keepNothing } from "./bring_forward.js";
import { chinaTime } from "./calendar.js";
import { greatestSeen, keptShards, mayKeep, newestKept } from "./kept_ledger.js";
import { bothLanguages } from "./language.js";
import { ownScript } from "./own_worker.js";
import { CannotVerify } from "./signature.js";
import { TreeProblem } from "./tree.js";
import { ageWords } from "./answer_words.js";

const SHARD_KB = 64;
const TELLING_FAILURES = 3;
const LABELS = {
  page: { zh: "页面", en: "Pages" },
  ledger: { zh: "公开账本", en: "Ledger" },
  shards: { zh: "状态分片", en: "Parts of the ledger" },
};
const PAGE_KEPT = { zh: "已保存，没有网络也能打开", en: "kept: they open without network" };
const PAGE_NOT_KEPT = { zh: "还没有保存完", en: "not kept yet" };
const PREPARE = { zh: "准备离线使用", en: "Prepare for off-line use" };
const UPDATE = { zh: "现在更新", en: "Update now" };
const READING = { zh: "正在读取最新的公开账本……", en: "Reading the newest ledger…" };
const DONE = { zh: "已更新。", en: "Up to date." };
const PAUSED = { zh: "已暂停，已下载的部分可以使用；再按一次接着下载。", en: "Paused: what was fetched can be used; press again to go on." };
const REMOVED = { zh: "已删除本机保存的公开账本。", en: "The kept ledger was removed." };
const NOT_GOT = { zh: "没有取到最新的公开账本，本机保存的内容没有改变。请检查网络后重试。", en: "The newest ledger could not be fetched; what is stored here is unchanged. Check the network and try again." };
const WENT_BACK = { zh: "收到的公开账本比这台设备以前核对过的还旧，不能采信，本机保存的内容没有改变。请换一个网络重试；仍然如此，请告知发证机关。", en: "The ledger received is older than one this device has verified before. It is not trusted, and what is stored here is unchanged. Try another network; if this continues, tell the issuing authority." };
const FORGOTTEN = { zh: "已忘记以前见过的账本。下一次核验从当时收到的账本重新记起。", en: "Forgotten. The next check starts again from the ledger received then." };
const NO_ROOM = { zh: "本机空间不足，没有保存完整。", en: "There is not enough room on this device." };
const NO_NETWORK_EMPTY = { zh: "现在没有网络，本机也没有保存公开账本：要联网后才能核验。", en: "No network, and no ledger is kept on this device: nothing can be checked before there is a network." };

const panel = document.querySelector("[data-off-line-use]");
const part = (name) => panel.querySelector(`[data-${name}]`);
const anchor = document.querySelector("[data-trust-anchor]")?.dataset.trustAnchor ?? null;
const saves = navigator.connection?.saveData === true;
let pageKept = false;
let running = false;
let paused = false;

if (mayKeep() && navigator.serviceWorker && crypto.subtle) await start();

async function start() {
  panel.hidden = false;
  part("keep").addEventListener("click", fetchMore);
  part("keep-pause").addEventListener("click", () => { paused = true; });
  part("kept-remove").addEventListener("click", remove);
  part("seen-forget").addEventListener("click", forget);
  addEventListener(KEPT_CHANGED, show);
  addEventListener("offline", showNetwork);
  addEventListener("online", showNetwork);
  addEventListener("online", whenIdle(refresh));
  addEventListener("beforeinstallprompt", offerInstalling);
  await show();
  await showNetwork();
  if (document.readyState === "complete") whenIdle(keepPages)();
  else addEventListener("load", whenIdle(keepPages));
  whenIdle(refresh)();
}

// The answer comes first: nothing here takes time or lines from it.
function whenIdle(work) {
  return () => (globalThis.requestIdleCallback ?? setTimeout)(() => work());
}

async function keepPages() {
  try {
    if (panel.dataset.keepsPages === undefined) {
      await (await navigator.serviceWorker.getRegistration())?.unregister();
      return;
    }
    const registration = await navigator.serviceWorker.register(ownScript("/sw.js"), { scope: "/", updateViaCache: "none" });
    registration.addEventListener("updatefound", () => watch(registration.installing));
    watch(registration.installing);
    navigator.serviceWorker.ready.then(({ active }) => {
      pageKept = true;
      if (!saves) active.postMessage("keep-the-rest");
      show();
    });
    addEventListener("online", () => registration.update().catch(() => {}));
  } catch {
    pageKept = false; // no network now, or a browser that keeps nothing: the page works on line all the same
  }
}

// A release that cannot be kept leaves the one before in use: the reader learns that, and since when.
function watch(coming) {
  coming?.addEventListener("statechange", show);
}

async function failureToKeep() {
  const facts = await (await caches.match("/release-failure.json", { cacheName: "release-failure" }))?.json();
  return facts?.times >= TELLING_FAILURES ? facts : null;
}

// What is kept and an hour old is brought forward by itself; where nothing is kept, nothing is fetched unasked.
async function refresh() {
  const kept = await newestKept();
  if (kept === null || isForward(kept, presentSecond()) || !navigator.onLine || (saves && kept.facts.wants_all)) return;
  await run({ ifOlder: true }, { quiet: true });
}

async function fetchMore() {
  const kept = await newestKept();
  const missing = kept === null ? [] : await missingOf(kept);
  if (kept === null || missing.length > 0) await navigator.storage?.persist?.();
  await run(kept !== null && missing.length > 0 ? { all: true } : {});
}

async function run(asked, { quiet = false } = {}) {
  if (running) return;
  running = true;
  paused = false;
  if (!quiet) tell(READING);
  await show();
  try {
    await bringForward({ now: presentSecond(), anchor, onProgress: showProgress, ...asked });
    tell(paused ? PAUSED : quiet ? null : DONE);
  } catch (error) {
    const reason = reasonOf(error);
    // Unasked, it is no news that there is no network; that a server went back is.
    tell(quiet && reason !== WENT_BACK ? null : reason);
  } finally {
    running = false;
    part("kept-progress").hidden = true;
    await show();
  }
}

function reasonOf(error) {
  if (error instanceof TreeProblem || error instanceof CannotVerify) return error.older ? WENT_BACK : NOT_GOT;
  if (error instanceof DOMException) return error.name === "QuotaExceededError" ? NO_ROOM : NOT_GOT;
  throw error;
}

function showProgress(done, total) {
  const bar = part("kept-progress");
  bar.hidden = paused;
  bar.max = total;
  bar.value = done;
  tell({ zh: `正在下载状态分片：${done} / ${total}。离开本页也不要紧，下次接着下载。`, en: `Fetching parts of the ledger: ${done} of ${total}. You may leave: the rest is fetched another time.` });
  part("keep-pause").hidden = false;
  return !paused;
}

async function remove() {
  await keepNothing();
  tell(REMOVED);
  await show();
}

async function forget() {
  await forgetHowFar();
  part("seen").open = false;
  tell(FORGOTTEN);
  await show();
  part("keep").focus();
}

async function show() {
  const kept = await newestKept();
  const missing = kept === null ? [] : await missingOf(kept);
  part("kept-fields").hidden = kept === null && !pageKept;
  part("kept-fields").replaceChildren(...fieldsOf(kept, missing).map(row));
  put(part("keep"), kept === null ? PREPARE : missing.length > 0 ? fetchAllWords(kept, missing) : UPDATE);
  part("keep").disabled = running;
  part("keep-pause").hidden = !running || part("kept-progress").hidden;
  const failing = await failureToKeep();
  part("release-failing").hidden = failing === null;
  if (failing !== null) put(part("release-failing"), failingWords(failing));
  part("kept-remove").hidden = kept === null || running;
  part("seen").hidden = running || (await greatestSeen()) === null;
}

function fieldsOf(kept, missing) {
  const pages = [[LABELS.page, pageKept ? PAGE_KEPT : PAGE_NOT_KEPT]];
  if (kept === null) return pages;
  const { facts } = kept;
  const [all, held] = [facts.roots.length, facts.roots.filter((root) => !missing.includes(root)).length];
  const size = sizeWords(new Set(facts.roots).size - missing.length);
  return [
    ...pages,
    [LABELS.ledger, asOfWords(facts)],
    [LABELS.shards, { zh: `${held} / ${all}，${size}`, en: `${held} of ${all}, ${size}` }],
  ];
}

function asOfWords({ as_of: asOf, size }) {
  if (asOf === null) return { zh: `时间不明，共 ${size} 条记录`, en: `of unknown time, ${size} entries` };
  const instant = chinaTime(new Date(asOf * 1000).toISOString());
  const age = Math.max(0, presentSecond() - asOf);
  const ago = age < 60 ? { zh: "刚刚更新", en: "just now" } : { zh: `${ageWords(age).zh}前`, en: `${ageWords(age).en} ago` };
  return { zh: `${instant}（北京时间，${ago.zh}）`, en: `${instant} (Beijing time, ${ago.en})` };
}

function fetchAllWords({ facts }, missing) {
  const [all, size] = [facts.roots.length, sizeWords(missing.length)];
  return { zh: `下载全部 ${all} 个分片（还需 ${size}）`, en: `Fetch all ${all} parts (${size} to go)` };
}

// Parts that hold the same are fetched and kept once.
async function missingOf({ facts }) {
  const held = await keptShards();
  return [...new Set(facts.roots)].filter((root) => !held.has(root));
}

function sizeWords(shards) {
  const size = shards * SHARD_KB;
  return size < 1024 ? `${size} KB` : `${(size / 1024).toFixed(1)} MB`;
}

async function showNetwork() {
  const banner = document.querySelector("[data-no-network]");
  banner.hidden = navigator.onLine;
  if (navigator.onLine) return;
  const kept = await newestKept();
  put(banner, kept === null ? NO_NETWORK_EMPTY : noNetworkWords(kept.facts));
}

function noNetworkWords(facts) {
  const { zh, en } = asOfWords(facts);
  return {
    zh: `现在没有网络。二维码仍可核验，依据是本机保存的公开账本：${zh}。校验码、证书编号和文件要联网才能核验。`,
    en: `No network. QR codes can still be checked, by the ledger kept on this device, ${en}. Codes, numbers and files need a network.`,
  };
}

function failingWords({ since }) {
  const instant = chinaTime(new Date(since).toISOString());
  return {
    zh: `从 ${instant} 起，新版页面没有保存成功。联网时打开的仍是新版；没有网络时用的是以前保存的页面。一直如此的，请清除浏览器为本站保存的内容后重新打开。`,
    en: `Since ${instant} (Beijing time) the new version of this page could not be stored. With a network you see the new version; without one, the version stored earlier. If this continues, clear what the browser stores for this site and open the page again.`,
  };
}

function offerInstalling(event) {
  event.preventDefault();
  const button = part("install");
  button.hidden = false;
  button.onclick = async () => {
    await event.prompt();
    button.hidden = true;
  };
}

function row([label, value]) {
  const line = document.createElement("div");
  const [term, definition] = [document.createElement("dt"), document.createElement("dd")];
  put(term, label);
  put(definition, value);
  line.append(term, definition);
  return line;
}

function tell(texts) {
  part("kept-told").hidden = texts === null;
  put(part("kept-told"), texts ?? { zh: "", en: "" });
}

function put(element, texts) {
  element.replaceChildren(...bothLanguages(texts));
}

function presentSecond() {
  return Math.floor(Date.now() / 1000);
}
