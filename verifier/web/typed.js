// The field where the manual code is typed: grouped while it grows, judged before it leaves the page.

import { bothLanguages } from "./language.js";
import { ManualCodeRefused, decodeManualCode, grouped } from "./manual_code.js";

const PLAIN = /^[2-9A-Za-z-]+$/;
const WHOLE = "all";

/** Call `present` with the code, grouped, whenever the page's form is sent; the form itself never goes out. */
export function enableTyping(present) {
  const form = document.querySelector("[data-typed]");
  if (!form) return;
  const field = form.querySelector("input");
  field.addEventListener("input", () => {
    complain(form, null);
    regroup(field);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const code = readCode(form, field.value);
    if (code) present(code);
  });
}

/** Put a code into the field, for whoever has to correct it. */
export function setTyped(code) {
  const field = document.querySelector("[data-typed] input");
  if (field) field.value = code;
}

function readCode(form, typed) {
  try {
    return grouped(decodeManualCode(typed));
  } catch (error) {
    if (!(error instanceof ManualCodeRefused)) throw error;
    complain(form, error.group ?? WHOLE);
    form.querySelector("input").focus();
    return null;
  }
}

// Only at the end of the field: whoever corrects in the middle keeps the place.
function regroup(field) {
  const { value } = field;
  if (field.selectionStart !== value.length || !PLAIN.test(value)) return;
  field.value = grouped(value.replaceAll("-", "").toUpperCase());
}

function complain(form, group) {
  const field = form.querySelector("input");
  const complaint = form.querySelector("[data-typed-complaint]");
  field.setAttribute("aria-invalid", String(group !== null));
  complaint.hidden = group === null;
  complaint.replaceChildren(...(group === null ? [] : bothLanguages(sentence(group))));
}

function sentence(group) {
  if (group === WHOLE) {
    return { zh: "校验码有误：请逐组核对。", en: "This code is mistyped: please compare it group by group." };
  }
  return { zh: `校验码有误：请核对第 ${group} 组。`, en: `This code is mistyped: please look at group ${group}.` };
}
