// The report of a suspected fake: filled in, looked at here, sent once, and answered with number and code of the case.

import { requestNumber } from "./ask.js";
import { bothLanguages } from "./language.js";
import { post } from "./posting.js";
import { same } from "./elements.js";

const TIMEOUT_MS = 60_000; // two megabytes over a phone
const MAX_FILE = 2_000_000;
const KINDS = new Set(["application/pdf", "image/jpeg", "image/png"]);
const FIELDS = ["name", "contact", "shown_at", "account"];
const E_MAIL = /^[^\s@]{1,64}@[^\s@.]+(\.[^\s@.]+)+$/;
const MISSING = {
  name: { zh: "请填写您的真实姓名。", en: "Please give your real name." },
  contact: { zh: "请填写电话号码或电子邮箱。", en: "Please give a telephone number or an e-mail address." },
  shown_at: { zh: "请写明在哪里出示。", en: "Please say where it was shown." },
  account: { zh: "请写明事情经过。", en: "Please say what happened." },
};
const NO_CONTACT = { zh: "这不是电话号码，也不是电子邮箱，请核对。", en: "This is neither a telephone number nor an e-mail address." };
const TOO_LARGE = { zh: "文件超过 2 MB。请压缩后再附，或者不附文件先提交。", en: "The file is larger than 2 MB: make it smaller, or report without it." };
const WRONG_KIND = { zh: "只能附 PDF、JPEG 或 PNG 文件。", en: "Only PDF, JPEG or PNG can be attached." };
const NO_FILE = { zh: "未选择文件", en: "no file chosen" };
const SENDING = { zh: "正在提交，请稍候……", en: "Handing it in, please wait…" };
const TOO_MANY = { zh: "提交得太频繁，请过一会儿再试；您填写的内容还在。", en: "Too many reports; please try again later. What you entered is still here." };
const NO_ANSWER = {
  zh: "没有得到答复，请检查网络后再提交一次；您填写的内容还在，重复提交不会重复立案。",
  en: "No answer; check the network and hand it in again. What you entered is still here, and the same report opens one case only.",
};
const COPIED = { zh: "已复制。", en: "Copied." };
const NOT_COPIED = { zh: "未能复制，请抄下来。", en: "It could not be copied; please write it down." };
const CHECKED = {
  qr: { zh: "附上刚才核验的二维码内容（其中有证书所载的姓名）", en: "Attach the content of the QR code that was checked (it holds the name on the certificate)" },
  code: { zh: "附上刚才核验的校验码", en: "Attach the manual code that was checked" },
  number: { zh: "附上刚才查询的证书编号", en: "Attach the certificate number that was asked for" },
};

/** The form of a section: `open(checked)` with what the answer is about, `close()` when the answer goes. */
export function openableForm(section) {
  const page = new Form(section);
  return { open: (checked) => page.open(checked), close: () => page.close() };
}

class Form {
  constructor(section) {
    this.section = section;
    this.form = this.part("suspicion-form");
    this.checked = null;
    this.sent = { body: null, key: null };
    for (const name of FIELDS) this.field(name).addEventListener("input", () => this.complain(name, null));
    this.part("suspicion-file").addEventListener("change", () => this.lookAtFile());
    this.part("suspicion-cancel").addEventListener("click", () => this.cancel());
    this.part("suspicion-copy").addEventListener("click", () => this.copy());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
  }

  open(checked) {
    this.checked = checked;
    const kind = Object.keys(CHECKED).find((one) => checked?.[one]) ?? null;
    this.part("suspicion-what").hidden = kind === null;
    if (kind !== null) this.part("suspicion-what-words").replaceChildren(...bothLanguages(CHECKED[kind]));
    this.show("form");
    this.field("name").focus();
  }

  close() {
    this.form.reset();
    this.lookAtFile();
    for (const name of [...FIELDS, "file"]) this.complain(name, null);
    this.tell(null);
    for (const name of ["number", "code", "copied"]) this.part(`suspicion-${name}`).replaceChildren();
    this.show("offer");
  }

  cancel() {
    this.show("offer");
    this.part("suspicion-open").focus();
  }

  show(step) {
    this.part("suspicion-offer").hidden = step !== "offer";
    this.form.hidden = step !== "form";
    this.part("suspicion-done").hidden = step !== "done";
    this.part("suspicion-open").setAttribute("aria-expanded", String(step === "form"));
  }

