// The entry page: head fields, line grid, price as you type, drafts on the device, sent once.

import { $, $$, ask, later, toast } from "./util.js";
import { Lines } from "./grid-lines.js";
import * as forms from "./forms.js";

const form = $("[data-entry]");
const config = JSON.parse($("[data-grid-config]").textContent);
const text = JSON.parse($("[data-grid-words]").textContent);
const say = (name, given = {}) => text[name].replace(/\{(\w+)\}/g, (_, key) => given[key] ?? "");
const store = `sw-draft:${config.user}:${config.draft}`;

const lines = new Lines($("[data-grid]"), config, say, { changed, quoteSoon: later(260, quote) });
let { key, version } = config;
let running = null;
let sent = false;

// --- head ----------------------------------------------------------------------------------------------------------------

/** The head's fields as the operation's input wants them: nested, empty ones left out. */
function head() {
  const found = {};
  for (const field of form.elements) {
    if (!field.name || field.closest("[data-grid]") || ["csrfmiddlewaretoken"].includes(field.name)) continue;
    if (field.type === "checkbox" && field.value === "1") put(found, field.name, field.checked ? "true" : "false");
    else if (field.type === "checkbox") { if (field.checked) append(found, field.name, field.value); }
    else if (field.closest(".tag")) append(found, field.name, field.value);
    else if (field.value.trim() !== "") put(found, field.name, value(field));
  }
  return found;
}
function value(field) {
  if (field.inputMode === "decimal" || field.inputMode === "numeric") return field.value.replace(/[,\s¥￥]/g, "");
  if (field.type === "datetime-local" && field.value) return `${field.value}:00+08:00`;
  return field.value.trim();
}
function place(target, path) {
  const steps = path.split(".");
  const last = steps.pop();
  return [steps.reduce((at, step) => (at[step] ||= {}), target), last];
}
function put(target, path, given) {
  const [at, last] = place(target, path);
  at[last] = given;
}
function append(target, path, given) {
  const [at, last] = place(target, path);
  (at[last] ||= []).push(given);
}

// --- price as you type -----------------------------------------------------------------------------------------------------

async function quote() {
  if (!config.quote) return;
  const asked = lines.asked();
  running?.abort();
  if (!asked.length) { totals({}); return; }
  running = new AbortController();
  lines.quoting(true);
  const { status, body } = await ask(config.quote, {
    method: "POST", json: { head: head(), lines: asked.map((one) => one.values) }, signal: running.signal,
  });
  if (status === -1) return;
  lines.quoting(false);
  if (status !== 200) return;
  asked.forEach((one, index) => lines.answer(one.row, body.lines[String(index)]));
  totals(body.totals);
  problems(body.objections.filter((o) => o.kind === "refuse" && !o.path));
}

function totals(values) {
  const box = $("[data-totals]");
  const filled = lines.filled().length;
  const parts = [[say("lines", { n: filled }), ""], ...config.totals.map(([name, label]) => [label, lines.money(values?.[name])])];
  box.replaceChildren(...parts.map(([label, shown], i) => {
    const div = document.createElement("div");
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = label;
    dd.textContent = shown || (i ? "—" : "");
    dd.className = "num";
    div.append(dt, dd);
    return div;
  }));
}

// --- draft -----------------------------------------------------------------------------------------------------------------

const keep = later(500, () => {
  if (sent) return;
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.closest("[data-grid]") || field.name === "csrfmiddlewaretoken" || field.closest(".tag")) continue;
    fields[field.name] = field.type === "checkbox" ? field.checked : field.value;
    const shown = field.closest(".pick-field")?.querySelector("[data-pick-text]");
    if (shown) fields[`${field.name}~`] = shown.value;
  }
  try {
    localStorage.setItem(store, JSON.stringify({ key, version, fields, lines: lines.image(), at: Date.now() }));
    $("[data-draft-mark]").textContent = say("saved");
  } catch { /* a full or closed store only means no draft */ }
});

function changed() {
  form.dataset.dirty = "1";
  keep();
}

/** On a phone the optional fields of the head open on demand, and by themselves where a draft filled them. */
function unfold() {
  $("[data-fold]", form)?.setAttribute("aria-expanded", "true");
}
$("[data-fold]", form)?.addEventListener("click", () => {
  unfold();
  $(".is-folded :is(input:not([type=hidden]), select, textarea)", form)?.focus();
});

