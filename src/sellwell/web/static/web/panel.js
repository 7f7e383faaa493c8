// The side panel: forms open in it as a dialog, records beside the list.

import { $ } from "./util.js";
import * as forms from "./forms.js";

export const panel = $("#panel");
export const phone = matchMedia("(max-width: 720px)");

let opener = null;

export function openPanel(url, { modal = true } = {}) {
  if (!panel || forms.stays(panel)) return;
  if (!panel.open) opener = document.activeElement;
  $("#panel-body").replaceChildren(...[1, 2, 3].map(() => Object.assign(document.createElement("p"), { className: "skeleton" })));
  showPanel(modal);
  htmx.ajax("GET", url, { target: "#panel-body", swap: "innerHTML" });
}

export function showPanel(modal) {
  if (panel.open) return;
  if (modal || phone.matches) panel.showModal();
  else panel.show();
}

export function closePanel() {
  if (!panel?.open || forms.stays(panel)) return;
  dropPanel();
}

/** Close without asking: what was typed has been sent. */
export function dropPanel() {
  if (!panel?.open) return;
  panel.close();
  $("#panel-body").replaceChildren();
  opener?.focus?.();
}

panel?.addEventListener("cancel", (event) => {
  event.preventDefault();
  closePanel();
});
panel?.addEventListener("click", (event) => {
  if (event.target === panel && event.clientX < panel.getBoundingClientRect().left) closePanel();
});
