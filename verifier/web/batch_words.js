// What the page of bulk checks says, in both languages.

export const OUTCOMES = {
  passed: { zh: "通过核验", en: "Verified" },
  failed: { zh: "未通过核验", en: "Not verified" },
  undetermined: { zh: "无法判定", en: "Cannot tell" },
  problem: { zh: "需处理", en: "Needs attention" },
};
export const TITLES = {
  waiting: { zh: "等待核验", en: "Waiting" },
  running: { zh: "正在核验", en: "Checking" },
  finished: { zh: "全部核完", en: "All done" },
};
export const DELETED = { zh: "已删除：名单和结果都不再留存。", en: "Deleted: nothing of the list or its results is kept." };
export const NOT_DELETED = {
  zh: "没有删成：名单和结果还留着。请稍后再点“现在就删除”。",
  en: "Not deleted: the list and its results are still kept. Please press “Delete now” again later.",
};
export const NO_RESULTS = {
  zh: "结果暂时取不出来，稍后会再取；结果没有丢。",
  en: "The results cannot be had at the moment and will be asked for again; none is lost.",
};
export const SURE = { zh: "再点一次：确认删除", en: "Press again to delete" };
export const DELETE = { zh: "现在就删除", en: "Delete now" };
export const COPIED = { zh: "已复制", en: "Copied" };
export const COPY_BY_HAND = { zh: "请从地址栏复制", en: "Copy it from the address bar" };
export const TOO_LARGE = { zh: "文件超过 8 MB。请去除图片等无关内容，或分成几个文件。", en: "The file is larger than 8 MB; please divide it." };
export const NO_ROWS = { zh: "没有这样的行。", en: "There are no such rows." };
export const NONE_YET = { zh: "还没有这样的结果，核到后会显示在这里。", en: "No such results yet; they will be shown here." };
export const NO_ANSWER = { zh: "暂时连不上本站，请检查网络后重试。", en: "This site cannot be reached; please check the network and try again." };
export const OFFLINE = {
  zh: "网络断了。核验仍在后台继续，联网后这里会自动接着显示。",
  en: "You are off line. Checking goes on; this page will follow again once there is a network.",
};
export const TOO_MANY = { zh: "请求过于频繁，请稍后再试。", en: "Too many requests; please try again later." };
export const GONE = {
  zh: "没有这个核验任务：地址不完整，或者任务已经删除。请重新交名单。",
  en: "There is no such job: the address is not whole, or the job was deleted. Please hand in the list again.",
};
export const EMPTY_FILE = { zh: "没有读懂任何一行，请按下面逐项修改后重新上传。", en: "No row was understood; please correct what is listed below and try again." };
export const NO_PLACE = { zh: "未指定", en: "not given" };
export const NOT_UNDERSTOOD = { zh: "没有读懂，见下表", en: "not understood, see below" };
export const NOT_HERE = { zh: "在使用地不适用", en: "does not count there" };

export const understood = (rows, fine) => ({
  zh: `共 ${number(rows)} 行，读懂 ${number(fine)} 行${rows > fine ? `，${number(rows - fine)} 行需处理` : ""}。`,
  en: `${number(rows)} rows, ${number(fine)} understood${rows > fine ? `, ${number(rows - fine)} need attention` : ""}.`,
});
export const columnsFound = (headings) => ({ zh: `认出的列：${headings.join("、")}。`, en: `Columns found: ${headings.join(", ")}.` });
export const findingsTold = (shown, more) => ({
  zh: `这些行不会核验，其余的行照常进行；也可以改好后重新上传。${more ? `先列出 ${number(shown)} 处，另有 ${number(more)} 处。` : ""}`,
  en: `These rows are left out, the others go on; or correct them and hand the list in again.${more ? ` ${number(shown)} are listed, ${number(more)} more are not.` : ""}`,
});
export const progress = (done, rows, percentage) => ({
  zh: `已核 ${number(done)} / ${number(rows)}（${percentage}%）`,
  en: `${number(done)} of ${number(rows)} done (${percentage} %)`,
});
export const ends = (at) => ({ zh: `${at}（北京时间）自动删除。`, en: `Deleted by itself at ${at} (Beijing time).` });
export const area = (name) => ({ zh: `仅限${name}有效`, en: `counts in ${name} only` });

export function number(value) {
  return value.toLocaleString("en-US");
}
