// What a record says, field by field.

import { regionName } from "./answer_words.js";
import { dateWords } from "./calendar.js";
import { same } from "./elements.js";
import { QUALITIES } from "./qualities.js";

/** The fields of a record, as `[label, value, style]` for `field` (elements.js). */
export function fieldsOf(evidence) {
  const own = evidence.claims.historical === null ? certificateFields(evidence) : historicalFields(evidence);
  const beside = evidence.manualCode === null ? [] : [[{ zh: "校验码（印在二维码旁）", en: "Manual code, printed beside" }, same(evidence.manualCode), "code"]];
  return [...copyFields(evidence.claims.copy), ...own, ...beside];
}

/** The terms of an annotated copy, or none. They stand first: they decide whether the reader may rely on it at all. */
export function copyFields(copy) {
  if (copy === null) return [];
  return [
    [{ zh: "加注件仅供", en: "Copy made for" }, same(copy.recipient), "name"],
    [{ zh: "用途", en: "Purpose" }, same(copy.purpose)],
    [{ zh: "到期日（含当日）", en: "Last day of use" }, dateWords(copy.endsOn)],
    [{ zh: "加注件编号", en: "Copy" }, same(copy.id)],
  ];
}

function historicalFields({ claims: { name, last4, historical } }) {
  const recorded = (label, words) => (words === null ? [] : [[label, same(words)]]);
  return [
    [{ zh: "姓名", en: "Name" }, same(name), "name"],
    [{ zh: "证件号码后四位", en: "Last 4 of the ID" }, same(last4), "name"],
    [{ zh: "职称名称（原文）", en: "Title, as recorded" }, same(historical.title)],
    ...recorded({ zh: "系列（原文）", en: "Series, as recorded" }, historical.series),
    ...recorded({ zh: "级别（原文）", en: "Level, as recorded" }, historical.level),
    [{ zh: "取得时间", en: "Acquired" }, same(historical.acquired)],
    [{ zh: "材料质量", en: "Evidence" }, QUALITIES[historical.quality]],
    [{ zh: "查询编号", en: "Check reference" }, same(historical.reference)],
    [{ zh: "版本", en: "Version" }, versionWords(historical.version)],
  ];
}

function certificateFields({ claims, tables }) {
  const named = (table, code) => same(tables?.[table]?.[String(code)] ?? String(code));
  const area = claims.area === null ? [] : [[{ zh: "有效范围", en: "Counts in" }, areaWords(regionName(tables, String(claims.area)))]];
  return [
    [{ zh: "姓名", en: "Name" }, same(claims.name), "name"],
    [{ zh: "证件号码后四位", en: "Last 4 of the ID" }, same(claims.last4), "name"],
    [{ zh: "职称名称", en: "Title" }, named("titles", claims.title)],
    [{ zh: "系列", en: "Series" }, named("series", claims.series)],
    [{ zh: "级别", en: "Level" }, named("levels", claims.level)],
    [{ zh: "取得方式", en: "Way of acquiring" }, named("ways", claims.way)],
    ...area,
    [{ zh: "取得日期", en: "Acquired on" }, dateWords(claims.acquiredOn)],
    [{ zh: "证书编号", en: "Number" }, same(claims.number)],
    [{ zh: "版本", en: "Version" }, versionWords(claims.version)],
  ];
}

/** The version of a certificate. */
export function versionWords(version) {
  return { zh: `第 ${version} 版`, en: String(version) };
}

/** The only area in which a title counts. */
export function areaWords(area) {
  return { zh: `仅在${area}范围内有效，仅兑现专业技术七级岗位`, en: `${area} only; for grade-7 technical posts only` };
}
