// Masked names: enough to recognise a person one already knows, no more.

const COMPOUND_SURNAMES =
  "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离" +
  "长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭" +
  "南门羊舌微生梁丘左丘东门西门叶赫完颜纳兰富察淳于单于第五榖梁耶律贺兰";
const PAIRS = new Set(COMPOUND_SURNAMES.match(/../gu));
const DOTS = "·•‧・．･.";
const BETWEEN_LATIN_WORDS = " -\u3000";
const LATIN = /[A-Za-z\u00aa\u00b5\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f]/;

/**
 * The name with all but the surname starred: 林**, 欧阳**; of a name in parts the first character of each: 阿***·买**.
 * A single character becomes one star.
 */
export function maskName(name) {
  const separators = LATIN.test(name) ? DOTS + BETWEEN_LATIN_WORDS : DOTS;
  const whole = ![...name].some((character) => separators.includes(character));
  let masked = "";
  let word = [];
  for (const character of name) {
    if (separators.includes(character)) {
      masked += maskWord(word, whole) + character;
      word = [];
    } else {
      word.push(character);
    }
  }
  return masked + maskWord(word, whole);
}

// Only a whole name has a compound surname: 司马义·艾买提 is no 司马.
function maskWord(word, whole) {
  if (word.length < 2) return "*".repeat(word.length);
  const shown = whole && word.length > 2 && PAIRS.has(word[0] + word[1]) ? 2 : 1;
  return word.slice(0, shown).join("") + "*".repeat(word.length - shown);
}
