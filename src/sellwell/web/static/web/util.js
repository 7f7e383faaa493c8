// What every script of the house uses: words in two languages, requests with the mark against forgery, small DOM helpers.

export const english = document.documentElement.lang.startsWith("en");
export const words = (zh, en) => (english ? en : zh);

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

/** An element with attributes and children; `text` is set as text, never as HTML. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (name === "text") node.textContent = value;
    else if (name === "class") node.className = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

/** An icon of the page's own set, copied from a template that base.html need not carry: a path by name. */
const PATHS = {
  x: "M6 6l12 12 M18 6 6 18",
  trash: "M5 7h14 M9.5 7V4.5h5V7 M7 7l.8 12.5h8.4L17 7",
  plus: "M12 5v14 M5 12h14",
  file: "M6 3.5h8L18.5 8v12.5H6Z M14 3.5V8h4.5",
  "arrow-right": "M5 12h14 M13 6l6 6-6 6",
  info: "M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Z M12 11.5V16 M12 8v.2",
};

export function icon(name, extra = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${extra}`.trim());
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name] || PATHS.file);
  svg.append(path);
  return svg;
}

export const mark = () => $('meta[name="csrf"]').content;

/** A request to our own server; answers {status, body}. Status 0: the line is down. */
export async function ask(url, { method = "GET", json = null, body = null, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = mark();
  if (json !== null) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(url, {
      method, headers, signal, credentials: "same-origin", body: json !== null ? JSON.stringify(json) : body,
    });
    const isJson = (answer.headers.get("Content-Type") || "").includes("json");
    return { status: answer.status, body: isJson ? await answer.json() : null };
  } catch (error) {
    if (error.name === "AbortError") return { status: -1, body: null };
    return { status: 0, body: null };
  }
}

export function later(milliseconds, action) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...given), milliseconds);
  };
}

/** A short word that something happened; stays longer the more it says. */
export function toast({ text, kind = "done", url = "", link = "" }) {
  const box = $("#toasts");
  if (!box || !text) return;
  const close = el("button", { type: "button", "aria-label": words("关闭", "Close") }, icon("x", "icon-s"));
  const note = el("div", { class: `toast is-${kind}` }, el("span", { text }));
  if (url && link && !location.pathname.startsWith(url)) note.append(el("a", { href: url, text: link }));
  note.append(close);
  close.addEventListener("click", () => note.remove());
  box.append(note);
  setTimeout(() => note.remove(), kind === "late" ? 12000 : 4000 + text.length * 60);
}

export const typing = (target) => target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
