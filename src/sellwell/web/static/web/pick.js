// The type-ahead: a combobox (ARIA 1.2) over /pick/<row type>. Used by forms and by the cells of the line grid.

import { $, ask, el, later, words } from "./util.js";

let counter = 0;

/**
 * Make `input` a type-ahead.
 * `url()` gives the address; `chosen(choice)` is told of a choice, `chosen(null)` when the text no longer names one.
 * On a slow line Enter does not wait: `advance()` moves on, the first answer is taken when it comes, and `unknown(text)`
 * is told where there is none.
 */
export function combobox(input, { url, chosen, fixed = false, advance = null, unknown = null }) {
  const list = el("div", { class: `pick-list${fixed ? " is-fixed" : ""}`, role: "listbox", id: `pick-${++counter}`, hidden: true });
  (fixed ? input.closest("dialog") || document.body : input.parentElement).append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id }))
    input.setAttribute(name, value);
  let choices = [];
  let at = -1;
  let asked = 0;
  let settled = true; // the text names the choice that was made (or nothing)
  let hurried = ""; // "entered": take the first answer when it comes; "left": only one that the text names

  const isOpen = () => !list.hidden;
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }
  function place() {
    if (!fixed) return;
    const box = input.getBoundingClientRect();
    list.style.left = `${Math.min(box.left, innerWidth - 292)}px`;
    list.style.top = box.bottom + 300 > innerHeight && box.top > 300 ? "" : `${box.bottom + 2}px`;
    list.style.bottom = list.style.top ? "" : `${innerHeight - box.top + 2}px`;
  }
  function mark(index) {
    at = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
    const option = list.children[at];
    if (option?.id) input.setAttribute("aria-activedescendant", option.id);
    option?.scrollIntoView({ block: "nearest" });
  }
  function draw() {
    list.replaceChildren(
      ...choices.map((choice, i) =>
        el("div", { class: "pick-option", role: "option", id: `${list.id}-${i}`, "aria-selected": "false" }, el("span", { text: choice.text }), el("small", { text: choice.note || "" })),
      ),
    );
    if (!choices.length) list.append(el("div", { class: "pick-none", text: words("没有找到", "Nothing found") }));
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    place();
    mark(choices.length ? 0 : -1);
  }
  async function look() {
    const turn = ++asked;
    const where = url();
    if (!where) return;
    const { body } = await ask(`${where}${where.includes("?") ? "&" : "?"}q=${encodeURIComponent(input.value)}`);
    if (turn !== asked) return;
    choices = body?.choices || [];
    if (hurried) {
      const typed = input.value.trim().toLowerCase();
      const named = (text) => String(text).toLowerCase() === typed || String(text).toLowerCase().startsWith(`${typed} `);
      const exact = choices.find((choice) => Object.values(choice).some(named));
      const best = exact || (choices.length === 1 || hurried === "entered" ? choices[0] : null);
      hurried = "";
      if (settled) return;
      if (best) take(best);
      else if (document.activeElement === input) draw();
      else unknown?.(input.value.trim());
      return;
    }
    if (document.activeElement === input) draw();
  }
  const lookLater = later(160, look);
  function take(choice) {
    asked += 1;
    close();
    settled = true;
    input.value = choice.text;
    chosen(choice);
  }
  function hurry(how) {
    hurried = how;
    look();
  }

  input.addEventListener("input", (event) => {
    settled = input.value.trim() === "";
    chosen(null);
    if (!event.isComposing) lookLater();
  });
  input.addEventListener("compositionend", lookLater);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    setTimeout(close, 120);
    if (!settled && !hurried) hurry("left");
  });
  list.addEventListener("mousedown", (event) => {
    event.preventDefault();
    const option = event.target.closest(".pick-option");
    if (option) take(choices[[...list.children].indexOf(option)]);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" && (isOpen() || event.altKey)) {
      event.preventDefault();
      event.stopPropagation();
      if (isOpen()) mark(Math.min(at + 1, choices.length - 1));
      else look();
    } else if (event.key === "ArrowUp" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      mark(Math.max(at - 1, 0));
    } else if ((event.key === "Enter" || event.key === "Tab") && isOpen() && choices[at]) {
      if (event.key === "Enter") event.preventDefault();
      event.stopPropagation();
      take(choices[at]);
    } else if (event.key === "Enter" && !settled) {
      event.preventDefault();
      event.stopPropagation();
      hurry("entered");
      advance?.();
    } else if (event.key === "Escape" && isOpen()) {
      event.preventDefault();
      event.stopPropagation();
      close();
    }
  });
  if (!fixed) input.addEventListener("click", () => !isOpen() && look());
  return { close, list };
}

/** Every `.pick-field` of a part of the page. */
export function fields(root) {
  for (const box of root.querySelectorAll(".pick-field:not([data-ready])")) {
    box.dataset.ready = "1";
    const input = $("[data-pick-text]", box);
    const many = box.dataset.pickName;
    const hidden = $("[data-pick-id]", box);
    combobox(input, {
      url: () => address(box),
      chosen: (choice) => {
        if (many) addTag(box, input, many, choice);
        else {
          hidden.value = choice ? choice.id : "";
          if (choice) hidden.dispatchEvent(new Event("change", { bubbles: true }));
        }
      },
    });
    box.addEventListener("click", (event) => event.target.closest("[data-tag-drop]")?.closest(".tag").remove());
  }
}

/** The address of a field's search, narrowed by the field that it follows. */
function address(box) {
  const other = box.dataset.follows;
  if (!other) return box.dataset.pick;
  const value = box.closest("form")?.elements.namedItem(other)?.value || "";
  return `${box.dataset.pick}?${encodeURIComponent(other.split(".").pop())}=${encodeURIComponent(value)}`;
}

function addTag(box, input, name, choice) {
  if (!choice || $(`input[value="${choice.id}"]`, box)) return;
  const drop = el("button", { type: "button", "data-tag-drop": true, "aria-label": `${words("移除", "Remove")} ${choice.text}`, text: "×" });
  $(".tags", box).append(el("span", { class: "tag" }, el("span", { text: choice.text }), el("input", { type: "hidden", name, value: choice.id }), drop));
  input.value = "";
}