  lookAtFile() {
    const [file] = this.part("suspicion-file").files;
    this.part("suspicion-file-name").replaceChildren(...bothLanguages(file ? same(file.name) : NO_FILE));
    const complaint = file === undefined ? null : file.size > MAX_FILE ? TOO_LARGE : KINDS.has(file.type) ? null : WRONG_KIND;
    this.complain("file", complaint);
    return complaint === null;
  }

  async send() {
    const wrong = FIELDS.filter((name) => !this.isFilled(name));
    if (!this.lookAtFile()) wrong.push("file");
    if (wrong.length > 0) {
      this.field(wrong[0]).focus();
      return;
    }
    this.busy(true);
    this.tell(SENDING);
    const { opened, told } = await this.handIn();
    this.busy(false);
    if (opened === null) this.tell(told);
    else this.showOpened(opened);
  }

  isFilled(name) {
    const value = this.field(name).value.trim();
    const complaint = value === "" ? MISSING[name] : name === "contact" && !isContact(value) ? NO_CONTACT : null;
    this.complain(name, complaint);
    return complaint === null;
  }

  // The same report keeps its key: what was broken off is answered, not taken in twice.
  async handIn() {
    try {
      const body = await this.body();
      const text = JSON.stringify(body);
      if (this.sent.body !== text) this.sent = { body: text, key: crypto.randomUUID() };
      const response = await post(this.form.dataset.reportedTo, body, TIMEOUT_MS, { headers: { "Idempotency-Key": `"${this.sent.key}"` } });
      if (response.ok) return { opened: await response.json(), told: null };
      if (response.status === 429) return { opened: null, told: TOO_MANY };
      if (response.status === 400) return { opened: null, told: await detailOf(response) };
      return { opened: null, told: withNumber(NO_ANSWER, requestNumber(response)) };
    } catch {
      // Off line, refused, timed out, broken off.
      return { opened: null, told: NO_ANSWER };
    }
  }

  async body() {
    const body = Object.fromEntries(FIELDS.map((name) => [name, this.field(name).value.trim()]));
    const kind = Object.keys(CHECKED).find((one) => this.checked?.[one]);
    if (kind !== undefined && this.part("suspicion-attach").checked) body[kind] = this.checked[kind];
    const [file] = this.part("suspicion-file").files;
    if (file) body.file = await base64Of(file);
    return body;
  }

  showOpened({ number, code }) {
    this.form.reset();
    this.lookAtFile();
    this.sent = { body: null, key: null };
    this.tell(null);
    this.part("suspicion-number").textContent = number;
    this.part("suspicion-code").textContent = code;
    this.show("done");
    this.part("suspicion-heading").focus();
  }

  async copy() {
    const text = `举报编号 ${this.part("suspicion-number").textContent} 查询码 ${this.part("suspicion-code").textContent}`;
    const told = await navigator.clipboard.writeText(text).then(() => COPIED, () => NOT_COPIED);
    this.part("suspicion-copied").replaceChildren(...bothLanguages(told));
  }

  busy(sending) {
    this.form.setAttribute("aria-busy", String(sending));
    this.part("suspicion-send").disabled = sending;
  }

  tell(texts) {
    const told = this.part("suspicion-told");
    told.hidden = texts === null;
    told.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
  }

  complain(name, texts) {
    const complaint = this.section.querySelector(`[data-complaint="${name}"]`);
    this.field(name).setAttribute("aria-invalid", String(texts !== null));
    complaint.hidden = texts === null;
    complaint.replaceChildren(...(texts === null ? [] : bothLanguages(texts)));
  }

  field(name) {
    return name === "file" ? this.part("suspicion-file") : this.section.querySelector(`[data-report-field="${name}"]`);
  }

  part(name) {
    return this.section.querySelector(`[data-${name}]`);
  }
}

function isContact(text) {
  const digits = text.normalize("NFKC").replace(/\D/g, "").length;
  return E_MAIL.test(text) || (digits >= 7 && digits <= 15);
}

async function detailOf(response) {
  const { detail } = await response.json();
  return { zh: detail, en: `It was not taken; the reason is given in Chinese: ${detail}` };
}

function withNumber({ zh, en }, number) {
  return number === null ? { zh, en } : { zh: `${zh}（请求编号：${number}）`, en: `${en} (Request number: ${number})` };
}

function base64Of(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(reader.result.slice(reader.result.indexOf(",") + 1)));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
