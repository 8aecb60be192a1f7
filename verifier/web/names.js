// Masked names: enough to recognise a person one already knows, no more.

const COMPOUND_SURNAMES =
  "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离" +
  "长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭" +
  "南门羊舌微生梁丘左丘东门西门叶赫完颜纳兰富察";
const PAIRS = new Set(COMPOUND_SURNAMES.match(/../gu));
const SEPARATORS = "·•. -";

/** The name with all but the surname starred: 林**, 欧阳**, 阿***·买**; a single character becomes one star. */
export function maskName(name) {
  let masked = "";
  let word = [];
  for (const character of name) {
    if (SEPARATORS.includes(character)) {
      masked += maskWord(word) + character;
      word = [];
    } else {
      word.push(character);
    }
  }
  return masked + maskWord(word);
}

function maskWord(word) {
  if (word.length < 2) return "*".repeat(word.length);
  const shown = word.length > 2 && PAIRS.has(word[0] + word[1]) ? 2 : 1;
  return word.slice(0, shown).join("") + "*".repeat(word.length - shown);
}
