// The line grid: rows of inputs that move like a spreadsheet, take pasted cells, and show prices and objections in place.

import { $, $$, ask, el, icon, toast } from "./util.js";
import { combobox } from "./pick.js";
import { assign, day, number, table } from "./grid-paste.js";

let serial = 0;

export class Lines {
  constructor(box, config, say, { changed, quoteSoon }) {
    Object.assign(this, { box, config, say, changed, quoteSoon });
    this.columns = config.columns;
    this.rows = [];
    this.undone = null;
    this.body = $("tbody", box);
    this.drawHead();
    this.listen();
  }

  // --- rows ---

  blank(values = {}) {
    const row = { id: ++serial, values: {}, raw: {}, typed: {}, shown: {}, notes: [] };
    for (const column of this.columns) if (!column.info) row.values[column.name] = values[column.name] ?? column.default;
    for (const column of this.columns) if (column.quoted && values[column.name]) row.typed[column.name] = true;
    Object.assign(row.raw, values["~raw"]);
    return row;
  }
  load(lines) {
    this.rows = lines.map((line) => this.blank(line));
    while (this.rows.length < (lines.length ? lines.length + 1 : this.config.emptyRows)) this.rows.push(this.blank());
    this.draw();
  }
  image() {
    return this.filled().map((row) => {
      const values = { ...row.values, "~raw": row.raw };
      for (const column of this.columns) if (column.quoted && !row.typed[column.name]) delete values[column.name];
      return values;
    });
  }
  isFilled(row) {
    return Object.values(row.raw).some(Boolean) || this.columns.some((column) => !column.info && this.text(row, column) !== "" && this.text(row, column) !== column.default && !(column.quoted && !row.typed[column.name]));
  }
  filled() { return this.rows.filter((row) => this.isFilled(row)); }
  text(row, column) {
    const value = row.values[column.name];
    return value && typeof value === "object" ? value.id : (value ?? "");
  }
  /** The lines to price: those that name their product. */
  asked() {
    const main = this.columns.find((column) => column.kind === "pick");
    return this.filled().filter((row) => !main || this.text(row, main)).map((row) => ({ row, values: this.sendable(row) }));
  }
  toSend() { return this.filled().map((row) => ({ row, values: this.sendable(row) })); }
  sendable(row) {
    const values = {};
    for (const column of this.columns) {
      const value = this.text(row, column);
      if (column.info || value === "" || (column.quoted && !row.typed[column.name])) continue;
      values[column.name] = ["quantity", "price", "amount", "rate"].includes(column.kind) ? number(value) || value : value;
    }
    return values;
  }

  // --- drawing ---

