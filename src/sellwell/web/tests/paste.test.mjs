// What a spreadsheet puts on the clipboard, and which column becomes which. Run by test_paste.py.
import assert from "node:assert/strict";
import test from "node:test";
import { assign, day, number, table } from "../static/web/grid-paste.js";

const COLUMNS = [
  { name: "product", label: "产品", kind: "pick", paste: "code" },
  { name: "quantity", label: "数量", kind: "quantity", paste: "number" },
  { name: "price", label: "单价", kind: "price", paste: "number" },
  { name: "due", label: "交期", kind: "date", paste: "date" },
  { name: "amount", label: "金额", kind: "amount", paste: "" },
];
const map = (text, at = null) => assign(table(text), COLUMNS, at);

test("numbers as people write them", () => {
  assert.equal(number("1,234.50"), "1234.50");
  assert.equal(number("¥ 1,000"), "1000");
  assert.equal(number("１２．５"), "12.5");
  assert.equal(number("(5)"), "-5");
  assert.equal(number("3 元"), "3");
  assert.equal(number("V-103"), "");
  assert.equal(number("1,23"), "");
  assert.equal(number(""), "");
});

test("quoted cells keep their tabs, quotes and line breaks", () => {
  assert.deepEqual(table('a\t"x ""y""\nz"\tb\r\nc\t\t\n\n'), [["a", 'x "y"\nz', "b"], ["c", "", ""]]);
});

test("code, quantity, price in the usual order", () => {
  assert.deepEqual(map("V-1\t10\t2.5\nV-2\t3\t4").map, ["product", "quantity", "price"]);
});

test("the columns may stand in any order", () => {
  assert.deepEqual(map("10\tV-1\t2.50\n3\tV-2\t4.10").map, ["quantity", "product", "price"]);
  assert.deepEqual(map("2.50\t10\tV-1\n4.10\t3\tV-2").map, ["price", "quantity", "product"]);
});

test("headings decide, and are not a line", () => {
  const found = map("单价\t编码\t数量\n2\tV-1\t10\n4\tV-2\t3");
  assert.deepEqual(found.map, ["price", "product", "quantity"]);
  assert.equal(found.start, 1);
});

test("dates find their column", () => {
  assert.deepEqual(map("V-1\t5\t2026/12/1\nV-2\t6\t2026年3月5日").map, ["product", "quantity", "due"]);
  assert.equal(day("2026年3月5日"), "2026-03-05");
});

test("codes that are numbers: the first column is the code", () => {
  assert.deepEqual(map("85123\t6\t2.55\n71053\t8\t3.39").map, ["product", "quantity", "price"]);
});

test("one column fills the column where the cursor stands", () => {
  assert.deepEqual(map("1\n2\n3", COLUMNS[1]).map, ["quantity"]);
});

test("a name beside the code is a candidate too, and further numbers are left out", () => {
  const found = map("V-1\t球阀\t10\t2.5\t25\nV-2\t闸阀\t3\t4\t12");
  assert.deepEqual(found.codes, [0, 1]);
  assert.deepEqual(found.map, ["product", null, "quantity", "price", null]);
});
