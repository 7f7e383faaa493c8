// The reading page's few moves: find, open what an address points at, copy an example.

const endpoints = [...document.querySelectorAll(".endpoint")];
const rooms = [...document.querySelectorAll(".room")];
const find = document.getElementById("find");

find.addEventListener("input", () => {
  const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const one of endpoints) one.hidden = !words.every((word) => one.dataset.find.includes(word));
  for (const room of rooms) room.hidden = !room.querySelector(".endpoint:not([hidden])");
  document.getElementById("none").hidden = rooms.some((room) => !room.hidden);
});

const open = () => {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches(".endpoint")) {
    target.open = true;
    target.scrollIntoView();
  }
};
addEventListener("hashchange", open);
open();

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const code = button.parentElement.querySelector("code");
  try {
    await navigator.clipboard.writeText(code.textContent);
  } catch {
    getSelection().selectAllChildren(code); // no clipboard without HTTPS: at least it is marked
    return;
  }
  const before = button.textContent;
  button.textContent = document.documentElement.lang === "en" ? "Copied" : "已复制";
  setTimeout(() => { button.textContent = before; }, 1500);
});
