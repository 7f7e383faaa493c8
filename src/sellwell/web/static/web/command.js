// The command menu (⌘K): verbs, pages and records by number, name, pinyin or initials.

import { $, $$, ask, el, icon, later, words } from "./util.js";

const dialog = $("#command");
const input = dialog && $("input", dialog);
const list = dialog && $("#command-list", dialog);
let turn = 0;
let at = 0;

export function open() {
  if (!dialog || dialog.open) return;
  dialog.showModal();
  input.value = "";
  input.focus();
  look();
}

async function look() {
  const mine = ++turn;
  const { body } = await ask(`/commands?q=${encodeURIComponent(input.value)}`);
  if (mine !== turn || !body) return;
  list.replaceChildren();
  for (const group of body.groups) {
    list.append(el("div", { class: "command-group", role: "presentation", text: group.title }));
    for (const item of group.items) {
      const row = el("div", { class: "command-item", role: "option", id: `command-${$$(".command-item", list).length}` }, icon(item.icon === "plus" ? "plus" : item.icon === "file" ? "file" : "arrow-right"), el("span", { text: item.text }), el("small", { text: item.note || "" }));
      row.dataset.url = item.url;
      if (item.panel) row.dataset.panel = "1";
      list.append(row);
    }
  }
  if (!body.groups.length) list.append(el("div", { class: "command-group", text: words("没有找到", "Nothing found") }));
  select(0);
}

function select(index) {
  const items = $$(".command-item", list);
  at = Math.max(0, Math.min(index, items.length - 1));
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
  if (items[at]) {
    input.setAttribute("aria-activedescendant", items[at].id);
    items[at].scrollIntoView({ block: "nearest" });
  }
}

function go(item) {
  if (!item) return;
  dialog.close();
  if (item.dataset.panel) document.dispatchEvent(new CustomEvent("open-panel", { detail: { url: item.dataset.url } }));
  else location.assign(item.dataset.url);
}

if (dialog) {
  input.addEventListener("input", later(140, look));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") { event.preventDefault(); select(at + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); select(at - 1); }
    if (event.key === "Enter") {
      event.preventDefault();
      const item = $$(".command-item", list)[at];
      if (item) go(item);
      else location.assign(`/search?q=${encodeURIComponent(input.value)}`);
    }
  });
  list.addEventListener("click", (event) => go(event.target.closest(".command-item")));
  list.addEventListener("mousemove", (event) => {
    const item = event.target.closest(".command-item");
    if (item) select($$(".command-item", list).indexOf(item));
  });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
}
