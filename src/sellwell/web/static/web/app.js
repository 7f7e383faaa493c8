// The frame's script: side panel, toasts, popovers, tabs, keys. Loaded once on every page.

import { $, $$, toast, typing, words } from "./util.js";
import * as command from "./command.js";
import * as forms from "./forms.js";
import { charts } from "./chart.js";
import { closePanel, dropPanel, openPanel, panel, phone, showPanel } from "./panel.js";

// --- clicks ------------------------------------------------------------------------------------------------------------

const plainClick = (event) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel], a[data-peek]");
  if (link && panel && plainClick(event)) {
    if (link.hasAttribute("data-peek") && phone.matches) return;
    event.preventDefault();
    link.closest("details.pop")?.removeAttribute("open");
    openPanel(link.getAttribute("href"), { modal: link.hasAttribute("data-panel") });
  }
  if (event.target.closest("[data-close-panel]")) closePanel();
  if (event.target.closest("[data-command]")) command.open();
  if (event.target.closest("[data-keys]")) $("#keys").showModal();
  if (event.target.closest("[data-rail]")) $("#rail").classList.toggle("is-open");
  else if (!event.target.closest("#rail")) $("#rail")?.classList.remove("is-open");
  const copy = event.target.closest("[data-copy-link]");
  if (copy) {
    event.preventDefault();
    navigator.clipboard?.writeText(new URL(copy.getAttribute("href"), location.href).href);
    toast({ text: words("链接已复制", "Link copied") });
  }
  const secret = event.target.closest("[data-copy]");
  if (secret) {
    const field = $(secret.dataset.copy);
    field.select();
    navigator.clipboard?.writeText(field.value).then(() => toast({ text: words("已复制", "Copied") }), () => {});
  }
  if (event.target.closest("[data-print]")) { event.preventDefault(); print(); }
  const demo = event.target.closest("[data-fill-user]");
  if (demo) {
    $("#username").value = demo.dataset.fillUser;
    $("#password").value = demo.dataset.fillPassword;
    $("#password").form.requestSubmit();
  }
  const other = event.target.closest("[data-decide-other]");
  if (other) {
    event.preventDefault();
    htmx.ajax("POST", other.dataset.decideOther, { source: other.form, target: "#panel-body", swap: "innerHTML" });
  }
  // popovers: one at a time, closed by a click elsewhere
  const inside = event.target.closest("details.pop");
  $$("details.pop[open]").forEach((pop) => { if (pop !== inside && !pop.contains(inside)) pop.removeAttribute("open"); });
});
document.addEventListener("open-panel", (event) => openPanel(event.detail.url));

// --- what htmx brings and says -----------------------------------------------------------------------------------------

document.addEventListener("htmx:afterSwap", (event) => {
  const target = event.detail.target;
  forms.ready(target);
  charts(target);
  if (target.id !== "panel-body") return;
  showPanel(true);
  if (!panel.matches(":modal")) return; // a record beside the list: the keys stay with the list
  const first = $("[data-focus], [aria-invalid=true]", target) || (phone.matches ? null : $(".fields input:not([type=hidden]), .fields select, .fields textarea", target));
  (first || $("#panel-title", target) || target).focus?.({ preventScroll: true });
});
document.body.addEventListener("toast", (event) => toast(event.detail));
// after the other events of the same answer, which bubble up from the panel's form
document.body.addEventListener("close-panel", () => setTimeout(dropPanel, 0));
document.body.addEventListener("renew-mark", forms.renewMark);
document.addEventListener("htmx:sendError", () =>
  toast({ text: words("网络不通，没有提交。您填写的内容还在，请稍后再试。", "No connection; nothing was sent. What you typed is still here."), kind: "late" }));
document.addEventListener("htmx:responseError", (event) => {
  const { xhr } = event.detail;
  if (xhr.status === 401) toast({ text: words("登录已过期。", "Your session has ended."), kind: "late", url: "/sign-in", link: words("重新登录", "Sign in") });
  else if (!xhr.getResponseHeader("HX-Trigger")) toast({ text: words("系统出错了，没有改动数据。请稍后再试。", "Something broke; nothing was changed. Try again."), kind: "late" });
  if (panel?.open && $("#panel-body > .skeleton")) panel.close();
});

document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("[data-section]")) return;
  const folded = $$("[data-section]:not([open])").map((section) => section.dataset.section);
  document.cookie = `sw_closed=${folded.join(".")}; path=/; max-age=31536000; SameSite=Lax`;
}, true);

// --- tabs --------------------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (!tab) return;
  for (const other of $$("[role=tab]", tab.closest("[role=tablist]"))) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
});
document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = $$("[role=tab]", tab.closest("[role=tablist]"));
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  next.click();
});

// --- keys --------------------------------------------------------------------------------------------------------------

let going = 0;
document.addEventListener("keydown", (event) => {
  if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    command.open();
    return;
  }
  if (event.key === "Escape") {
    const pop = $("details.pop[open]");
    if (pop) {
      pop.removeAttribute("open");
      $("summary", pop).focus();
    } else if (panel?.open) closePanel();
    return;
  }
  if (event.isComposing || event.metaKey || event.ctrlKey || event.altKey || typing(event.target) || $("dialog[open]:modal")) return;
  if (event.key === "?") { $("#keys")?.showModal(); return; }
  if (event.key === "g") { going = Date.now(); return; }
  if (Date.now() - going < 900) {
    going = 0;
    const where = { h: "/", t: "/tasks" }[event.key];
    if (where) location.assign(where);
    return;
  }
  const target = $(`[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([data-command])`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) target.focus();
  else target.click();
});

// --- start -------------------------------------------------------------------------------------------------------------

forms.ready(document);
charts(document);
const kept = $("#toasts")?.dataset.toast;
if (kept) toast(JSON.parse(kept));
$("[data-focus]")?.focus();
$(".stop.is-here")?.scrollIntoView({ inline: "center", block: "nearest" });
