// Lists: moving by keys, opening beside, filters without a reload, ticking rows, the columns shown.

import { $, $$, later, typing } from "./util.js";
import { openPanel } from "./panel.js";

const body = $("#list-body");
const phone = matchMedia("(max-width: 1100px)");

// --- loading a part ----------------------------------------------------------------------------------------------------

async function load(url, push = true) {
  const typed = document.activeElement?.name === "q" ? document.activeElement.selectionStart : null;
  await htmx.ajax("GET", url, { target: "#list-body", swap: "innerHTML" });
  if (push) history.pushState({}, "", url);
  const count = $("#list-count");
  const path = location.pathname;
  if (count) htmx.ajax("GET", `${path}count${location.search}`, { target: "#list-count", swap: "innerHTML" });
  $$(".main > .tabs a").forEach((tab) => {
    if (tab.search === location.search) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  });
  if (typed !== null) {
    const input = $("[name=q]", body);
    input.focus();
    input.setSelectionRange(typed, typed);
  }
}
addEventListener("popstate", () => load(location.href, false));
document.body.addEventListener("list-changed", () => load(location.href, false));

const address = (form) => {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (value !== "" && name !== "csrfmiddlewaretoken") given.append(name, value);
  const query = given.toString();
  return query ? `${form.getAttribute("action")}?${query}` : `${form.getAttribute("action")}?tab=all`;
};
body.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-filters]")) return;
  event.preventDefault();
  load(address(event.target));
});
const soon = later(320, (form) => load(address(form)));
body.addEventListener("input", (event) => {
  if (event.target.name === "q" && !event.isComposing) soon(event.target.form);
});
body.addEventListener("compositionend", (event) => event.target.name === "q" && soon(event.target.form));
body.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-part]");
  if (link && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    load(link.getAttribute("href").startsWith("?") ? location.pathname + link.getAttribute("href") : link.href);
    scrollTo({ top: 0 });
  }
  const more = event.target.closest("[data-more-chips]");
  if (more) {
    more.hidden = true;
    $("[data-further]", body).hidden = false;
    $("[data-further] summary", body)?.focus();
  }
  if (event.target.closest("[data-columns-apply]")) {
    const names = $$("[data-columns] input:checked", body).map((input) => input.value);
    const url = new URL(location.href);
    url.searchParams.set("columns", names.join(","));
    ["after", "before"].forEach((name) => url.searchParams.delete(name));
    load(url.pathname + url.search);
  }
});

// --- rows --------------------------------------------------------------------------------------------------------------

const rows = () => $$("tbody tr[data-url]", body);
const current = () => document.activeElement?.closest?.("tr[data-url]");

function focusRow(row) {
  if (!row) return;
  rows().forEach((other) => { other.tabIndex = -1; });
  row.tabIndex = 0;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
  if ($("#panel")?.open) openPanel(row.dataset.url, { modal: false });
}

document.addEventListener("keydown", (event) => {
  if (typing(event.target) || event.isComposing || event.altKey || $("dialog[open]:modal")) return;
  const all = rows();
  const here = current() || all.find((row) => row.tabIndex === 0);
  const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
  if (step && !event.metaKey && !event.ctrlKey && !event.target.closest("details, [role=tablist]")) {
    event.preventDefault();
    // with a record open beside the list, the focus may be in the panel: the list moves on from its row
    const from = current() || ($("#panel")?.open ? here : null);
    focusRow(from ? all[all.indexOf(from) + step] : here || all[0]);
  } else if (event.key === "Enter" && current() && !event.target.closest("a, button, input, summary")) {
    event.preventDefault();
    if (event.metaKey || event.ctrlKey) location.assign(current().dataset.url);
    else openPanel(current().dataset.url, { modal: false });
  } else if (event.key === "x" && current() && !event.metaKey && !event.ctrlKey) {
    const tick = $(".pick input", current());
    if (tick) { tick.checked = !tick.checked; picked(); }
  }
});

body.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-url]");
  const other = event.target.closest("input, button, label, a:not(.row-link), .pick");
  if (!row || other || event.metaKey || event.ctrlKey || event.shiftKey || getSelection().toString()) return;
  if (phone.matches) {
    if (!event.target.closest("a")) location.assign(row.dataset.url);
    return;
  }
  event.preventDefault();
  focusRow(row);
  openPanel(row.dataset.url, { modal: false });
});

// --- ticking -----------------------------------------------------------------------------------------------------------

const ticked = () => $$("tbody .pick input:checked", body);

function picked() {
  const count = ticked().length;
  const bar = $(".bulk-bar", body);
  if (!bar) return;
  bar.hidden = count === 0;
  $("[data-picked]", bar).textContent = count;
  rows().forEach((row) => row.classList.toggle("is-picked", $(".pick input", row)?.checked));
  const all = $("[data-all]", body);
  all.checked = count > 0 && count === rows().length;
  all.indeterminate = count > 0 && !all.checked;
}

body.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) $$("tbody .pick input", body).forEach((tick) => { tick.checked = event.target.checked; });
  if (event.target.closest(".pick")) picked();
});
let last = null;
body.addEventListener("click", (event) => {
  const tick = event.target.closest("tbody .pick input");
  if (tick) {
    const all = $$("tbody .pick input", body);
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(tick)].sort((a, b) => a - b);
      all.slice(from, to + 1).forEach((other) => { other.checked = tick.checked; });
      picked();
    }
    last = tick;
  }
  const verb = event.target.closest("[data-bulk-do]");
  if (verb) {
    const form = $("[data-list]", body);
    htmx.ajax("POST", form.dataset.bulk + verb.dataset.bulkDo, {
      target: "#panel-body", swap: "innerHTML", values: { id: ticked().map((tick) => tick.value) },
    });
  }
  if (event.target.closest("[data-unpick]")) { ticked().forEach((tick) => { tick.checked = false; }); picked(); }
});
rows()[0]?.setAttribute("tabindex", "0");
