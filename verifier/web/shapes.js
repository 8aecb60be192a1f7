// What somebody typed or pasted, told apart by its shape alone: nothing is asked of anybody for that.

import { ALPHABET as SYMBOLS, narrowed, withoutSeparators } from "./manual_code.js";

const CODE = new RegExp(`^[${SYMBOLS}]{15}$`);
const SHARE_CODE = new RegExp(`^[${SYMBOLS}]{16}$`);
// One symbol too few or too many is a slip: no other code is nearly as long.
const REPORT_CODE = new RegExp(`^B[${SYMBOLS}]{16,18}$`);
const GROUPED_SO_FAR = /^[2-9A-Za-z-]+$/;
const CODE_SO_FAR = new RegExp(`^[${SYMBOLS}]{1,14}$`);
const NUMBER = /^22[0-9]{6}[1-5][0-9]{6}[0-9A-Z]$/;
const THREE_GROUPS = /^[0-9A-Z]{4,6}([-\s]+)[0-9A-Z]{4,6}\1[0-9A-Z]{4,6}$/;
const ABOUT_FIFTEEN = /^[0-9A-Z]{13,17}$/;
const LETTERS_OF_A_CODE = 4;
const LONGEST_NUMBER = 32;
const LONGEST_CODE = 64;
const CHECK_SYMBOLS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/**
 * What a text can only have been meant as.
 * @returns {{kind: string, value: string}} `nothing`; `record` (text of a QR symbol, white space dropped); `code` (manual code
 *   校验码, perhaps mistyped), `share` (授权码) and `report` (报告查验码) as they were typed; `number` (of a certificate, a
 *   historical record or an old certificate); `unknown`.
 */
export function shapeOf(typed) {
  const text = narrowed(typed).trim();
  const bare = withoutSeparators(text);
  if (bare === "") return { kind: "nothing", value: "" };
  if (text.includes("#") || /^https?:/i.test(text) || bare.length > LONGEST_CODE) return { kind: "record", value: typed.replace(/\s+/g, "") };
  return { kind: shortKind(text.toUpperCase(), bare.toUpperCase()), value: text };
}

function shortKind(text, bare) {
  if (NUMBER.test(bare)) return "number";
  if (SHARE_CODE.test(bare)) return "share";
  if (REPORT_CODE.test(bare)) return "report";
  if (CODE.test(bare) || CODE_SO_FAR.test(bare) || THREE_GROUPS.test(text) || isNearlyCode(bare)) return "code";
  if (/[0-9〇一二三四五六七八九]/.test(bare) && bare.length <= LONGEST_NUMBER) return "number";
  return "unknown";
}

// Mistyped, with a symbol that no code has: numbers are digits but for a letter or two.
function isNearlyCode(bare) {
  return ABOUT_FIFTEEN.test(bare) && bare.replace(/[0-9]/g, "").length >= LETTERS_OF_A_CODE;
}

/**
 * What was typed so far, in the groups in which it stands on paper: a manual code in fives, a share code in fours, a report
 * code in sixes. Up to fifteen symbols it may still be a manual code. Anything else is given back as it was typed.
 */
export function regrouped(typed) {
  if (!GROUPED_SO_FAR.test(typed)) return typed;
  const symbols = typed.replaceAll("-", "").toUpperCase();
  return symbols.match(new RegExp(`.{1,${groupSize(symbols)}}`, "g"))?.join("-") ?? "";
}

function groupSize(symbols) {
  if (SHARE_CODE.test(symbols)) return 4;
  return symbols.length > 16 && symbols.startsWith("B") ? 6 : 5;
}

/**
 * Whether a number has the form of this province's and a check character (ISO/IEC 7064 MOD 37,36) that does not agree:
 * it was copied wrongly, whatever the register holds.
 */
export function isMiscopied(number) {
  const text = withoutSeparators(narrowed(number)).toUpperCase();
  return NUMBER.test(text) && checkCharacter(text.slice(0, -1)) !== text.at(-1);
}

function checkCharacter(body) {
  const product = [...body].reduce((value, symbol) => {
    const total = (value + CHECK_SYMBOLS.indexOf(symbol)) % 36 || 36;
    return (total * 2) % 37;
  }, 36);
  return CHECK_SYMBOLS[(37 - product) % 36];
}