  drawHead() {
    const heads = this.columns.map((column) => el("th", { scope: "col", class: `${this.css(column)}${column.grow ? " is-grow" : ""}` }, column.label, column.required ? el("span", { class: "req", "aria-hidden": "true", text: "*" }) : null));
    $("thead", this.box).replaceChildren(el("tr", {}, el("th", { class: "line-no", scope: "col", text: "#" }), ...heads, el("th", {}, el("span", { class: "sr", text: this.say("remove") }))));
  }
  css(column) { return ["quantity", "price", "amount", "rate", "info"].includes(column.kind) || column.info ? "num" : ""; }
  draw() {
    this.rows.forEach((row) => row.close?.remove());
    this.body.replaceChildren(...this.rows.map((row, index) => this.drawRow(row, index)));
  }
  drawRow(row, index) {
    const cells = this.columns.map((column) => this.drawCell(row, column, index));
    const drop = el("button", { type: "button", class: "btn btn-quiet btn-icon btn-s", tabindex: "-1", "aria-label": this.say("remove"), "data-drop": true }, icon("trash"));
    const tr = el("tr", { "data-id": row.id }, el("td", { class: "line-no", text: index + 1 }), ...cells, el("td", { class: "line-drop" }, drop));
    row.tr = tr;
    this.show(row);
    return tr;
  }
  drawCell(row, column, index) {
    const label = `${this.say("line", { n: index + 1 })} ${column.label}`;
    const td = el("td", { class: `${this.css(column)}${column.grow ? " is-grow" : ""}`, "data-column": column.name, "data-label": column.label });
    if (column.info) {
      td.append(el("span", { class: "info-value" }));
      return td;
    }
    const value = row.values[column.name];
    if (column.kind === "select") {
      const select = el("select", { "aria-label": label }, el("option", { value: "" }), ...column.choices.map(([v, words]) => el("option", { value: v, selected: v === value, text: words })));
      td.append(select);
      return td;
    }
    const input = el("input", { "aria-label": label, autocomplete: "off", type: column.kind === "date" ? "date" : "text", inputmode: this.css(column) ? "decimal" : false, placeholder: column.kind === "pick" ? this.say("find") : false });
    input.value = row.raw[column.name] || (typeof value === "object" && value ? value.text : (value ?? ""));
    td.append(input);
    if (column.kind === "pick") {
      const box = combobox(input, {
        url: () => column.pick,
        fixed: true,
        chosen: (choice) => this.choose(row, column, choice),
        advance: () => this.side(row, column, 1),
        unknown: (code) => {
          row.notes = [{ column: column.name, kind: "refuse", code: "unknown", text: this.say("unknown", { code }) }];
          this.show(row);
        },
      });
      row.close = box.list;
    }
    if (column.why) td.append(el("button", { type: "button", class: "why", tabindex: "-1", hidden: true, "aria-label": this.say("why"), "data-why": column.why }, icon("info", "icon-s")));
    return td;
  }
  /** Show what the quote said of a row: values, objections, reasons. */
  show(row) {
    if (!row.tr) return;
    for (const column of this.columns) {
      const td = $(`td[data-column="${column.name}"]`, row.tr);
      const said = row.shown[column.name];
      if (column.info) $(".info-value", td).textContent = this.format(column, said);
      else if (column.quoted && !row.typed[column.name]) {
        const input = $("input", td);
        if (document.activeElement !== input) input.value = said === null || said === undefined ? "" : this.format(column, said);
        td.classList.toggle("is-quoted", Boolean(said));
      } else td.classList.remove("is-quoted");
      const why = $(".why", td);
      if (why) {
        why.hidden = !row.shown[column.why];
        why.title = row.shown[column.why] || "";
      }
      const notes = row.notes.filter((note) => note.column === column.name);
      const isWrong = notes.some((note) => note.kind === "refuse");
      td.classList.toggle("has-error", isWrong);
      td.classList.toggle("has-note", notes.length > 0 && !isWrong);
      const input = $("input, select", td);
      if (!input) continue;
      input.toggleAttribute("aria-invalid", false);
      if (isWrong) input.setAttribute("aria-invalid", "true");
      if (notes.length) input.setAttribute("aria-describedby", `note-${row.id}-${column.name}`);
      else input.removeAttribute("aria-describedby");
    }
    this.showNotes(row);
  }
  /** What is to be known of a row stands in its widest cell, so that a narrow one need not grow tall. */
  showNotes(row) {
    $$(".cell-note", row.tr).forEach((note) => note.remove());
    const wide = this.columns.find((column) => column.grow) || this.columns[0];
    const place = $(`td[data-column="${wide.name}"]`, row.tr);
    for (const column of this.columns) {
      const notes = row.notes.filter((note) => note.column === column.name);
      if (!notes.length) continue;
      const isWrong = notes.some((note) => note.kind === "refuse");
      const words = notes.map((note) => note.text).join(" ");
      const text = column === wide ? words : `${column.label}：${words}`;
      place.append(el("span", { class: `cell-note ${isWrong ? "is-late" : "is-near"}`, id: `note-${row.id}-${column.name}`, text }));
    }
  }
  format(column, value) {
    if (value === null || value === undefined || value === "") return "";
    const plain = number(value);
    if (plain === "") return String(value);
    const places = column.kind === "amount" ? [2, 2] : column.kind === "price" ? [2, 6] : [0, 6];
    if (column.kind === "rate") return `${Number(plain) * 100}%`;
    return this.grouped(plain, ...places);
  }
  /** Separators by text, so that no amount passes through a binary number. */
  grouped(plain, least, most) {
    const [, sign, whole, , part = ""] = /^(-?)(\d*)(\.(\d*))?$/.exec(plain) || [];
    if (whole === undefined) return plain;
    const cut = part.slice(0, most).replace(/0+$/, "").padEnd(least, "0");
    return `${sign}${(whole || "0").replace(/\B(?=(\d{3})+$)/g, ",")}${cut ? `.${cut}` : ""}`;
  }
  money(value) { return value === null || value === undefined || value === "" ? "" : `¥${this.grouped(String(value), 2, 2)}`.replace("¥-", "-¥"); }

  // --- changes ---

