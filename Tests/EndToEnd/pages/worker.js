// A service worker that makes the requests its page asks it for.
addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => {
  fetch(event.data.url, event.data.init)
    .then((answer) => answer.text().then((text) => ({ text: `${answer.type} ${answer.status} ${text}` })))
    .catch((error) => ({ error: error.name }))
    .then((result) => event.ports[0].postMessage(result));
});
