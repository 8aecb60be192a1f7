// Days as they are counted in China, UTC+08:00 all the year round.

const WEEKDAYS = { zh: ["日", "一", "二", "三", "四", "五", "六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };

/** The date in China at an instant, `YYYY-MM-DD`. @param now seconds since 1970. */
export function dateInChina(now) {
  return new Date((now + 8 * 3600) * 1000).toISOString().slice(0, 10);
}

/** An instant in Beijing time, to the minute. */
export function chinaTime(instant) {
  return new Date(Date.parse(instant) + 8 * 3600 * 1000).toISOString().slice(0, 16).replace("T", " ");
}

/** A date with its weekday, as `{zh, en}`. */
export function dateWords(date) {
  const [year, month, day] = date.split("-").map(Number);
  const weekday = new Date(`${date}T00:00:00Z`).getUTCDay();
  return { zh: `${year}年${month}月${day}日（星期${WEEKDAYS.zh[weekday]}）`, en: `${date} (${WEEKDAYS.en[weekday]})` };
}