  choose(row, column, choice) {
    row.values[column.name] = choice ? { ...choice } : "";
    row.raw[column.name] = choice ? "" : $(`td[data-column="${column.name}"] input`, row.tr).value.trim();
    row.notes = [];
    if (choice) {
      const next = this.columns.find((c) => c.kind === "quantity");
      const here = document.activeElement?.closest("tr") === row.tr && document.activeElement.closest("td").dataset.column === column.name;
      if (here && next && !row.values[next.name]) $(`td[data-column="${next.name}"] input`, row.tr)?.focus();
    }
    this.touch(row);
  }
  touch(row) {
    this.undone = null;
    this.show(row);
    if (row === this.rows.at(-1) && this.isFilled(row)) this.add(false);
    this.changed();
    this.quoteSoon();
  }
  add(focus = true) {
    const row = this.blank();
    this.rows.push(row);
    this.body.append(this.drawRow(row, this.rows.length - 1));
    if (focus) $("input, select", row.tr)?.focus();
  }
  remove(row) {
    const index = this.rows.indexOf(row);
    row.close?.remove();
    this.rows.splice(index, 1);
    if (!this.rows.length) this.rows.push(this.blank());
    this.draw();
    $("input, select", this.rows[Math.min(index, this.rows.length - 1)].tr)?.focus();
    this.changed();
    this.quoteSoon();
  }
  answer(row, said) {
    if (!said) return;
    row.shown = said.values;
    row.notes = said.objections.map((o) => ({ ...o, column: o.path.split(".").pop() || this.columns[0].name }));
    this.show(row);
  }
  quoting(on) { this.box.toggleAttribute("data-quoting", on); }
  /** Put an objection of the server at its cell; false if it is not about a line. */
  error(objection, sent) {
    const [name, index, column] = objection.path.split(".");
    if (name !== this.config.name || index === undefined) return false;
    const row = sent[Number(index)]?.row;
    if (!row) return false;
    if (row.notes.some((note) => note.code === "unknown" && note.column === column)) return true;
    row.notes = [...row.notes.filter((note) => note.code !== objection.code), { ...objection, column: this.columns.some((c) => c.name === column) ? column : this.columns[0].name }];
    this.show(row);
    return true;
  }
  clearErrors() {
    for (const row of this.rows) {
      row.notes = row.notes.filter((note) => note.code === "unknown");
      this.show(row);
    }
  }

  // --- events ---