function restore() {
  let draft = null;
  try { draft = JSON.parse(localStorage.getItem(store) || "null"); } catch { draft = null; }
  if (!draft || (config.version && draft.version !== config.version)) return;
  ({ key } = draft);
  for (const field of form.elements) {
    if (!(field.name in draft.fields) || field.closest("[data-grid]")) continue;
    if (field.type === "checkbox") field.checked = draft.fields[field.name];
    else field.value = draft.fields[field.name];
    const shown = field.closest(".pick-field")?.querySelector("[data-pick-text]");
    if (shown) shown.value = draft.fields[`${field.name}~`] || "";
  }
  if ($$(".is-folded :is(input, select, textarea)", form).some((field) => field.value)) unfold();
  lines.load(draft.lines);
  const box = $("[data-notice]");
  const drop = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-s", textContent: say("discard") });
  drop.addEventListener("click", () => {
    sent = true;
    localStorage.removeItem(store);
    delete form.dataset.dirty;
    location.reload();
  });
  $("p", box).replaceChildren(`${say("restored")} `, drop);
  box.hidden = false;
}

// --- sending ---------------------------------------------------------------------------------------------------------------

async function send(event) {
  event?.preventDefault();
  const button = $("[data-send]");
  if (button.disabled) return;
  const rows = lines.toSend();
  problems([]);
  lines.clearErrors();
  if (!rows.length) {
    problems([{ text: say("empty") }]);
    return;
  }
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  const label = button.textContent;
  button.textContent = say("sending");
  const data = { ...head(), [config.name]: rows.map((one) => one.values) };
  const { status, body } = await ask(config.action, { method: "POST", json: { data, key, version } });
  button.disabled = false;
  button.removeAttribute("aria-busy");
  button.textContent = label;
  if (status === 200 || status === 202) return finished(status, body);
  if (status === 422) return refused(body, rows);
  if (status === 403) await forms.renewMark();
  notice(say(status === 0 ? "offline" : status === 401 || status === 403 ? "expired" : "broken"));
}

function finished(status, body) {
  sent = true;
  delete form.dataset.dirty;
  localStorage.removeItem(store);
  if (status === 202) {
    const who = body.approvers.filter((step) => step.open).map((step) => `${step.role} ${step.people.join("、")}`).join("；");
    toast({ text: say("held", { who }), kind: "info" });
    setTimeout(() => location.assign(body.url || "/"), 1200);
  } else location.assign(body.url);
}

function refused(body, rows) {
  if (body.notice) {
    ({ version } = body);
    notice(body.notice);
    return;
  }
  const rest = body.objections.filter((objection) => {
    if (lines.error(objection, rows)) return false;
    const id = objection.path && document.getElementById(`f-${objection.path.replaceAll(".", "-")}`);
    if (!id) return true;
    const field = id.closest(".field");
    field.classList.add("has-error");
    $(".error", field)?.remove();
    const line = document.createElement("p");
    line.className = "error";
    line.id = `${id.id}-e`;
    line.textContent = objection.text;
    field.append(line);
    id.setAttribute("aria-invalid", "true");
    id.setAttribute("aria-describedby", line.id);
    return false;
  });
  problems(rest);
  (rest.length ? $("[data-problems]") : $("[aria-invalid=true]", form))?.focus();
}

function problems(found) {
  const box = $("[data-problems]");
  $("ul", box).replaceChildren(...found.map((one) => Object.assign(document.createElement("li"), { textContent: one.text })));
  box.hidden = !found.length;
}
function notice(words) {
  const box = $("[data-notice]");
  $("p", box).textContent = words;
  box.hidden = false;
  box.scrollIntoView({ block: "center" });
}

form.addEventListener("submit", send);
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) send(event);
  else if (event.key === "Enter" && event.target.matches("input") && !event.isComposing) event.preventDefault();
});
const soon = later(260, quote);
form.addEventListener("input", (event) => { if (!event.target.closest("[data-grid]")) changed(); });
form.addEventListener("change", (event) => {
  if (event.target.closest("[data-grid]")) return;
  event.target.removeAttribute("aria-invalid");
  changed();
  soon();
});
addEventListener("beforeunload", () => { if (form.dataset.dirty) delete form.dataset.guard; });

lines.load(config.lines);
restore();
quote();
if (!config.lines.length && !$$("input:not([type=hidden])", form)[0]?.value) $$(".entry-head input:not([type=hidden])", form)[0]?.focus();
