// The board: dragging a card asks what its new state needs; by keys, M chooses where to.

import { $, $$, toast, words } from "./util.js";
import { openPanel } from "./panel.js";

const board = $("[data-board]");

function move(row, operation) {
  if (!operation) {
    toast({ text: words("不能直接移到这一列。", "Cards cannot be moved into this column."), kind: "info" });
    return;
  }
  openPanel(`/do/${operation}/${row}/`);
}

addEventListener("load", () => {
  if (!window.Sortable || matchMedia("(pointer: coarse)").matches) return;
  for (const cards of $$("[data-cards]", board)) {
    window.Sortable.create(cards, {
      group: "board",
      animation: 120,
      draggable: ".bcard",
      filter: "a",
      preventOnFilter: false,
      onEnd(event) {
        if (event.from === event.to) return;
        const operation = event.to.closest(".pile").dataset.move;
        // the card goes home until the operation is done: the board shows what is, not what is wished
        event.from.insertBefore(event.item, event.from.children[event.oldIndex] || null);
        move(event.item.dataset.row, operation);
      },
    });
  }
});

let chosen = null;
document.addEventListener("keydown", (event) => {
  const card = document.activeElement?.closest?.(".bcard");
  if (!card || event.metaKey || event.ctrlKey) return;
  const piles = $$(".pile", board);
  const pile = card.closest(".pile");
  if (event.key === "m") {
    chosen = card.dataset.row;
    $("#move-menu").showModal();
  } else if (event.key === "Enter") openPanel($("a", card).getAttribute("href"), { modal: false });
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    (event.key === "ArrowDown" ? card.nextElementSibling : card.previousElementSibling)?.focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    event.preventDefault();
    const step = event.key === "ArrowRight" ? 1 : -1;
    for (let i = piles.indexOf(pile) + step; i >= 0 && i < piles.length; i += step) {
      const next = $(".bcard", piles[i]);
      if (next) { next.focus(); break; }
    }
  }
});
$("#move-menu").addEventListener("click", (event) => {
  const target = event.target.closest("[data-move-to]");
  if (!target) return;
  $("#move-menu").close();
  move(chosen, target.dataset.moveTo);
});
