// How good the papers behind a historical record are (docs/history.md), in words.

/** The published qualities by their letter, as `{zh, en}`. */
export const QUALITIES = {
  A: { zh: "A（文件和名单影像齐全）", en: "A (document and list image)" },
  B: { zh: "B（仅有名单）", en: "B (list only)" },
};
