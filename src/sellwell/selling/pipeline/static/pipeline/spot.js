// Adds the phone's position to a check-in, if its owner lets it. The place in words is enough without.
const words = document.querySelector("[data-words]").dataset;

function locate(button) {
  const form = button.closest("form");
  const status = form.querySelector("[data-located]");
  if (!navigator.geolocation) {
    status.textContent = words.failed;
    return;
  }
  status.textContent = words.searching;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(6);
      form.elements.longitude.value = coords.longitude.toFixed(6);
      status.textContent = words.found;
    },
    () => { status.textContent = words.failed; },
    { enableHighAccuracy: true, timeout: 10000, maximumAge: 60000 },
  );
}

for (const button of document.querySelectorAll("[data-locate]")) button.addEventListener("click", () => locate(button));
