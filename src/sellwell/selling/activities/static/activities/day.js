// My day: the position of a check-in if its owner lets it, and the order of the visits by dragging or by the arrows.
import { $, $$, ask, toast, words } from "../web/util.js";

const said = $("[data-words]").dataset;

function locate(button) {
  const form = button.closest("form");
  const status = $("[data-located]", form);
  if (!navigator.geolocation) { status.textContent = said.failed; return; }
  status.textContent = said.searching;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      // only as exact as it is kept: about a hundred metres
      form.elements.latitude.value = coords.latitude.toFixed(3);
      form.elements.longitude.value = coords.longitude.toFixed(3);
      status.textContent = said.found;
    },
    () => { status.textContent = said.failed; },
    { enableHighAccuracy: false, timeout: 10000, maximumAge: 60000 },
  );
}
for (const button of $$("[data-locate]")) button.addEventListener("click", () => locate(button));

const list = $("[data-stops]");
async function keep() {
  const visits = $$("[data-visit]", list).map((item) => item.dataset.visit);
  const json = { data: { day: list.dataset.day, visits }, key: crypto.randomUUID() };
  const { status, body } = await ask("/do/activities.arrange_day/", { method: "POST", json });
  if (status === 200) return;
  const text = body?.objections?.[0]?.text || words("顺序没有保存，请重试。", "The order was not kept. Try again.");
  toast({ text, kind: "late" });
}
list?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  const item = button.closest("[data-visit]");
  const other = button.dataset.move === "1" ? item.nextElementSibling : item.previousElementSibling;
  if (!other) return;
  if (button.dataset.move === "1") other.after(item); else other.before(item);
  button.focus();
  keep();
});
addEventListener("load", () => {
  if (!list || !window.Sortable || matchMedia("(pointer: coarse)").matches) return;
  window.Sortable.create(list, { animation: 120, draggable: "[data-visit]", handle: ".stop-head", filter: "a, button", preventOnFilter: false, onEnd: keep });
});
