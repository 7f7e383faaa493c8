// Forms: sent once, line tables, uploads, and the question before typed things are thrown away.

import { $, $$, ask, el, mark, toast, words } from "./util.js";
import * as pick from "./pick.js";

/** Make the parts of a piece of page work; called for the page and for everything that htmx brings in. */
export function ready(root) {
  pick.fields(root);
  for (const box of $$(".file-field:not([data-ready])", root)) uploads(box);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method === "dialog") return;
  delete form.dataset.dirty;
  const buttons = $$("button[data-once]", form);
  // after the browser has read which button was pressed
  setTimeout(() => buttons.forEach((button) => { button.disabled = true; }), 0);
  setTimeout(() => buttons.forEach((button) => { button.disabled = false; }), 20000);
});
const again = (event) => $$("button[data-once]", event.target.closest?.("form") || document).forEach((button) => { button.disabled = false; });
document.addEventListener("htmx:afterRequest", again);
addEventListener("pageshow", () => $$("button[data-once]").forEach((button) => { button.disabled = false; }));

document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-guard]");
  if (form) form.dataset.dirty = "1";
  event.target.closest(".has-error")?.classList.remove("has-error");
});
document.addEventListener("change", (event) => event.target.closest("form[data-auto]")?.requestSubmit());

/** Whether leaving this part of the page would lose what was typed, and the user wants to stay. */
export function stays(root) {
  if (!$("form[data-dirty]", root)) return false;
  return !confirm(words("填写的内容还没有提交，要放弃吗？", "What you typed was not sent. Discard it?"));
}
addEventListener("beforeunload", (event) => {
  if ($("main form[data-dirty]")) event.preventDefault();
});

// --- lines of a derived form ---
document.addEventListener("click", (event) => {
  const add = event.target.closest("[data-line-add]");
  if (add) {
    const box = add.closest(".lines");
    const next = Number(box.dataset.next || $$("tbody tr", box).length);
    box.dataset.next = String(next + 1);
    const row = $("template", box).content.firstElementChild.cloneNode(true);
    for (const node of $$("[id], [name], [for]", row))
      for (const name of ["id", "name", "for"])
        if (node.hasAttribute(name)) node.setAttribute(name, node.getAttribute(name).replace("#", next));
    $("tbody", box).append(row);
    ready(row);
    $("input:not([type=hidden]), select", row)?.focus();
  }
  event.target.closest("[data-line-drop]")?.closest("tr").remove();
});

// --- what was read from a pasted line goes into the fields of its form ---
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const form = button.closest("form");
  for (const [name, value] of Object.entries(JSON.parse(button.dataset.fill))) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  button.closest("details")?.removeAttribute("open");
});

// --- uploads: a file is kept before the form is sent ---
function uploads(box) {
  box.dataset.ready = "1";
  const input = $("input[type=file]", box);
  const tags = $(".tags", box);
  const name = box.dataset.name;
  async function send(file) {
    const tag = el("span", { class: "tag", text: `${file.name} …` });
    if (!("many" in box.dataset)) tags.replaceChildren();
    tags.append(tag);
    const body = new FormData();
    body.append("file", file);
    const { status, body: answer } = await ask(box.dataset.upload, { method: "POST", body });
    if (status === 200) tag.replaceChildren(answer.text, el("input", { type: "hidden", name, value: answer.id }));
    else {
      tag.remove();
      const text = answer?.objections?.[0]?.text || words("文件没有上传成功，请重试。", "The file did not arrive. Try again.");
      toast({ text, kind: "late" });
    }
  }
  input.addEventListener("change", () => { [...input.files].forEach(send); input.value = ""; });
  box.addEventListener("dragover", (event) => { event.preventDefault(); box.classList.add("is-over"); });
  box.addEventListener("dragleave", () => box.classList.remove("is-over"));
  box.addEventListener("drop", (event) => {
    event.preventDefault();
    box.classList.remove("is-over");
    [...event.dataTransfer.files].slice(0, "many" in box.dataset ? 20 : 1).forEach(send);
  });
}

/** The page was open so long that its mark ran out: fetch a new one, so that the next try works. */
export async function renewMark() {
  const text = await (await fetch("/me", { credentials: "same-origin" })).text();
  const fresh = new DOMParser().parseFromString(text, "text/html").querySelector('meta[name="csrf"]')?.content;
  if (!fresh) return;
  $('meta[name="csrf"]').content = fresh;
  document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": mark() }));
  $$("input[name=csrfmiddlewaretoken]").forEach((input) => { input.value = fresh; });
}
