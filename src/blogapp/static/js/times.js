// Shows moments that are said to the minute in the reader's own zone; days stay as they are written.

const SHOWN = { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" };

for (const time of document.querySelectorAll("main time")) {
  if (!time.textContent.endsWith(" UTC")) continue;
  time.title = time.textContent;
  time.textContent = new Date(time.dateTime).toLocaleString(document.documentElement.lang, { ...SHOWN, hourCycle: "h23" });
}
