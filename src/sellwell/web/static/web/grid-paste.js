// Reading what a spreadsheet puts on the clipboard. Pure: texts in, cells out; tested without a page.

const FULL = "０１２３４５６７８９．，－￥";
const HALF = "0123456789.,-¥";

/** A number as people write it: ¥1,234.50, １２, (5) -> text of a plain number, or "" if it is none. */
export function number(text) {
  let plain = String(text).trim();
  plain = [...plain].map((c) => (FULL.includes(c) ? HALF[FULL.indexOf(c)] : c)).join("");
  plain = plain.replace(/^[¥￥$€£]\s*/, "").replace(/\s*(元|RMB|CNY)$/i, "").replace(/[\s\u00a0]/g, "");
  if (/^\(.*\)$/.test(plain)) plain = `-${plain.slice(1, -1)}`;
  if (/^-?\d{1,3}(,\d{3})+(\.\d+)?$/.test(plain)) plain = plain.replaceAll(",", "");
  return /^-?(\d+\.?\d*|\.\d+)$/.test(plain) ? plain : "";
}

/** Tab-separated text with Excel's quoting (cells may hold line breaks and doubled quotes) as rows of cells. */
export function table(text) {
  const rows = [];
  let row = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') { cell += '"'; i += 1; }
      else if (c === '"') quoted = false;
      else cell += c;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === "\t") { row.push(cell.trim()); cell = ""; }
    else if (c === "\n" || c === "\r") {
      if (c === "\r" && text[i + 1] === "\n") i += 1;
      row.push(cell.trim());
      rows.push(row);
      row = [];
      cell = "";
    } else cell += c;
  }
  row.push(cell.trim());
  rows.push(row);
  const filled = rows.filter((cells) => cells.some((value) => value !== ""));
  const width = Math.max(0, ...filled.map((cells) => cells.length));
  return filled.map((cells) => [...cells, ...Array(width - cells.length).fill("")]);
}

const HEADS = {
  code: /编码|编号|货号|料号|产品|品名|名称|code|sku|item|product|description/i,
  quantity: /数量|件数|qty|quantity/i,
  price: /单价|价格|price|rate/i,
  date: /日期|交期|date/i,
  text: /备注|说明|note|remark/i,
};
const isDate = (text) => /^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?$/.test(text);

/** 2026/3/5, 2026年3月5日 -> 2026-03-05; "" if it is no date. */
export function day(text) {
  const found = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(String(text).trim());
  return found ? `${found[1]}-${found[2].padStart(2, "0")}-${found[3].padStart(2, "0")}` : "";
}

/**
 * Which pasted column is which column of the grid, in whatever order they stand.
 * `columns` are the grid's own, in order; those that name `paste` (code, number, date, text) may take one.
 * Gives {map: [name or null per pasted column], start: index of the first row that is not a heading, codes: [candidates]}.
 */
export function assign(rows, columns, at = null) {
  const width = rows[0]?.length || 0;
  const takers = columns.filter((column) => column.paste);
  const map = Array(width).fill(null);
  if (width === 1 && at?.paste) return { map: [at.name], start: 0, codes: at.paste === "code" ? [0] : [] };
  const start = heading(rows, takers, map) ? 1 : 0;
  const body = rows.slice(start);
  const share = (index, test) => {
    const values = body.map((cells) => cells[index]).filter((value) => value !== "");
    return values.length ? values.filter(test).length / values.length : 0;
  };
  const isNumeric = (index) => share(index, (value) => number(value) !== "") > 0.8;
  const free = () => [...map.keys()].filter((index) => map[index] === null);
  const open = (kind) => takers.filter((column) => column.paste === kind && !map.includes(column.name));
  for (const column of open("date")) {
    const found = free().find((index) => share(index, isDate) > 0.8);
    if (found !== undefined) map[found] = column.name;
  }
  const codes = map.flatMap((name, index) => (takers.some((t) => t.name === name && t.paste === "code") ? [index] : []));
  if (open("code").length) {
    const candidates = free().filter((index) => !isNumeric(index) && share(index, () => true) > 0);
    // all columns are numbers: codes are numbers too, and a spreadsheet has the code first
    const found = candidates.length ? candidates : free().slice(0, 1);
    if (found.length) map[found[0]] = open("code")[0].name;
    codes.push(...found);
  }
  let numeric = free().filter((index) => isNumeric(index) && !codes.includes(index));
  const wanted = open("number");
  if (wanted.length > 1 && numeric.length > 1) {
    const whole = (index) => share(index, (value) => Number.isInteger(Number(number(value)))) === 1;
    // a price with cents before a whole quantity: the two stand the other way round
    if (!whole(numeric[0]) && whole(numeric[1])) numeric = [numeric[1], numeric[0], ...numeric.slice(2)];
  }
  wanted.forEach((column, i) => { if (numeric[i] !== undefined) map[numeric[i]] = column.name; });
  return { map, start, codes };
}

/** If the first row is a heading, assign the columns that it names. */
function heading(rows, takers, map) {
  const first = rows[0] || [];
  if (rows.length < 2 || first.some((value) => number(value) !== "")) return false;
  let hits = 0;
  first.forEach((value, index) => {
    const taker = takers.find((column) => {
      if (map.includes(column.name)) return false;
      if (value && value === column.label) return true;
      const kind = column.paste === "number" ? (column.kind === "quantity" ? "quantity" : "price") : column.paste;
      return HEADS[kind]?.test(value);
    });
    if (taker) { map[index] = taker.name; hits += 1; }
  });
  const isHead = hits > 0 && rows.slice(1).some((cells) => cells.some((value) => number(value) !== ""));
  if (!isHead) map.fill(null);
  return isHead;
}