  where(target) {
    const tr = target.closest("tr[data-id]");
    const row = this.rows.find((one) => String(one.id) === tr?.dataset.id);
    const column = this.columns.find((one) => one.name === target.closest("td[data-column]")?.dataset.column);
    return { row, column };
  }
  listen() {
    this.body.addEventListener("input", (event) => {
      const { row, column } = this.where(event.target);
      if (!row || column.kind === "pick") return;
      row.values[column.name] = event.target.value;
      if (column.quoted) row.typed[column.name] = event.target.value.trim() !== "";
      row.notes = row.notes.filter((note) => note.column !== column.name);
      this.touch(row);
    });
    this.body.addEventListener("focusout", (event) => {
      const { row, column } = this.where(event.target);
      if (row && column && column.quoted) this.show(row);
    });
    this.body.addEventListener("keydown", (event) => this.key(event));
    this.body.addEventListener("paste", (event) => this.paste(event));
    this.box.addEventListener("click", (event) => {
      if (event.target.closest("[data-grid-add]")) this.add();
      const drop = event.target.closest("[data-drop]");
      if (drop) this.remove(this.where(drop).row);
      const why = event.target.closest("[data-why]");
      if (why) toast({ text: why.title, kind: "info" });
    });
  }
  key(event) {
    const { row, column } = this.where(event.target);
    if (!row || !column || event.isComposing) return;
    const input = event.target;
    const mod = event.ctrlKey || event.metaKey;
    if (mod && event.key === "z" && this.undone) { event.preventDefault(); this.undo(); return; }
    if (mod && (event.key === "Delete" || event.key === "Backspace")) { event.preventDefault(); this.remove(row); return; }
    if (mod || event.altKey) return;
    const atStart = input.selectionStart === 0 && input.selectionEnd === 0;
    const whole = input.selectionStart === 0 && input.selectionEnd === input.value?.length;
    const atEnd = input.selectionEnd === input.value?.length;
    const moves = {
      ArrowDown: () => this.go(row, column, 1), ArrowUp: () => this.go(row, column, -1),
      Enter: () => (event.shiftKey ? this.go(row, column, -1) : this.go(row, column, 1, true)),
      ArrowLeft: () => (atStart || whole) && this.side(row, column, -1),
      ArrowRight: () => (atEnd || whole) && this.side(row, column, 1),
      Delete: () => whole && input.value && this.wipe(row, column, input),
    };
    if (input.tagName === "SELECT" && event.key.startsWith("Arrow")) return;
    if (moves[event.key]?.()) event.preventDefault();
    if (event.key === "Tab" && !event.shiftKey && row === this.rows.at(-1) && column === this.editable().at(-1) && this.isFilled(row)) {
      event.preventDefault();
      this.add();
    }
  }
  editable() { return this.columns.filter((column) => !column.info); }
  focus(row, column) {
    const input = row && $(`td[data-column="${column.name}"] :is(input, select)`, row.tr);
    input?.focus();
    input?.select?.();
    return Boolean(input);
  }
  go(row, column, step, grow = false) {
    const next = this.rows[this.rows.indexOf(row) + step];
    if (!next && grow && this.isFilled(row)) { this.add(false); return this.focus(this.rows.at(-1), column); }
    return this.focus(next, column) || grow;
  }
  side(row, column, step) {
    const columns = this.editable();
    return this.focus(row, columns[columns.indexOf(column) + step] || {});
  }
  wipe(row, column, input) {
    input.value = "";
    input.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  // --- paste ---

  async paste(event) {
    const text = event.clipboardData?.getData("text/plain") || "";
    const cells = table(text);
    if (cells.length < 2 && (cells[0]?.length || 0) < 2) return; // one cell: the input takes it
    event.preventDefault();
    const { row, column } = this.where(event.target);
    const before = { lines: this.image(), at: this.rows.indexOf(row) };
    const { map, start, codes } = assign(cells, this.columns, column);
    const body = cells.slice(start);
    const main = this.columns.find((one) => one.paste === "code");
    const found = main && codes.length ? await this.resolve(main, body, codes) : { index: -1, choices: {} };
    if (main && found.index >= 0) {
      map.forEach((name, i) => { if (name === main.name) map[i] = null; });
      map[found.index] = main.name;
    }
    const from = this.rows.indexOf(row);
    body.forEach((values, offset) => {
      const target = this.rows[from + offset] || (this.rows.push(this.blank()), this.rows.at(-1));
      this.fill(target, map, values, found.choices);
    });
    if (this.isFilled(this.rows.at(-1))) this.rows.push(this.blank());
    this.draw();
    this.undone = before;
    this.focus(this.rows[Math.min(from + body.length, this.rows.length - 1)], this.editable()[0]);
    toast({ text: `${this.say("pasted", { n: body.length })} · Ctrl+Z ${this.say("undo")}`, kind: "done" });
    this.changed();
    this.quoteSoon();
  }
  fill(row, map, values, choices) {
    map.forEach((name, i) => {
      const column = this.columns.find((one) => one.name === name);
      if (!column || values[i] === "") return;
      if (column.paste === "code") {
        row.values[name] = choices[values[i]] || "";
        row.raw[name] = choices[values[i]] ? "" : values[i];
        row.notes = choices[values[i]] ? [] : [{ column: name, kind: "refuse", code: "unknown", text: this.say("unknown", { code: values[i] }) }];
      } else if (column.paste === "number") row.values[name] = number(values[i]) || values[i];
      else row.values[name] = column.paste === "date" ? day(values[i]) || values[i] : values[i];
      if (column.quoted) row.typed[name] = true;
    });
  }
  /** Which candidate column holds codes that we know; all its codes in one request. */
  async resolve(column, body, candidates) {
    let best = { index: candidates[0] ?? -1, choices: {}, hits: -1 };
    for (const index of candidates.slice(0, 3)) {
      const codes = [...new Set(body.map((values) => values[index]).filter(Boolean))];
      const { body: answer } = await ask(`${column.pick}/resolve`, { method: "POST", json: { codes } });
      const choices = answer?.found || {};
      const hits = Object.keys(choices).length;
      if (hits > best.hits) best = { index, choices, hits };
      if (hits === codes.length && hits) break;
    }
    return best;
  }
  undo() {
    const { lines, at } = this.undone;
    this.undone = null;
    this.load(lines);
    this.focus(this.rows[Math.min(at, this.rows.length - 1)], this.editable()[0]);
    this.changed();
    this.quoteSoon();
  }
}
