// Many approvals at once: how many are ticked, all of them, and no decision without any.

import { $, $$ } from "./util.js";

const form = $("[data-many]");
if (form) {
  const all = $("[data-many-all]", form);
  const boxes = () => $$("input[name=id][form=many]");
  const tell = () => {
    const count = boxes().filter((box) => box.checked).length;
    $("[data-many-count]", form).textContent = String(count);
    $$("[data-many-do]", form).forEach((button) => { button.disabled = count === 0; });
    all.checked = count > 0 && count === boxes().length;
    all.indeterminate = count > 0 && !all.checked;
  };
  all.addEventListener("change", () => { boxes().forEach((box) => { box.checked = all.checked; }); tell(); });
  document.addEventListener("change", (event) => { if (event.target.matches("input[name=id][form=many]")) tell(); });
  tell();
}
$$("select[data-submit]").forEach((select) => select.addEventListener("change", () => select.form.requestSubmit()));
